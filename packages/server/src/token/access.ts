import type { Directory } from '../cache/contracts.ts';
import type { Client, Realm, User } from '../model/index.ts';
import { mayUseScope, type Standing, standingOf, tokenRoles } from './permitted-roles.ts';
import type { TokenRoles } from './protocol-mappers/mapper.ts';
import { narrowPlan, planScope, type ScopePlan } from './scope.ts';

/** What a client gets to see of a user for a scope parameter: scopes that the user has no role for are left out. */
export interface Access {
  readonly plan: ScopePlan;
  readonly groups: Standing['groups'];
  /** Shared by all who ask: nobody may change it. */
  readonly roles: TokenRoles;
}

interface Known {
  readonly realm: Realm;
  readonly client: Client;
  readonly scope: string;
  readonly access: Access;
}

/** Clients and scopes that are remembered of one user. */
const MAX_PER_USER = 8;

/** By the user as the directory knows it, so that it ends with the copy there and is bounded as the copies are. */
const known = new WeakMap<User, { readonly generation: number; readonly list: Known[] }>();

/**
 * Works it out of a dozen objects of the directory once; the next one who asks for the same gets the same, as long as nothing at all has changed
 * since. An application refreshes and asks about the tokens of one user again and again.
 */
export async function accessOf(directory: Directory, realm: Realm, client: Client, user: User, scope: string): Promise<Access> {
  const generation = directory.generation();
  const remembered = generation === undefined ? undefined : known.get(user);
  const list = remembered?.generation === generation ? remembered?.list : undefined;
  // Objects, not their ids: a request that holds an older client leaves nothing behind for those that hold the newer one.
  const found = list?.find((one) => one.client === client && one.scope === scope && one.realm === realm);
  if (found !== undefined) return found.access;
  const access = await workOut(directory, realm, client, user, scope);
  // A change meanwhile: what was read before it may be in here.
  if (generation !== undefined && directory.generation() === generation) remember(user, generation, { realm, client, scope, access });
  return access;
}

async function workOut(directory: Directory, realm: Realm, client: Client, user: User, scope: string): Promise<Access> {
  const [wide, standing] = await Promise.all([planScope(directory, realm, client, scope), standingOf(directory, realm, user)]);
  const refused = new Set<string>();
  for (const one of wide.scopes) if (!(await mayUseScope(directory, realm, one, standing.roles))) refused.add(one.id);
  const plan = narrowPlan(wide, client, (one) => !refused.has(one.id));
  return { plan, groups: standing.groups, roles: await tokenRoles(directory, realm, client, plan.scopes, standing.roles) };
}

function remember(user: User, generation: number, entry: Known): void {
  const before = known.get(user);
  if (before?.generation !== generation) known.set(user, { generation, list: [entry] });
  else {
    if (before.list.length >= MAX_PER_USER) before.list.shift();
    before.list.push(entry);
  }
}
