import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { InvalidationKey } from '../cache/contracts.ts';
import { switchOf } from '../config/feature-switches.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError, ServerError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import { notEnabled } from '../http/switched-off-routes.ts';
import type { Realm } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import { recordAdminEvent } from './admin-event-writer.ts';
import { type Administrator, administratorOf, rolesOver } from './administrator.ts';
import { duplicate, forbidden, invalidValue, notFound } from './answers.ts';
import { endpointPermissions, isMet, type Requirement } from './endpoint-permissions.ts';
import { readTypedJson, type Shape } from './typed-json.ts';

/** One call of an endpoint below /admin/realms/{realm}; the permission was checked. */
export interface AdminCall {
  readonly context: ServerContext;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly admin: Administrator;
  readonly realm: Realm;
  /** Management roles that the administrator has over the realm. */
  readonly held: ReadonlySet<string>;
}

/** What a handler gives is the JSON answer; undefined answers 204. */
export type AdminHandler = (call: AdminCall) => Promise<unknown>;

/** Bodies of Admin REST; a realm import has a limit of its own. */
const BODY_LIMIT_BYTES = 4 * 1_048_576;
/** Lost races of one change: many programs that change parts of one realm at once, as a set-up does, each get through. */
const CONFLICT_TRIES = 20;
const CONFLICT_PAUSE_MS = 20;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Hands out `declare('GET /users', handler)` for endpoints below /admin/realms/{realm}; each must stand in the table of permissions. */
export function adminRoutes(app: FastifyInstance, context: ServerContext): (endpoint: string, handler: AdminHandler) => void {
  return (endpoint, handler) => {
    const requirement = endpointPermissions[endpoint];
    if (requirement === undefined) throw new TypeError(`no permission is declared for ${endpoint}`);
    const at = endpoint.indexOf(' ');
    const url = `/admin/realms/:realm${endpoint.slice(at + 1)}`;
    const off = switchOf(context.features, url)?.answer === 'not-enabled';
    app.route({
      method: endpoint.slice(0, at) as Method,
      url,
      bodyLimit: BODY_LIMIT_BYTES,
      handler: async (request, reply) => {
        const call = await callOf(context, request, reply, requirement);
        if (off) throw notEnabled();
        const answer = await answered(() => handler(call));
        await recordAdminEvent(call, endpoint, answer);
        // The handler sent something that is no JSON.
        if (answer === reply) return reply;
        reply.header('cache-control', 'no-cache');
        if (answer === undefined) return reply.code(reply.statusCode === 200 ? 204 : reply.statusCode).send();
        // A bare number or text is JSON too.
        return reply.header('content-type', 'application/json;charset=UTF-8').send(JSON.stringify(answer));
      },
    });
  };
}

/** Who asks, and for which realm. @throws ReplyError 401, 403, 404. */
async function callOf(context: ServerContext, request: FastifyRequest, reply: FastifyReply, requirement: Requirement): Promise<AdminCall> {
  const admin = await administratorOf(context, request);
  const realm = await context.state.directory.realmByName(parameter(request, 'realm'));
  if (!realm) throw notFound('Realm not found.');
  const held = await rolesOver(context, admin, realm);
  if (!isMet(requirement, held)) throw forbidden();
  return { context, request, reply, admin, realm, held };
}

/** Turns errors of the stores and of representations into the answers of Admin REST. */
export async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (error.code === 'KG_BAD_IMPORT' || error.code === 'KG_LIMIT_EXCEEDED') throw invalidValue(error.message);
    if (error.code === 'KG_STORE_DUPLICATE' || error.code === 'KG_STORE_CONFLICT') {
      throw duplicate();
    }
    throw error;
  }
}

/** A path parameter. */
export function parameter({ params }: Pick<FastifyRequest, 'params'>, name: string): string {
  return (params as Readonly<Record<string, string | undefined>>)[name] ?? '';
}

/** The realm's issuer as this administrator sees it: for clients that do not know theirs. */
export function issuerOf({ request, realm }: AdminCall): string {
  return requestContext(request).issuer(realm.realm);
}

/** The JSON body, of the given shape. @throws ReplyError 400, 415. */
export function bodyOf<T>(request: FastifyRequest, shape: Shape): T {
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new ReplyError(415, { error: 'HTTP 415 Unsupported Media Type' });
  }
  return readTypedJson(typeof request.body === 'string' ? request.body : '', shape) as T;
}

/** 201 with the address of what was made, below the realm. */
export function created({ request, reply, realm }: AdminCall, path: string): undefined {
  reply.code(201).header('location', `${requestContext(request).adminBaseUrl}/admin/realms/${encodeURIComponent(realm.realm)}${path}`);
  return undefined;
}

/**
 * Runs a change; where another writer was faster it is run again on what that one left, so `work` reads what it changes.
 * `work` may await only calls on the stores it is given.
 */
export async function write<T>(
  { state: { changes } }: ServerContext,
  work: (stores: Stores, touch: (...keys: InvalidationKey[]) => void) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await changes.write(work);
    } catch (error) {
      if (!(error instanceof ServerError) || error.code !== 'KG_STORE_CONFLICT' || tries >= CONFLICT_TRIES) throw error;
      await delay(CONFLICT_PAUSE_MS * Math.random());
    }
  }
}
