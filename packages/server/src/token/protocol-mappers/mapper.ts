import type { Client, ClientSession, Group, Realm, User } from '../../model/index.ts';

/** Where a claim may go. `lightweight` is an access token of a client that wants them small. */
export type ClaimTarget = 'access' | 'lightweight' | 'id' | 'userinfo' | 'introspection';

/** Claims while they are put together. */
export type ClaimsDraft = Record<string, unknown>;

/** Names of the roles that the token may show; mappers of the stage `roles` change them before the others read them. */
export interface TokenRoles {
  realm: string[];
  /** clientId -> role names. */
  readonly clients: Map<string, string[]>;
}

/** What mappers read. All of it is loaded before, so that mappers are plain functions. */
export interface MapperInput {
  readonly realm: Realm;
  readonly client: Client;
  readonly user: User;
  readonly clientSession: ClientSession | undefined;
  /** Notes of the user session (or of the transient one of a service account). */
  readonly sessionNotes: Readonly<Record<string, string>>;
  readonly roles: TokenRoles;
  /** Direct groups of the user, each followed by its parents: the group itself is first. */
  readonly groups: readonly (readonly [Group, ...Group[]])[];
  readonly nonce: string | undefined;
}

export type MapperConfig = Readonly<Record<string, string>>;

/** One kind of protocol mapper, under Keycloak's id. */
export interface ProtocolMapperKind {
  readonly id: string;
  /** Where mappers of the kind can put claims at all; their configuration narrows it. */
  readonly targets: readonly ClaimTarget[];
  /** `roles` mappers run first and change what the role mappers see. */
  readonly stage: 'roles' | 'claims';
  /** Targets that count as switched on where the configuration does not speak of them (mappers older than the switch). */
  readonly onByDefault?: readonly ClaimTarget[];
  /** Whether userinfo must be named in the configuration; other kinds take it from the id token's switch where it is not. */
  readonly userinfoOnlyByName?: boolean;
  apply(claims: ClaimsDraft, input: MapperInput, config: MapperConfig, target: ClaimTarget): void;
}

/** Access token, id token, userinfo and introspection: what most kinds can do. */
export const ALL_TARGETS: readonly ClaimTarget[] = ['access', 'lightweight', 'id', 'userinfo', 'introspection'];
/** Access tokens and what introspection tells of them. */
export const ACCESS_TARGETS: readonly ClaimTarget[] = ['access', 'lightweight', 'introspection'];
/** All but userinfo. */
export const TOKEN_TARGETS: readonly ClaimTarget[] = ['access', 'lightweight', 'id', 'introspection'];

const SWITCHES: Readonly<Record<ClaimTarget, string>> = {
  access: 'access.token.claim',
  lightweight: 'lightweight.claim',
  id: 'id.token.claim',
  userinfo: 'userinfo.token.claim',
  introspection: 'introspection.token.claim',
};

/** Whether a mapper of this kind and configuration puts its claim into the target. */
export function appliesTo(kind: ProtocolMapperKind, config: MapperConfig, target: ClaimTarget): boolean {
  if (!kind.targets.includes(target)) return false;
  const switched = config[SWITCHES[target]];
  if (switched !== undefined) return switched === 'true';
  if (target === 'introspection') return true;
  if (target === 'userinfo') return kind.userinfoOnlyByName !== true && config[SWITCHES.id] === 'true';
  return kind.onByDefault?.includes(target) ?? false;
}
