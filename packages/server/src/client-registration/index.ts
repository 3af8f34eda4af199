import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bodyOf, parameter } from '../admin/admin-route.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Realm } from '../model/index.ts';
import { answerPreflight } from '../oidc/cors.ts';
import { enabledRealmOf } from '../oidc/realm-of-request.ts';
import { PolicyRejection } from '../registration-policies/policy.ts';
import { type RegistrationCall, registrationCallOf } from './caller.ts';
import { unregisterClient } from './changes.ts';
import { defaultProvider } from './default-provider.ts';
import { openIdConnectProvider } from './openid-connect-provider.ts';
import type { RegistrationProvider } from './provider.ts';
import { RegistrationRefusal } from './refusal.ts';

const BODY_LIMIT_BYTES = 262_144;
const EVENTS = { GET: 'CLIENT_INFO', POST: 'CLIENT_REGISTER', PUT: 'CLIENT_UPDATE', DELETE: 'CLIENT_DELETE' } as const;
const PREFLIGHT_METHODS = 'GET, POST, PUT, DELETE, OPTIONS';
type Method = keyof typeof EVENTS;
type Handler = (call: RegistrationCall, clientId: string) => Promise<unknown>;

/** Dynamic client registration (RFC 7591, RFC 7592): by OpenID Connect metadata, and by representations of Admin REST. */
export function registerClientRegistration(app: FastifyInstance, context: ServerContext): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    for (const provider of [openIdConnectProvider, defaultProvider]) declareProvider(scope, context, provider);
    for (const path of ['/:provider', '/:provider/:clientId']) {
      scope.all(`/realms/:realm/clients-registrations${path}`, async (request) => {
        await enabledRealmOf(context, request);
        throw new ReplyError(404, { error: 'Client registration provider not found' });
      });
    }
  });
}

function declareProvider(app: FastifyInstance, context: ServerContext, provider: RegistrationProvider): void {
  const url = `/realms/:realm/clients-registrations/${provider.id}`;
  const declare = (method: Method, path: string, handler: Handler): void => {
    app.route({
      method,
      url: path,
      bodyLimit: BODY_LIMIT_BYTES,
      handler: (request, reply) => answer(context, request, reply, method, handler),
    });
  };
  const wantedOf = ({ request }: RegistrationCall) => bodyOf<Readonly<Record<string, unknown>> | null>(request, provider.shape) ?? {};
  declare('POST', url, async (call) => {
    const { client, shown } = await provider.register(call, wantedOf(call));
    call.reply.code(201).header('location', `${addressOf(call, provider)}/${encodeURIComponent(client.clientId)}`);
    return { clientId: client.clientId, shown };
  });
  const own = `${url}/:clientId`;
  declare('GET', own, (call, clientId) => provider.view(call, clientId));
  declare('PUT', own, (call, clientId) => provider.update(call, clientId, wantedOf(call)));
  declare('DELETE', own, async (call, clientId) => {
    await unregisterClient(call, clientId);
  });
  for (const path of [url, own]) app.options(path, (request, reply) => answerPreflight(request, reply, PREFLIGHT_METHODS));
  refuseOthers(app, url, ['POST'], ['GET', 'PUT', 'DELETE']);
  refuseOthers(app, own, ['GET', 'PUT', 'DELETE'], []);
}

/** Methods that nothing is behind: with some of them the original has another address in mind. */
function refuseOthers(app: FastifyInstance, url: string, served: readonly string[], unknown: readonly string[]): void {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const) {
    if (served.includes(method)) continue;
    const code = unknown.includes(method) ? 404 : 405;
    const error = code === 404 ? 'HTTP 404 Not Found' : 'HTTP 405 Method Not Allowed';
    app.route({ method, url, handler: async () => Promise.reject(new ReplyError(code, { error })) });
  }
}

function addressOf({ issuer }: RegistrationCall, { id }: RegistrationProvider): string {
  return `${issuer}/clients-registrations/${id}`;
}

async function answer(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  method: Method,
  handler: Handler,
): Promise<unknown> {
  const realm = await enabledRealmOf(context, request);
  const clientId = parameter(request, 'clientId');
  const tell = (name: string, error?: RegistrationRefusal['event']): void => emit(context, realm, request, EVENTS[method], name, error);
  try {
    const call = await registrationCallOf(context, realm, request, reply);
    const answered = await handler(call, clientId);
    const made = method === 'POST' ? (answered as { readonly clientId: string; readonly shown: unknown }) : undefined;
    tell(made?.clientId ?? clientId);
    // It holds secrets.
    reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
    if (answered === undefined) return await reply.code(204).send();
    return await reply.header('content-type', 'application/json;charset=UTF-8').send(JSON.stringify(made?.shown ?? answered));
  } catch (error) {
    const refusal = error instanceof PolicyRejection ? refusedByPolicy(error) : error;
    if (refusal instanceof RegistrationRefusal && refusal.event !== undefined) tell(clientId, refusal.event);
    throw refusal;
  }
}

function refusedByPolicy(rejection: PolicyRejection): RegistrationRefusal {
  return new RegistrationRefusal(403, 'insufficient_scope', rejection.message, {
    error: 'not_allowed',
    details: { client_registration_policy: rejection.policy },
  });
}

function emit(
  { events }: ServerContext,
  realm: Realm,
  request: FastifyRequest,
  type: string,
  clientId: string,
  refused: RegistrationRefusal['event'],
): void {
  events.emit({
    type: refused === undefined ? type : `${type}_ERROR`,
    realmId: realm.id,
    realmName: realm.realm,
    clientId: clientId === '' ? undefined : clientId,
    ipAddress: requestContext(request).remoteAddress,
    ...(refused ?? {}),
  });
}
