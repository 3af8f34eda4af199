import { acrMapper } from './acr.ts';
import { addressMapper } from './address.ts';
import { allowedWebOriginsMapper } from './allowed-web-origins.ts';
import { audienceMapper } from './audience.ts';
import { audienceResolveMapper } from './audience-resolve.ts';
import { claimsParameterMapper, claimsParameterValueMapper } from './claims-parameter.ts';
import { clientRoleMapper } from './client-role.ts';
import { fullNameMapper } from './full-name.ts';
import { groupMembershipMapper } from './group-membership.ts';
import { hardcodedClaimMapper } from './hardcoded-claim.ts';
import { hardcodedRoleMapper } from './hardcoded-role.ts';
import type { ProtocolMapperKind } from './mapper.ts';
import { nonceMapper } from './nonce.ts';
import { realmRoleMapper } from './realm-role.ts';
import { roleNameMapper } from './role-name.ts';
import { sessionNoteMapper } from './session-note.ts';
import { subMapper } from './sub.ts';
import { userAttributeMapper } from './user-attribute.ts';
import { userPropertyMapper } from './user-property.ts';

/** Every kind of protocol mapper by its id. Mappers of other kinds are kept with the client and do nothing. */
export const protocolMapperKinds: ReadonlyMap<string, ProtocolMapperKind> = new Map(
  [
    acrMapper,
    addressMapper,
    allowedWebOriginsMapper,
    audienceMapper,
    audienceResolveMapper,
    claimsParameterMapper,
    claimsParameterValueMapper,
    clientRoleMapper,
    fullNameMapper,
    groupMembershipMapper,
    hardcodedClaimMapper,
    hardcodedRoleMapper,
    nonceMapper,
    realmRoleMapper,
    roleNameMapper,
    sessionNoteMapper,
    subMapper,
    userAttributeMapper,
    userPropertyMapper,
  ].map((kind) => [kind.id, kind]),
);
