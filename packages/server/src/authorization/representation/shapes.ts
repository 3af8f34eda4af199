import type { ScopeBook } from '../../cache/authorization-directory.ts';
import type { AuthorizationPolicy, AuthorizationScope, ProtectedResource, ResourceServer } from '../../model/index.ts';
import type { Facts } from '../evaluation/subject.ts';
import { policyType } from '../policies/index.ts';
import type { Json } from '../policies/policy-type.ts';

// How objects of authorization services are written down; members and their order are Keycloak's.

export function scopeToRepresentation({ id, name, iconUri, displayName }: AuthorizationScope): Json {
  return { id, name, ...given({ iconUri, displayName }) };
}

/** The scope as it stands in a resource. */
export function scopeOfResource({ id, name, iconUri }: AuthorizationScope): Json {
  return { id, name, ...given({ iconUri }) };
}

/** `ownerName`: what the owner is called; `scopes` undefined: without attributes and scopes. */
export function resourceToRepresentation(resource: ProtectedResource, ownerName: string | undefined, scopes?: ScopeBook): Json {
  const own = scopes === undefined ? [] : scopesIn(resource, scopes).map(scopeOfResource);
  return {
    name: resource.name,
    ...given({ type: resource.type }),
    owner: { id: resource.owner, ...given({ name: ownerName }) },
    ownerManagedAccess: resource.ownerManagedAccess,
    ...given({ displayName: resource.displayName }),
    ...(scopes === undefined ? {} : { attributes: resource.attributes }),
    _id: resource.id,
    uris: resource.uris,
    ...(own.length === 0 ? {} : { scopes: own }),
    ...given({ icon_uri: resource.iconUri }),
  };
}

/** The scopes of a resource, by name. */
export function scopesIn(resource: ProtectedResource, scopes: Pick<ScopeBook, 'byId'>): readonly AuthorizationScope[] {
  return resource.scopeIds.flatMap((id) => scopes.byId.get(id) ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What every policy shows, without what is special to its type. */
export function policyToSummary(policy: AuthorizationPolicy): Json {
  const { id, name, description, type, logic, decisionStrategy } = policy;
  return { id, name, ...given({ description }), type, logic, decisionStrategy };
}

/** A policy whose type is not the point: with its config. */
export function policyToRepresentation(policy: AuthorizationPolicy, facts: Facts, fields?: string): Json {
  const { resource, scopes } = { resource: fields?.includes('resources'), scopes: fields?.includes('scopes') };
  const all = fields === '*';
  return {
    ...policyToSummary(policy),
    ...(all || resource ? { resources: policy.resourceIds } : {}),
    ...(all || scopes ? { scopes: policy.scopeIds } : {}),
    config: configShown(policy, facts),
  };
}

/** The config, of which lists leave out what is gone. */
function configShown(policy: AuthorizationPolicy, facts: Facts): Json {
  const shown = policyType(policy.type)?.show(policy.config, facts) ?? {};
  return Object.fromEntries(
    Object.entries(policy.config).map(([name, value]) => [name, Array.isArray(shown[name]) ? JSON.stringify(shown[name]) : value]),
  );
}

/** A policy in the form of its type. */
export function policyToTyped(policy: AuthorizationPolicy, facts: Facts): Json {
  return { ...policyToSummary(policy), ...policyType(policy.type)?.show(policy.config, facts) };
}

export function serverToRepresentation(server: ResourceServer, clientId: string): Json {
  return { id: server.id, clientId: server.id, name: clientId, ...settingsOf(server, [], [], []) };
}

/** The members that settings and the server itself have in common. */
export function settingsOf(server: ResourceServer, resources: readonly Json[], policies: readonly Json[], scopes: readonly Json[]): Json {
  const { allowRemoteResourceManagement, policyEnforcementMode, decisionStrategy } = server;
  return { allowRemoteResourceManagement, policyEnforcementMode, resources, policies, scopes, decisionStrategy };
}

/** Members that have a value. */
export function given(members: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
