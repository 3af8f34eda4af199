import { hash, timingSafeEqual } from 'node:crypto';
import { type ClientAuthenticator, type ClientProofError, WRONG_CREDENTIALS } from './authenticator.ts';
import { basicCredentials, type ClientCredentials } from './credentials.ts';

/** The secret that was sent: the form's before the header's, as Keycloak reads them. */
function sentSecret(credentials: ClientCredentials): { readonly secret: string; readonly method: string } | undefined {
  const posted = credentials.form.get('client_secret');
  if (posted !== undefined) return { secret: posted, method: 'client_secret_post' };
  const basic = basicCredentials(credentials.headers.authorization);
  return basic && { secret: basic.secret, method: 'client_secret_basic' };
}

/** The one way in which a client that registered for it sends its secret (RFC 7591 section 2). */
const METHOD_ATTRIBUTE = 'client.secret.authentication.allowed.method';

const anotherMethod = (wanted: string): ClientProofError => ({
  status: 401,
  error: 'unauthorized_client',
  description: `Invalid method used to get client secret. Client requires method '${wanted}' to obtain client secret from the request`,
});

/** client_secret_basic and client_secret_post (RFC 6749 section 2.3.1). */
export const clientSecretAuthenticator: ClientAuthenticator = {
  type: 'client-secret',
  methods: ['client_secret_basic', 'client_secret_post'],
  async authenticate(_realm, client, credentials) {
    const sent = sentSecret(credentials);
    const wanted = client.attributes[METHOD_ATTRIBUTE];
    if (sent && wanted && sent.method !== wanted) return { ok: false, explained: anotherMethod(wanted) };
    if (!sent || !client.secret || !equalInConstantTime(sent.secret, client.secret)) return WRONG_CREDENTIALS;
    return { ok: true, method: sent.method };
  },
};

/** Compares digests, so that neither content nor length shows in the time. */
function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(a), digest(b));
}
