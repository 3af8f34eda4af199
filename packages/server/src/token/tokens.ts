import type { State } from '../cache/contracts.ts';
import type { Clock } from '../model/clock.ts';
import { checkBearer } from './bearer.ts';
import { claimsSource } from './claims.ts';
import type { Claims, Tokens } from './contracts.ts';
import { encryptFor, type FindClientKey } from './encryption.ts';
import { issue } from './issue.ts';
import { createKeyring } from './keys.ts';
import { mayUseScope, standingOf } from './permitted-roles.ts';
import { checkRefreshToken } from './refresh-check.ts';
import { isValidScope, OFFLINE_ACCESS } from './scope.ts';
import { openSealed, sealClaims } from './sealed.ts';
import { signSessionId, verifySessionId } from './session-id-signature.ts';
import { createSigner, INTERNAL_ALGORITHM, type KeyProvision } from './signing.ts';
import { VerifiedTokens } from './verified-tokens.ts';
import { verifyToken } from './verify.ts';

export interface TokensOptions {
  readonly state: Pick<State, 'directory' | 'userSessions' | 'singleUseObjects'>;
  readonly clock: Clock;
  /** Makes a key where a client wants an algorithm that its realm has no key for; without it such a request fails. */
  readonly provisionKey?: KeyProvision | undefined;
  /** Where keys of clients are, for answers that they want encrypted; without it such a request fails. */
  readonly findClientKey?: FindClientKey | undefined;
}

/** The tokens of all realms: made, checked and explained. */
export function createTokens(options: TokensOptions): Tokens {
  const { state, clock } = options;
  const { directory } = state;
  const keyring = createKeyring(directory);
  const signer = createSigner(keyring, options.provisionKey);
  const verifying = { keyring, clock, state, verified: new VerifiedTokens() };
  return {
    isValidScope: async (realm, client, scope) => isValidScope(client, await directory.clientScopes(realm), scope),
    async mayGoOffline(realm, client, user) {
      const scopes = await directory.clientScopes(realm);
      const scope = scopes.find((candidate) => candidate.name === OFFLINE_ACCESS);
      if (!scope || !isValidScope(client, scopes, OFFLINE_ACCESS)) return false;
      return mayUseScope(directory, realm, scope, (await standingOf(directory, realm, user)).roles);
    },
    issue: (request) => issue({ directory, clock, signer, findClientKey: options.findClientKey }, request),
    verify: (realm, issuer, token, expectedType, { ignoreExpiry } = {}) =>
      verifyToken(verifying, realm, token, {
        issuer,
        types: expectedType === undefined ? undefined : [expectedType],
        signedBy: 'public',
        ignoreExpiry,
      }),
    bearer: (realm, issuer, token) => checkBearer(verifying, realm, issuer, token),
    refreshToken: (realm, issuer, client, token) => checkRefreshToken(verifying, realm, issuer, client, token),
    async claims(target, request, base): Promise<Claims> {
      const source = await claimsSource(directory, { ...request, sessionNotes: request.session?.notes ?? {} });
      return source.fill({ ...base }, target);
    },
    sign: (realm, algorithm, claims, typ) => signer.sign(realm, algorithm, claims, typ),
    encryptFor: (client, kind, text, isJwt) => encryptFor(options.findClientKey, client, kind, text, isJwt),
    signInternal: (realm, claims) => signer.sign(realm, INTERNAL_ALGORITHM, claims),
    seal: (realm, claims) => sealClaims(keyring, realm, claims),
    unseal: (realm, sealed, expectedType) => openSealed(keyring, realm, sealed, expectedType),
    verifyInternal: (realm, token, expectedType) =>
      verifyToken(verifying, realm, token, { issuer: undefined, types: [expectedType], signedBy: 'internal' }),
    signSessionId: (realm, id) => signSessionId(keyring, realm, id),
    verifySessionId: (realm, signed) => verifySessionId(keyring, realm, signed),
  };
}
