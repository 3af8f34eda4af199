import type { Outbound } from '../../outbound/outbound.ts';
import { clientKeySource } from '../../outside-keys/client-keys.ts';
import type { OutsideKeys } from '../../outside-keys/outside-keys.ts';
import { verifyJws } from '../../token/jws.ts';
import type { ClientAuthenticator } from './authenticator.ts';
import {
  type AssertionParts,
  assertedClientId,
  assertionProblem,
  openAssertion,
  refusedAssertion,
  WRONG_ALGORITHM,
} from './client-assertion.ts';

export interface PrivateKeyJwtParts extends AssertionParts {
  readonly keys: OutsideKeys;
  readonly outbound: Outbound;
}

const UNSIGNED = 'Client authentication with signed JWT failed: Signature on JWT token failed validation';

/** private_key_jwt (OpenID Connect Core section 9, RFC 7523 section 2.2): the client signs with a key whose public half is known. */
export function privateKeyJwtAuthenticator(parts: PrivateKeyJwtParts): ClientAuthenticator {
  return {
    type: 'client-jwt',
    methods: ['private_key_jwt'],
    claimedClientId: assertedClientId,
    async authenticate(realm, client, credentials) {
      const opened = openAssertion(client, credentials);
      if ('refusal' in opened) return opened.refusal;
      const { decoded, algorithm } = opened;
      if (algorithm.keyType === 'oct') return WRONG_ALGORITHM;
      const source = clientKeySource(parts.outbound, client);
      const wish = { use: 'sig', algorithm: algorithm.name, kid: decoded.header.kid } as const;
      const keys = source === undefined ? [] : await parts.keys.find(source, wish);
      if (keys.length === 0) return refusedAssertion('Unable to load public key');
      if (!keys.some(({ key }) => verifyJws(decoded, algorithm, key))) return refusedAssertion(UNSIGNED);
      return (await assertionProblem(parts, realm, client, decoded, credentials.issuer)) ?? { ok: true, method: 'private_key_jwt' };
    },
  };
}
