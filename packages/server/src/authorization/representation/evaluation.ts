import type { ScopeBook } from '../../cache/authorization-directory.ts';
import type { AuthorizationPolicy, ProtectedResource } from '../../model/index.ts';
import type { Evaluated } from '../evaluate.ts';
import type { Decision, Voice } from '../evaluation/decide.ts';
import type { Effect } from '../evaluation/judge.ts';
import type { Json } from '../policies/policy-type.ts';
import { given } from './shapes.ts';

export interface ExplanationParts {
  readonly evaluated: Evaluated;
  readonly scopes: ScopeBook;
  /** Names of resources that policies name. */
  readonly resources: ReadonlyMap<string, ProtectedResource>;
  /** Claims of the token that would be issued. */
  readonly rpt: Json;
}

/** The result of an evaluation with everything that led to it: who was asked, and what each one said. */
export function explain(parts: ExplanationParts): Json {
  // Nobody was asked about the others: they are no part of the story.
  const told = parts.evaluated.decisions.filter(({ granted, voices }) => granted || voices.length > 0);
  const results = told.map((decision) => result(decision, parts)).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return {
    results,
    entitlements: false,
    status: told.some(({ granted }) => !granted) ? 'DENY' : 'PERMIT',
    rpt: parts.rpt,
  };
}

function nameOf(shown: Json): string {
  return String((shown['resource'] as Json)['name']);
}

function result(decision: Decision, parts: ExplanationParts): Json {
  const { wish, granted } = decision;
  const scopes = (granted ? decision.scopeIds : wish.scopeIds).flatMap((id) => parts.scopes.byId.get(id) ?? []);
  const names = `[${scopes.map(({ name }) => name).join(', ')}]`;
  const shown = scopes.map(({ id, name }) => ({ id, name }));
  const { resource } = wish;
  return {
    resource:
      resource === undefined
        ? { name: `Any Resource with Scopes ${names}` }
        : { name: scopes.length > 0 ? `${resource.name} with scopes ${names}` : resource.name, _id: resource.id },
    scopes: shown,
    policies: decision.voices.map((voice) => voiceOf(voice, resource, parts)),
    status: effectOf(granted),
    allowedScopes: granted ? shown : [],
    deniedScopes: [],
  };
}

function voiceOf({ permission, granted, answers }: Voice, resource: ProtectedResource | undefined, parts: ExplanationParts): Json {
  const scopeIds = permission.type === 'resource' ? (resource?.scopeIds ?? []) : permission.scopeIds;
  return {
    policy: policyOf(permission, scopeIds, parts),
    status: effectOf(granted),
    associatedPolicies: answers.flatMap(({ policyId, effect }) => {
      const policy = parts.evaluated.policies.get(policyId);
      return policy === undefined ? [] : [{ policy: policyOf(policy, [], parts), status: effect, associatedPolicies: [], scopes: [] }];
    }),
    scopes: granted ? [] : scopeNames(permission.scopeIds, parts),
  };
}

function policyOf(policy: AuthorizationPolicy, scopeIds: readonly string[], parts: ExplanationParts): Json {
  const { id, name, type, decisionStrategy } = policy;
  const description =
    type === 'uma' ? [policy.description, 'User-Managed Policy'].filter((text) => text !== undefined).join(' - ') : policy.description;
  return {
    id,
    name,
    ...given({ description }),
    type,
    resources: policy.resourceIds.flatMap((one) => parts.resources.get(one)?.name ?? []),
    scopes: scopeNames(scopeIds, parts),
    logic: 'POSITIVE',
    decisionStrategy,
    config: {},
  };
}

function scopeNames(ids: readonly string[], { scopes }: ExplanationParts): readonly string[] {
  return ids.flatMap((id) => scopes.byId.get(id)?.name ?? []);
}

function effectOf(granted: boolean): Effect {
  return granted ? 'PERMIT' : 'DENY';
}
