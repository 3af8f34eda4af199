import type { Directory } from '../cache/contracts.ts';
import type { Client, ClientSession, Realm, User } from '../model/index.ts';
import { mayUseScope, type Standing, standingOf, tokenRoles } from './permitted-roles.ts';
import type { ClaimsDraft, ClaimTarget, MapperInput } from './protocol-mappers/mapper.ts';
import { narrowPlan, planScope, type ScopePlan } from './scope.ts';

/** For whom and for what claims are wanted. */
export interface ClaimsSubject {
  readonly realm: Realm;
  readonly client: Client;
  readonly user: User;
  readonly clientSession: ClientSession | undefined;
  readonly sessionNotes: Readonly<Record<string, string>>;
  /** Requested scope. */
  readonly scope: string;
  readonly nonce?: string | undefined;
  /** Roles of these clients only; undefined: all that the client may see. */
  readonly audience?: readonly string[] | undefined;
}

/** The mappers' view of one user at one client, ready to fill any number of tokens. */
export interface ClaimsSource {
  readonly plan: ScopePlan;
  readonly standing: Standing;
  /** Runs the mappers of a target over claims that are there already. */
  fill(claims: ClaimsDraft, target: ClaimTarget): ClaimsDraft;
}

/** Loads everything that mappers may ask for; scopes that the user has no role for are left out. */
export async function claimsSource(directory: Directory, subject: ClaimsSubject): Promise<ClaimsSource> {
  const { realm, client, user } = subject;
  const [wide, standing] = await Promise.all([planScope(directory, realm, client, subject.scope), standingOf(directory, realm, user)]);
  const refused = new Set<string>();
  for (const scope of wide.scopes) if (!(await mayUseScope(directory, realm, scope, standing.roles))) refused.add(scope.id);
  const plan = narrowPlan(wide, client, (scope) => !refused.has(scope.id));
  const visible = await tokenRoles(directory, realm, client, plan.scopes, standing.roles);
  const roles = subject.audience === undefined ? visible : ofClients(visible, subject.audience);
  const input: MapperInput = {
    realm,
    client,
    user,
    clientSession: subject.clientSession,
    sessionNotes: subject.sessionNotes,
    roles,
    groups: standing.groups,
    nonce: subject.nonce,
  };
  return {
    plan,
    standing,
    fill(claims, target) {
      const mappers = plan.mappers(target);
      const changesRoles = mappers[0]?.kind.stage === 'roles';
      const seen = changesRoles ? { ...input, roles: copyOf(roles) } : input;
      for (const { kind, config } of mappers) kind.apply(claims, seen, config, target);
      return claims;
    },
  };
}

function ofClients({ clients }: MapperInput['roles'], clientIds: readonly string[]): MapperInput['roles'] {
  return { realm: [], clients: new Map([...clients].filter(([clientId]) => clientIds.includes(clientId))) };
}

function copyOf(roles: MapperInput['roles']): MapperInput['roles'] {
  return { realm: [...roles.realm], clients: new Map([...roles.clients].map(([clientId, names]) => [clientId, [...names]])) };
}
