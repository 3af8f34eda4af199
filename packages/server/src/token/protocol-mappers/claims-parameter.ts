import { type RequestedClaim, requestedClaims } from '../requested-claims.ts';
import { CLAIMS_NOTE } from '../session-notes.ts';
import { claimPath, setClaim } from './claim-value.ts';
import { fullNameMapper } from './full-name.ts';
import type { ClaimTarget, MapperInput, ProtocolMapperKind } from './mapper.ts';

const TARGETS: readonly ClaimTarget[] = ['id', 'userinfo'];

/** Properties of the user that can be asked for one by one, by their claims. */
const PROPERTIES = { given_name: 'firstName', family_name: 'lastName', preferred_username: 'username', email: 'email' } as const;

function askedFor(input: MapperInput, target: ClaimTarget): ReadonlyMap<string, RequestedClaim> {
  const text = input.clientSession?.notes[CLAIMS_NOTE];
  const all = text === undefined ? undefined : requestedClaims(text);
  return all?.[target === 'id' ? 'id_token' : 'userinfo'] ?? new Map();
}

/** Names and address that the request called essential (parameter `claims`, OpenID Connect Core section 5.5), whatever the scope is. */
export const claimsParameterMapper: ProtocolMapperKind = {
  id: 'oidc-claims-param-token-mapper',
  targets: TARGETS,
  stage: 'claims',
  apply(claims, input, config, target) {
    const asked = askedFor(input, target);
    if (asked.get('name')?.essential === true) fullNameMapper.apply(claims, input, config, target);
    for (const [claim, property] of Object.entries(PROPERTIES)) {
      const value = input.user[property];
      if (asked.get(claim)?.essential === true && value !== undefined && value !== '') claims[claim] = value;
    }
  },
};

/**
 * Puts the value that the request names for one essential claim into the ID token: ids of payments and the like, which the application only wants
 * to see signed. It never takes the place of a claim that this server says itself.
 */
export const claimsParameterValueMapper: ProtocolMapperKind = {
  id: 'oidc-claims-param-value-idtoken-mapper',
  targets: ['id'],
  stage: 'claims',
  apply(claims, input, config) {
    const name = config['claim.name'] ?? '';
    const path = claimPath(name);
    const asked = askedFor(input, 'id').get(name);
    const [value] = asked?.values ?? [];
    if (asked?.essential !== true || asked.values.length !== 1 || typeof value !== 'string') return;
    if (Object.hasOwn(claims, path[0] ?? '') || RESERVED.has(path[0] ?? '')) return;
    setClaim(claims, path, value);
  },
};

/** Claims that say who logged in and how: no request may write them. */
const RESERVED = new Set(['sub', 'aud', 'acr', 'amr', 'auth_time', 'nonce', 'cnf', 'realm_access', 'resource_access', 'groups', 'scope']);
