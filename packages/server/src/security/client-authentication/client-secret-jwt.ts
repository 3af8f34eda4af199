import { createSecretKey } from 'node:crypto';
import { decodeJws, verifyJws } from '../../token/jws.ts';
import { jwsAlgorithms } from '../../token/jws-algorithms.ts';
import { type ClientAuthenticator, WRONG_CREDENTIALS } from './authenticator.ts';
import {
  type AssertionParts,
  assertedClientId,
  assertionProblem,
  isChosenAlgorithm,
  refusedAssertion,
  sentAssertion,
} from './client-assertion.ts';

const UNSIGNED = 'Client authentication with client secret signed JWT failed: Signature on JWT token by client secret failed validation';

/** client_secret_jwt (OpenID Connect Core section 9): the client signs with its secret, which it so never sends. */
export function clientSecretJwtAuthenticator(parts: AssertionParts): ClientAuthenticator {
  return {
    type: 'client-secret-jwt',
    methods: ['client_secret_jwt'],
    claimedClientId: assertedClientId,
    async authenticate(realm, client, credentials) {
      const sent = sentAssertion(credentials);
      if (sent === undefined || !client.secret) return WRONG_CREDENTIALS;
      const decoded = decodeJws(sent);
      const algorithm = decoded && jwsAlgorithms.get(decoded.header.alg);
      if (decoded === undefined || algorithm === undefined || !isChosenAlgorithm(client, algorithm.name)) {
        return refusedAssertion('Invalid signature algorithm');
      }
      if (algorithm.keyType !== 'oct' || !verifyJws(decoded, algorithm, createSecretKey(Buffer.from(client.secret)))) {
        return refusedAssertion(UNSIGNED, 'unauthorized_client');
      }
      return (await assertionProblem(parts, realm, client, decoded, credentials.issuer)) ?? { ok: true, method: 'client_secret_jwt' };
    },
  };
}
