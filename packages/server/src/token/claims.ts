import type { Directory } from '../cache/contracts.ts';
import type { Client, ClientSession, Realm, User } from '../model/index.ts';
import { accessOf } from './access.ts';
import type { ClaimsDraft, ClaimTarget, MapperInput } from './protocol-mappers/mapper.ts';
import type { ScopePlan } from './scope.ts';

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
  /** Runs the mappers of a target over claims that are there already. */
  fill(claims: ClaimsDraft, target: ClaimTarget): ClaimsDraft;
}

/** Loads everything that mappers may ask for; scopes that the user has no role for are left out. */
export async function claimsSource(directory: Directory, subject: ClaimsSubject): Promise<ClaimsSource> {
  const { realm, client, user } = subject;
  const { plan, groups, roles: visible } = await accessOf(directory, realm, client, user, subject.scope);
  const roles = subject.audience === undefined ? visible : ofClients(visible, subject.audience);
  const input: MapperInput = {
    realm,
    client,
    user,
    clientSession: subject.clientSession,
    sessionNotes: subject.sessionNotes,
    roles,
    groups,
    nonce: subject.nonce,
  };
  return {
    plan,
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
