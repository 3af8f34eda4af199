import type { CertificateLogin } from '../../x509/certificate-login.ts';
import type { ClientAuthenticator, ClientProof } from './authenticator.ts';

const SUBJECT = 'x509.subjectdn';
const AUTHORITY = 'x509.casubjectdn';
const AS_PATTERN = 'x509.allow.regex.pattern.comparison';

/** As RFC 6749 section 5.2 names it; a wrong secret has another name in the original, and so here. */
const REFUSED: ClientProof = {
  ok: false,
  explained: { error: 'invalid_client', description: 'Invalid client or Invalid client credentials', status: 401 },
};

/**
 * tls_client_auth (RFC 8705 section 2.1): the certificate of the connection, vouched for by a trusted authority, has the subject that the client is
 * registered with. Only the certificate itself counts: the names of those above it are their authorities' own.
 */
export function clientCertificateAuthenticator(certificates: Pick<CertificateLogin, 'isSubject' | 'isIssuedBy'>): ClientAuthenticator {
  return {
    type: 'client-x509',
    methods: ['tls_client_auth'],
    async authenticate(_realm, client, credentials) {
      const wanted = client.attributes[SUBJECT];
      const chain = wanted ? await credentials.certificates?.() : undefined;
      const leaf = chain?.[0];
      if (!wanted || chain === undefined || leaf === undefined) return REFUSED;
      const asPattern = client.attributes[AS_PATTERN] === 'true';
      if (!(await certificates.isSubject(leaf, wanted, asPattern))) return REFUSED;
      const authority = client.attributes[AUTHORITY];
      if (authority && !(await certificates.isIssuedBy(chain, authority, asPattern))) return REFUSED;
      return { ok: true, method: 'tls_client_auth' };
    },
  };
}
