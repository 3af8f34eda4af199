import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { clientTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { policyChoices, policyTypes } from '../registration-policies/policy-types.ts';
import type { InitialAccess } from '../store/initial-access.ts';
import { signInitialAccessToken, signRegistrationAccessToken } from '../token/registration-tokens.ts';
import { type AdminCall, adminRoutes, bodyOf, created, issuerOf, parameter, write } from './admin-route.ts';
import { clientToAnswer } from './client-answers.ts';
import { clientOf } from './lookups.ts';
import { initialAccessShape } from './representation-shapes.ts';

/** Columns of the table are 32 bits wide. */
const MAX_NUMBER = 2_147_483_647;
/** The list is shown whole. */
const MAX_TOKENS = 1_000;
const MAX_ORIGINS = 50;
const MAX_ORIGIN_CHARACTERS = 255;
const MASK = '**********';

interface Wanted {
  readonly count?: number | null;
  readonly expiration?: number | null;
  readonly webOrigins?: readonly string[] | null;
}

/** Who may register clients: initial access tokens, the registration access token of a client, and the kinds of policies. */
export function registerInitialAccess(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  const { initialAccess } = context.storage.stores;
  declare('GET /clients-initial-access', async ({ realm }) => (await initialAccess.ofRealm(realm.id)).map(shown));
  declare('POST /clients-initial-access', createInitialAccess);
  declare('DELETE /clients-initial-access/:accessId', async (call) => {
    await initialAccess.remove(call.realm.id, parameter(call.request, 'accessId'));
  });
  declare('POST /clients/:clientUuid/registration-access-token', renewRegistrationToken);
  declare('GET /client-registration-policy/providers', async ({ realm }) =>
    policyTypes(policyChoices(await context.state.directory.clientScopes(realm))),
  );
}

function shown({ id, timestamp, expiration, count, remainingCount }: InitialAccess) {
  return { id, timestamp, expiration, count, remainingCount };
}

async function createInitialAccess(call: AdminCall) {
  const { context, realm } = call;
  const wanted = bodyOf<Wanted | null>(call.request, initialAccessShape) ?? {};
  const { initialAccess } = context.storage.stores;
  const access: InitialAccess = {
    id: randomUUID(),
    realmId: realm.id,
    timestamp: context.clock.nowSeconds(),
    expiration: numberOf(wanted.expiration ?? 0, 'expiration', 'expiration time interval'),
    count: numberOf(wanted.count ?? 1, 'count', 'count'),
    remainingCount: wanted.count ?? 1,
    webOrigins: originsOf(wanted.webOrigins ?? undefined),
  };
  if (access.timestamp + access.expiration > MAX_NUMBER) throw invalid('expiration', 'expiration time interval', 'is too long');
  if ((await initialAccess.ofRealm(realm.id)).length >= MAX_TOKENS) throw invalid('count', 'number of tokens', `is ${MAX_TOKENS} at most`);
  await initialAccess.insert(access);
  const token = await signInitialAccessToken(context.tokens, realm, issuerOf(call), access);
  created(call, `/clients-initial-access/${access.id}`);
  const { id, ...rest } = shown(access);
  return { id, token, ...rest };
}

function numberOf(value: number, name: string, label: string): number {
  if (value < 0) throw invalid(name, label, 'cannot be less than 0');
  if (value > MAX_NUMBER) throw invalid(name, label, `cannot be more than ${MAX_NUMBER}`);
  return value;
}

function originsOf(origins: readonly string[] | undefined): readonly string[] | undefined {
  if (origins === undefined) return undefined;
  if (origins.length > MAX_ORIGINS || origins.some((origin) => origin.length > MAX_ORIGIN_CHARACTERS || origin.includes('\0'))) {
    throw invalid('webOrigins', 'list of web origins', 'is too long');
  }
  return origins;
}

function invalid(name: string, label: string, why: string): ReplyError {
  return new ReplyError(400, { error: `Invalid value for ${name}`, error_description: `The ${label} ${why}` });
}

/** Gives the client a fresh registration access token; the one that it had is worth nothing any more. */
async function renewRegistrationToken(call: AdminCall) {
  const { context, realm } = call;
  const { id } = await clientOf(call);
  const registrationToken = randomUUID();
  const client = await write(context, async (open, touch) => {
    const current = await open.clients.byId(realm.id, id);
    if (!current) return undefined;
    touch(...clientTags(current));
    return open.clients.update({ ...current, registrationToken });
  });
  if (!client) return clientToAnswer(context, await clientOf(call), call.held);
  const access = { id: registrationToken, auth: 'authenticated', nowSeconds: context.clock.nowSeconds() } as const;
  const { access: _, ...answer } = clientToAnswer(context, client, call.held);
  return {
    ...answer,
    ...(answer['secret'] === undefined ? {} : { secret: MASK }),
    registrationAccessToken: await signRegistrationAccessToken(context.tokens, realm, issuerOf(call), access),
  };
}
