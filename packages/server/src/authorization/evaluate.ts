import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuthorizationDirectory } from '../cache/authorization-directory.ts';
import type { Directory } from '../cache/contracts.ts';
import type { AuthorizationPolicy, Realm, ResourceServer } from '../model/index.ts';
import { type Decision, decide, type Wish } from './evaluation/decide.ts';
import { createJudge } from './evaluation/judge.ts';
import type { Subject } from './evaluation/subject.ts';
import { loadFacts } from './facts.ts';

export interface Evaluated {
  readonly decisions: readonly Decision[];
  /** Every policy that was asked, by id. */
  readonly policies: ReadonlyMap<string, AuthorizationPolicy>;
}

/** Wishes that are looked at before other requests have their turn. */
const WISHES_A_TURN = 500;

/** Decides about wishes of one subject: loads what their policies need, then asks the pure rules. */
export async function evaluate(
  { directory, authorization }: { readonly directory: Directory; readonly authorization: AuthorizationDirectory },
  realm: Realm,
  server: ResourceServer,
  subject: Subject,
  wishes: readonly Wish[],
): Promise<Evaluated> {
  const policies = new Map<string, AuthorizationPolicy>();
  const permissionIds: (readonly string[])[] = [];
  for (let at = 0; at < wishes.length; at += WISHES_A_TURN) {
    if (at > 0) await nextTurn();
    const some = await Promise.all(wishes.slice(at, at + WISHES_A_TURN).map((wish) => permissionsFor(authorization, server, wish)));
    permissionIds.push(...some);
    await loadPolicies(authorization, server, some.flat(), policies);
  }
  const facts = await loadFacts(directory, realm, policies.values());
  const answer = createJudge({ subject, facts, policy: (id) => policies.get(id) });
  const decisions: Decision[] = [];
  for (const [at, wish] of wishes.entries()) {
    if (at > 0 && at % WISHES_A_TURN === 0) await nextTurn();
    const permissions = (permissionIds[at] ?? []).flatMap((id) => policies.get(id) ?? []);
    decisions.push(decide(server, wish, permissions, answer, subject.id));
  }
  return { decisions, policies };
}

/** Ids of the permissions that speak of the wish: of its resource, of its type (and of the server's resources of that type), of its scopes. */
async function permissionsFor(authorization: AuthorizationDirectory, server: ResourceServer, wish: Wish): Promise<readonly string[]> {
  if (wish.granted === true || server.policyEnforcementMode === 'DISABLED') return [];
  const { resource } = wish;
  const asked: (readonly string[] | Promise<readonly string[]>)[] = [];
  if (resource !== undefined) {
    asked.push(resource.policyIds);
    if (resource.type !== undefined) {
      asked.push(authorization.policiesOfType(server, resource.type));
      if (resource.owner !== server.id) asked.push(policiesOfTyped(authorization, server, resource.type));
    }
  }
  for (const id of wish.scopeIds) asked.push(authorization.policiesOfScope(server, id));
  const lists = await Promise.all(asked);
  return lists.length === 1 ? (lists[0] ?? []) : [...new Set(lists.flat())];
}

/** What is said of the server's own resources of a type holds for the resources of users too. */
async function policiesOfTyped(authorization: AuthorizationDirectory, server: ResourceServer, type: string): Promise<readonly string[]> {
  const typed = await serverResourcesOfType(authorization, server, type);
  return typed.flatMap(({ policyIds }) => policyIds);
}

/** The server's own resources of a type. */
export async function serverResourcesOfType(authorization: AuthorizationDirectory, server: ResourceServer, type: string) {
  const ids = await authorization.resourcesOfType(server, type);
  const resources = await Promise.all(ids.map((id) => authorization.resource(server, id)));
  return resources.filter((resource) => resource?.owner === server.id).filter((resource) => resource !== undefined);
}

/** Loads the policies and all that they ask. */
async function loadPolicies(
  authorization: AuthorizationDirectory,
  server: ResourceServer,
  ids: readonly string[],
  into: Map<string, AuthorizationPolicy>,
): Promise<void> {
  for (let missing = [...new Set(ids)].filter((id) => !into.has(id)); missing.length > 0; ) {
    const loaded = await Promise.all(missing.map((id) => authorization.policy(server, id)));
    const next = new Set<string>();
    for (const policy of loaded) {
      if (policy === undefined) continue;
      into.set(policy.id, policy);
      for (const id of policy.policyIds) next.add(id);
    }
    missing = [...next].filter((id) => !into.has(id));
  }
}
