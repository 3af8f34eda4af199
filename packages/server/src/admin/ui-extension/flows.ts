import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import type { AuthenticationFlow, Client, Realm } from '../../model/index.ts';
import { authenticationOf, usesOf } from '../../realm/realm-authentication.ts';
import { adminRoutes, parameter } from '../admin-route.ts';
import { notFound } from '../answers.ts';
import { paged, pageOf, queryText } from '../query.ts';

/** Clients named beside a flow. */
const MAX_NAMED = 20;

/** Flows with what uses them, and required actions with whether they have settings. */
export function registerListedFlows(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { clients } = context.storage.stores;

  declare('GET /ui-ext/authentication-management/flows', async ({ realm }) => {
    const all = await clients.list(realm.id);
    return authenticationOf(realm)
      .flows.filter(({ topLevel }) => topLevel)
      .map((flow) => {
        const { id, alias, builtIn, description } = flow;
        const usedBy = usedByOf(realm, flow, all);
        return { id, alias, builtIn, ...(usedBy === undefined ? {} : { usedBy }), ...(description === undefined ? {} : { description }) };
      });
  });

  declare('GET /ui-ext/authentication-management/required-actions', async ({ realm }) =>
    authenticationOf(realm)
      .requiredActions.toSorted((one, other) => one.priority - other.priority)
      .map((action) => ({ ...action, configurable: false })),
  );

  declare('GET /ui-ext/authentication-management/:kind/:flowId', async ({ realm, request }) => {
    const flow = authenticationOf(realm).flows.find(({ id }) => id === parameter(request, 'flowId'));
    if (flow === undefined) throw notFound('Could not find flow with id');
    const kind = parameter(request, 'kind');
    if (kind !== 'clients' && kind !== 'idp') throw notFound('There is nothing of this kind');
    const search = queryText(request, 'search')?.toLowerCase() ?? '';
    const names = kind === 'clients' ? overridingClients(flow, await clients.list(realm.id)) : [];
    return paged(
      names.filter((name) => name.toLowerCase().includes(search)),
      pageOf(request),
    );
  });
}

function usedByOf(
  realm: Realm,
  flow: AuthenticationFlow,
  clients: readonly Client[],
): { readonly type: string; readonly values: readonly string[] } | undefined {
  const overriding = overridingClients(flow, clients);
  if (overriding.length > 0) return { type: 'SPECIFIC_CLIENTS', values: overriding.slice(0, MAX_NAMED) };
  return usesOf(realm, flow).length > 0 ? { type: 'DEFAULT', values: [flow.alias] } : undefined;
}

function overridingClients({ id }: AuthenticationFlow, clients: readonly Client[]): string[] {
  return clients
    .filter(({ authenticationFlowBindingOverrides }) => Object.values(authenticationFlowBindingOverrides).includes(id))
    .map(({ clientId }) => clientId);
}
