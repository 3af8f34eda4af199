import type { IdentityProvider, IdentityProviderMapper, User } from '../model/index.ts';
import { claimAt, hasAll, textsOf, wantedClaims } from './claims.ts';
import type { OutsideClaims } from './tokens-of-provider.ts';
import { filledTemplate } from './username-template.ts';

/** A user as a provider knows him, and what the mappers make of it. */
export interface OutsideIdentity {
  readonly id: string;
  /** Name there. */
  readonly name: string;
  /** Name that the user gets here. */
  readonly username: string;
  /** A mapper of the name works at each login. */
  readonly renames: boolean;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** Fields that mappers fill with something: they are renewed when the mapper works, whatever the provider's own mode is. */
  readonly mappedFields: ReadonlySet<string>;
  /** Roles that mappers give and take, by name: of the realm, or client.role. */
  readonly roles: readonly string[];
  readonly lostRoles: readonly string[];
  /** Groups that mappers put the user into and take him out of, by path. */
  readonly groups: readonly string[];
  readonly lostGroups: readonly string[];
  /** Notes of the session that the login opens. */
  readonly sessionNotes: Readonly<Record<string, string>>;
}

const MAX_TEXT = 255;
const FIELDS: ReadonlySet<string> = new Set(['email', 'firstName', 'lastName']);
const USERNAME_MAPPER = 'oidc-username-idp-mapper';
/** What mappers do at later logins in the mode LEGACY, where it is not what they do in FORCE: give a role to everybody once, or take roles and give none. */
const LEGACY_WORK: ReadonlyMap<string, 'nothing' | 'take'> = new Map([
  ['oidc-hardcoded-role-idp-mapper', 'nothing'],
  ['oidc-role-idp-mapper', 'take'],
  ['oidc-advanced-role-idp-mapper', 'take'],
  ['keycloak-oidc-role-to-role-idp-mapper', 'take'],
]);

const textAt = (claims: OutsideClaims, name: string): string | undefined => {
  const [text] = textsOf(claims[name]);
  return text === undefined || text.trim() === '' || text.length > MAX_TEXT ? undefined : text.trim();
};

/** What a mapper does at a login that is not the first. */
export function laterWork(
  provider: IdentityProvider,
  { identityProviderMapper, config }: IdentityProviderMapper,
): 'all' | 'take' | 'nothing' {
  const own = config['syncMode'];
  const mode = own === undefined || own === 'INHERIT' ? (provider.config['syncMode'] ?? 'LEGACY') : own;
  if (mode === 'FORCE') return 'all';
  return mode === 'LEGACY' ? (LEGACY_WORK.get(identityProviderMapper) ?? 'all') : 'nothing';
}

/** The names that mappers make: of a target `LOCAL` (here), `BROKER_ID` or `BROKER_USERNAME` (the link's). */
function madeNames(provider: IdentityProvider, claims: OutsideClaims): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  for (const { identityProviderMapper, config } of provider.mappers) {
    if (identityProviderMapper !== USERNAME_MAPPER || !config['template']) continue;
    const filled = filledTemplate(config['template'], provider.alias, claims).slice(0, MAX_TEXT);
    if (filled !== '') made.set(config['target'] || 'LOCAL', filled);
  }
  return made;
}

interface Mapped {
  readonly attributes: Record<string, readonly string[]>;
  readonly roles: Set<string>;
  readonly lostRoles: Set<string>;
  readonly groups: Set<string>;
  readonly lostGroups: Set<string>;
  readonly sessionNotes: Record<string, string>;
}

/** Puts a name among what is given or what is taken. */
function give(name: string | undefined, isDue: boolean, given: Set<string>, lost: Set<string>): void {
  if (name) (isDue ? given : lost).add(name);
}

function apply({ identityProviderMapper, config }: IdentityProviderMapper, claims: OutsideClaims, mapped: Mapped): void {
  const { roles, lostRoles, groups, lostGroups, attributes, sessionNotes } = mapped;
  const wanted = () => wantedClaims(config['claims'], config['are.claim.values.regex'] === 'true');
  const hasValue = (path: string | undefined, value: string | undefined): boolean =>
    textsOf(claimAt(claims, path ?? '')).includes(value ?? '');
  switch (identityProviderMapper) {
    case 'oidc-user-attribute-idp-mapper':
      if (config['user.attribute']) attributes[config['user.attribute']] = textsOf(claimAt(claims, config['claim'] ?? ''));
      break;
    case 'hardcoded-attribute-idp-mapper':
      if (config['attribute']) attributes[config['attribute']] = [config['attribute.value'] ?? ''];
      break;
    case 'hardcoded-user-session-attribute-idp-mapper':
      if (config['attribute']) sessionNotes[config['attribute']] = config['attribute.value'] ?? '';
      break;
    case 'oidc-user-session-note-idp-mapper':
      for (const { path, matches } of wanted() ?? []) {
        const found = textsOf(claimAt(claims, path)).find(matches);
        if (found !== undefined) sessionNotes[path] = found;
      }
      break;
    case 'oidc-hardcoded-role-idp-mapper':
      give(config['role'], true, roles, lostRoles);
      break;
    case 'oidc-role-idp-mapper':
      give(config['role'], hasValue(config['claim'], config['claim.value']), roles, lostRoles);
      break;
    case 'oidc-advanced-role-idp-mapper':
      give(config['role'], hasAll(claims, wanted()), roles, lostRoles);
      break;
    case 'keycloak-oidc-role-to-role-idp-mapper':
      give(config['role'], hasOutsideRole(claims, config['external.role'] ?? ''), roles, lostRoles);
      break;
    case 'oidc-hardcoded-group-idp-mapper':
      give(config['group'], true, groups, lostGroups);
      break;
    case 'oidc-advanced-group-idp-mapper':
      give(config['group'], hasAll(claims, wanted()), groups, lostGroups);
      break;
  }
}

/** Whether tokens of a Keycloak name a role: of its realm, or client.role. */
function hasOutsideRole(claims: OutsideClaims, role: string): boolean {
  if (textsOf(claimAt(claims, 'realm_access.roles')).includes(role)) return true;
  const dot = role.lastIndexOf('.');
  const clients = claims['resource_access'] as Readonly<Record<string, { readonly roles?: unknown } | undefined>> | undefined;
  return dot > 0 && textsOf(clients?.[role.slice(0, dot)]?.roles).includes(role.slice(dot + 1));
}

/** The user that the claims describe, by the mappers of the provider; at a later login only by those that work each time. */
export function outsideIdentity(provider: IdentityProvider, claims: OutsideClaims, isFirst: boolean): OutsideIdentity {
  const mapped: Mapped = {
    attributes: {},
    roles: new Set(),
    lostRoles: new Set(),
    groups: new Set(),
    lostGroups: new Set(),
    sessionNotes: {},
  };
  for (const mapper of provider.mappers) {
    const work = isFirst ? 'all' : laterWork(provider, mapper);
    if (work === 'all') apply(mapper, claims, mapped);
    else if (work === 'take') apply(mapper, claims, { ...mapped, roles: new Set(), groups: new Set() });
  }
  const made = madeNames(provider, claims);
  const usual = textAt(claims, 'preferred_username') ?? textAt(claims, 'email') ?? claims.sub;
  const field = (name: string, claim: string): string | undefined =>
    mapped.attributes[name]?.[0]?.slice(0, MAX_TEXT) ?? textAt(claims, claim);
  return {
    id: made.get('BROKER_ID') ?? claims.sub,
    name: made.get('BROKER_USERNAME') ?? usual,
    username: (made.get('LOCAL') ?? usual).toLowerCase(),
    renames:
      made.has('LOCAL') &&
      provider.mappers.some((mapper) => mapper.identityProviderMapper === USERNAME_MAPPER && laterWork(provider, mapper) === 'all'),
    email: field('email', 'email')?.toLowerCase(),
    emailVerified: provider.trustEmail && claims['email_verified'] !== false,
    firstName: field('firstName', 'given_name'),
    lastName: field('lastName', 'family_name'),
    attributes: Object.fromEntries(Object.entries(mapped.attributes).filter(([name]) => !FIELDS.has(name))),
    mappedFields: new Set(Object.keys(mapped.attributes).filter((name) => FIELDS.has(name) && (mapped.attributes[name] ?? []).length > 0)),
    roles: [...mapped.roles],
    // What one mapper gives another does not take.
    lostRoles: [...mapped.lostRoles].filter((role) => !mapped.roles.has(role)),
    groups: [...mapped.groups],
    lostGroups: [...mapped.lostGroups].filter((group) => !mapped.groups.has(group)),
    sessionNotes: mapped.sessionNotes,
  };
}

/** The user with what mappers bring at a later login; attributes whose claim is gone go, too. */
export function withMapped(user: User, provider: IdentityProvider, identity: OutsideIdentity): User {
  const renews = (field: string): boolean => provider.config['syncMode'] === 'FORCE' || identity.mappedFields.has(field);
  const email = renews('email') && identity.email !== undefined && identity.email !== user.email ? identity.email : undefined;
  return {
    ...user,
    ...(renews('firstName') && identity.firstName !== undefined ? { firstName: identity.firstName } : {}),
    ...(renews('lastName') && identity.lastName !== undefined ? { lastName: identity.lastName } : {}),
    ...(email === undefined ? {} : { email, emailVerified: identity.emailVerified }),
    attributes: Object.fromEntries(
      Object.entries({ ...user.attributes, ...identity.attributes }).filter(([, values]) => values.length > 0),
    ),
  };
}
