import { listOf, representation } from '../admin/representation-shapes.ts';
import { serverResourcesOfType } from '../authorization/evaluate.ts';
import { refused } from '../authorization/refusal.ts';
import type { ScopeBook } from '../cache/authorization-directory.ts';
import type { ProtectedResource } from '../model/index.ts';
import { signTicket, type TicketContent } from '../oidc/uma/permission-ticket.ts';
import { claimMapOf } from '../oidc/uma/uma-request.ts';
import { bodyOf, type ProtectionCall, type ProtectionHandler } from './protection-route.ts';

interface PermissionRequest {
  readonly resource_id?: string | null;
  readonly resource_scopes?: readonly string[] | null;
  readonly claims?: unknown;
}

/** Permissions that one ticket may ask for. */
const MAX_PERMISSIONS = 200;
const shape = listOf(
  representation('PermissionRequest', {
    texts: 'resource_id resource_set_id resource_set_name resource_server_id',
    textLists: 'resource_scopes scopes',
    anything: 'claims',
  }),
);

/** Permission endpoint (UMA 2.0 Federated Authorization section 4): what a client would need becomes a ticket that it can carry. */
export function declarePermission(declare: (endpoint: string, handler: ProtectionHandler) => void): void {
  declare('POST /permission', async (call) => {
    const body = bodyOf<readonly (PermissionRequest | null)[]>(call, shape) ?? [];
    const requests = body.filter((one) => one !== null);
    if (requests.length === 0 || requests.length > MAX_PERMISSIONS) {
      throw refused(400, 'invalid_permission_request', 'Invalid permission request.');
    }
    const { context, realm, server, issuer, bearer } = call;
    const scopes = await context.authorization.directory.scopes(server);
    const permissions: TicketContent['permissions'][number][] = [];
    for (const request of requests) permissions.push(...(await permissionsFor(call, request, scopes)));
    const claims = Object.assign({}, ...requests.map((one) => claimMapOf(one.claims) ?? {}));
    const ticket = await signTicket(context, realm, issuer, { server, bearer, permissions, claims });
    call.reply.code(201);
    return { ticket };
  });
}

async function permissionsFor(call: ProtectionCall, request: PermissionRequest, scopes: ScopeBook): Promise<TicketContent['permissions']> {
  const names = [...new Set(request.resource_scopes ?? [])];
  const id = request.resource_id;
  if (id === undefined || id === null) {
    if (names.length === 0) throw refused(400, 'invalid_resource_id', 'Resource id or name not provided.');
    for (const name of names) if (!scopes.byName.has(name)) throw invalidScope(name);
    return [{ scopes: names }];
  }
  const resources = await named(call, id);
  if (resources.length === 0) throw refused(400, 'invalid_resource_id', `Resource set with id [${id}] does not exists in this server.`);
  for (const resource of resources) await checkScopes(call, resource, names, scopes);
  return resources.map((resource) => ({ ...(names.length === 0 ? {} : { scopes: names }), rsid: resource.id }));
}

/** By id; by name the caller's own, and for users also that of the server. */
async function named({ context, server, subjectId, isServer }: ProtectionCall, id: string): Promise<readonly ProtectedResource[]> {
  const { directory } = context.authorization;
  const direct = await directory.resource(server, id);
  if (direct !== undefined) return [direct];
  const found = [
    await directory.resourceByName(server, subjectId, id),
    isServer ? undefined : await directory.resourceByName(server, server.id, id),
  ];
  return found.filter((one) => one !== undefined);
}

async function checkScopes(call: ProtectionCall, resource: ProtectedResource, names: readonly string[], scopes: ScopeBook): Promise<void> {
  const { context, server } = call;
  const own = new Set(resource.scopeIds);
  if (resource.type !== undefined) {
    for (const typed of await serverResourcesOfType(context.authorization.directory, server, resource.type)) {
      for (const id of typed.scopeIds) own.add(id);
    }
  }
  for (const name of names) if (!own.has(scopes.byName.get(name)?.id ?? '')) throw invalidScope(name);
}

const invalidScope = (name: string) => refused(400, 'invalid_scope', `Scope [${name}] is invalid`);
