import type { CertificateLogin } from '../../x509/certificate-login.ts';
import type { ClientAuthenticator } from './authenticator.ts';
import { clientCertificateAuthenticator } from './client-certificate.ts';
import { clientSecretAuthenticator } from './client-secret.ts';
import { clientSecretJwtAuthenticator } from './client-secret-jwt.ts';
import { type PrivateKeyJwtParts, privateKeyJwtAuthenticator } from './private-key-jwt.ts';

export interface ClientAuthenticatorParts extends PrivateKeyJwtParts {
  readonly certificates: Pick<CertificateLogin, 'isSubject' | 'isIssuedBy'>;
}

/** Every way of a confidential client to prove itself, one a file, in the order in which the discovery document names them. */
export function clientAuthenticators(parts: ClientAuthenticatorParts): readonly ClientAuthenticator[] {
  return [
    privateKeyJwtAuthenticator(parts),
    clientSecretAuthenticator,
    clientCertificateAuthenticator(parts.certificates),
    clientSecretJwtAuthenticator(parts),
  ];
}
