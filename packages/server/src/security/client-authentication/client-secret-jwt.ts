import { createSecretKey } from 'node:crypto';
import { verifyJws } from '../../token/jws.ts';
import { type ClientAuthenticator, WRONG_CREDENTIALS } from './authenticator.ts';
import { type AssertionParts, assertedClientId, assertionProblem, openAssertion, refusedAssertion } from './client-assertion.ts';

const UNSIGNED = 'Client authentication with client secret signed JWT failed: Signature on JWT token by client secret failed validation';

/** client_secret_jwt (OpenID Connect Core section 9): the client signs with its secret, which it so never sends. */
export function clientSecretJwtAuthenticator(parts: AssertionParts): ClientAuthenticator {
  return {
    type: 'client-secret-jwt',
    methods: ['client_secret_jwt'],
    claimedClientId: assertedClientId,
    async authenticate(realm, client, credentials) {
      if (!client.secret) return WRONG_CREDENTIALS;
      const opened = openAssertion(client, credentials);
      if ('refusal' in opened) return opened.refusal;
      const { decoded, algorithm } = opened;
      if (algorithm.keyType !== 'oct' || !verifyJws(decoded, algorithm, createSecretKey(Buffer.from(client.secret)))) {
        return refusedAssertion(UNSIGNED, 'unauthorized_client');
      }
      return (await assertionProblem(parts, realm, client, decoded, credentials.issuer)) ?? { ok: true, method: 'client_secret_jwt' };
    },
  };
}
