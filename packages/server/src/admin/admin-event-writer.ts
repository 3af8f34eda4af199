import { randomUUID } from 'node:crypto';
import { requestContext } from '../http/request-context.ts';
import { type AdminEventKind, adminEventKind } from './admin-event-kinds.ts';
import type { AdminCall } from './admin-route.ts';
import type { Administrator } from './administrator.ts';

const MAX_REPRESENTATION_CHARACTERS = 65_536;
const MAX_PATH_CHARACTERS = 2_550;
const MAX_DEPTH = 20;
/** Fields that hold secrets; whoever reads events may see less than who writes. */
const SECRETS = /secret|password|privatekey|credentialdata/i;
const MASK = '**********';

/** A change, and who made it. */
export interface ChangeByAdministrator extends Pick<AdminCall, 'context' | 'realm' | 'request'> {
  readonly admin: Pick<Administrator, 'realm' | 'client' | 'user'>;
}

/** Writes down what an administrator did by Admin REST. @param answer what the endpoint told */
export async function recordAdminEvent(call: AdminCall, endpoint: string, answer?: unknown): Promise<void> {
  const kind = adminEventKind(endpoint);
  if (kind === undefined || call.reply.statusCode >= 300) return;
  const made = endpoint.startsWith('POST /clients/:clientUuid/authz/') ? idIn(answer) : undefined;
  const path = pathOf(call, endpoint);
  const secret = endpoint.endsWith('/reset-password');
  await storeAdminEvent(call, kind, made === undefined ? path : `${path}/${made}`, secret ? undefined : call.request.body);
}

/** What was made, by the answer that tells of it: authorization services give no address. */
function idIn(answer: unknown): string | undefined {
  const { id, _id = id } = (typeof answer === 'object' && answer !== null ? answer : {}) as {
    readonly id?: unknown;
    readonly _id?: unknown;
  };
  return typeof _id === 'string' ? _id : undefined;
}

/** Writes an event down, where the realm keeps them. A fault of the database is logged: the change itself stands. */
export async function storeAdminEvent(
  { context, realm, admin, request }: ChangeByAdministrator,
  kind: AdminEventKind,
  resourcePath: string | undefined,
  body: unknown,
): Promise<void> {
  // What the call itself switched on or off counts from now on.
  const current = await context.state.directory.realmById(realm.id);
  if (current?.adminEventsEnabled !== true) return;
  const details = current.other['adminEventsDetailsEnabled'] === true;
  try {
    await context.storage.stores.adminEvents.insert({
      id: randomUUID(),
      timeMs: context.clock.nowMs(),
      realmId: realm.id,
      ...kind,
      resourcePath: resourcePath?.slice(0, MAX_PATH_CHARACTERS),
      representation: details ? withoutSecrets(body) : undefined,
      error: undefined,
      authRealmId: admin.realm.id,
      authClientId: admin.client.id,
      authUserId: admin.user.id,
      ipAddress: requestContext(request).remoteAddress,
    });
  } catch (error) {
    context.logger.error('an event of an administrator was not stored', { error });
  }
}

/** Address of what was made, else of what was called, below the realm. */
function pathOf({ request, reply }: AdminCall, endpoint: string): string | undefined {
  const location = reply.getHeader('location');
  const address = typeof location === 'string' && endpoint.startsWith('POST ') ? location : (request.url.split('?', 1)[0] ?? '');
  const path = /\/admin\/realms\/[^/]+\/(.*)$/.exec(address)?.[1]?.replace(/\/$/, '').slice(0, MAX_PATH_CHARACTERS);
  return path === '' || path === 'ui-ext' ? undefined : path;
}

/** The body as it may be kept. */
function withoutSecrets(body: unknown): string | undefined {
  if (typeof body !== 'string' || body === '') return undefined;
  try {
    return JSON.stringify(masked(JSON.parse(body), 0))
      .slice(0, MAX_REPRESENTATION_CHARACTERS)
      .replaceAll('\\u0000', '');
  } catch {
    // A bare text: it may be anything.
    return undefined;
  }
}

function masked(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => masked(one, depth + 1));
  const isCredential = 'type' in value && 'value' in value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const secret = (SECRETS.test(name) && typeof one !== 'boolean') || (isCredential && name === 'value') || name === 'credentials';
      return [name, secret && one !== null ? MASK : masked(one, depth + 1)];
    }),
  );
}
