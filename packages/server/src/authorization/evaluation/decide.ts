import type { AuthorizationPolicy, ProtectedResource, ResourceServer } from '../../model/index.ts';
import type { Effect } from './judge.ts';
import { join } from './strategy.ts';

/** One thing that is wanted: scopes of a resource, or scopes of no resource in particular. */
export interface Wish {
  readonly resource: ProtectedResource | undefined;
  /** Ids. Empty: the resource as a whole. */
  readonly scopeIds: readonly string[];
  /** Granted by a ticket of the owner already; no policy is asked. */
  readonly granted?: boolean | undefined;
}

/** What one permission said. */
export interface Voice {
  readonly permission: AuthorizationPolicy;
  readonly granted: boolean;
  readonly answers: readonly { readonly policyId: string; readonly effect: Effect }[];
}

export interface Decision {
  readonly wish: Wish;
  readonly granted: boolean;
  /** Ids of the scopes that are granted. */
  readonly scopeIds: readonly string[];
  /** Why; empty where nobody was asked, or nobody had anything to say. */
  readonly voices: readonly Voice[];
}

/**
 * Decides about one wish. `permissions` are those that speak of the resource, its type or the scopes. A permission that asks no policy says
 * nothing; where nothing is said, nothing is granted.
 */
export function decide(
  server: ResourceServer,
  wish: Wish,
  permissions: readonly AuthorizationPolicy[],
  answer: (policyId: string) => Effect,
  subjectId: string,
): Decision {
  if (server.policyEnforcementMode === 'DISABLED' || wish.granted === true) return unasked(wish);
  if (permissions.length === 0) return server.policyEnforcementMode === 'PERMISSIVE' ? unasked(wish) : refusedFor(wish, []);
  const voices = permissions.flatMap((permission) => voiceOf(permission, wish, answer, subjectId));
  if (voices.length === 0) return refusedFor(wish, []);
  return weigh(server, wish, voices);
}

function voiceOf(
  permission: AuthorizationPolicy,
  { resource }: Wish,
  answer: (policyId: string) => Effect,
  subjectId: string,
): readonly Voice[] {
  // Whose it is needs nobody's leave.
  if (permission.type === 'uma' && resource?.owner === subjectId) return [{ permission, granted: true, answers: [] }];
  if (permission.policyIds.length === 0) return [];
  const answers = permission.policyIds.map((policyId) => ({ policyId, effect: answer(policyId) }));
  return [
    {
      permission,
      granted: join(
        permission.decisionStrategy,
        answers.map(({ effect }) => effect),
      ),
      answers,
    },
  ];
}

/** Granted without asking; a resource that has scopes is not granted where none of them is wanted. */
function unasked(wish: Wish): Decision {
  const granted = wish.scopeIds.length > 0 || (wish.resource !== undefined && wish.resource.scopeIds.length === 0);
  return { wish, granted, scopeIds: granted ? wish.scopeIds : [], voices: [] };
}

function refusedFor(wish: Wish, voices: readonly Voice[]): Decision {
  return { wish, granted: false, scopeIds: [], voices };
}

/** Puts the voices together: what is denied outweighs what is granted, unless one voice is enough; what the owner shares counts in any case. */
function weigh(server: ResourceServer, wish: Wish, voices: readonly Voice[]): Decision {
  const { resource, scopeIds: wanted } = wish;
  const granted = new Set<string>();
  const denied = new Set<string>();
  const shared: AuthorizationPolicy[] = [];
  let resourceGranted = false;
  let anyDenied = false;
  for (const voice of voices) {
    const { permission } = voice;
    const named = resource !== undefined && permission.resourceIds.includes(resource.id);
    if (voice.granted) {
      if (permission.type === 'scope') takeGranted(permission, resource, wanted, granted, denied);
      else if (permission.type === 'resource') for (const id of wanted) granted.add(id);
      else if (resource?.ownerManagedAccess === true) shared.push(permission);
      if (named && (permission.type !== 'scope' || resource.owner !== server.id)) resourceGranted = true;
      continue;
    }
    anyDenied = true;
    if (permission.type === 'resource') {
      if (named || !resourceGranted) for (const id of wanted) denied.add(id);
    } else if (named || permission.resourceIds.length === 0) for (const id of permission.scopeIds) denied.add(id);
  }
  if (server.decisionStrategy === 'AFFIRMATIVE') for (const id of granted) denied.delete(id);
  for (const id of denied) granted.delete(id);
  if (shared.length === 0) {
    if (!resourceGranted && granted.size === 0 && wanted.length > 0) return refusedFor(wish, voices);
    if (anyDenied && granted.size === 0) return refusedFor(wish, voices);
    // A scope was wanted: the resource as a whole is no answer to that.
    if (wanted.length > 0 && granted.size === 0) return refusedFor(wish, voices);
  } else {
    for (const { scopeIds } of shared) for (const id of scopeIds) if (wanted.length === 0 || wanted.includes(id)) granted.add(id);
    if (granted.size === 0 && (wanted.length > 0 || (resource?.scopeIds.length ?? 0) > 0)) return refusedFor(wish, voices);
  }
  return { wish, granted: true, scopeIds: [...granted], voices };
}

/** What a scope permission grants of what is wanted. A scope that only the type of the resource has cannot be denied by what came before. */
function takeGranted(
  permission: AuthorizationPolicy,
  resource: ProtectedResource | undefined,
  wanted: readonly string[],
  granted: Set<string>,
  denied: Set<string>,
): void {
  for (const id of wanted) {
    if (!permission.scopeIds.includes(id)) continue;
    granted.add(id);
    if (resource !== undefined && !resource.scopeIds.includes(id)) denied.delete(id);
  }
}
