import { randomUUID } from 'node:crypto';
import { answered, write } from '../admin/admin-route.ts';
import { checkAuthorizationSwitch, followAuthorizationSwitch } from '../admin/authorization/client-switch.ts';
import { withoutSwitchedOffMembers } from '../admin/client-answers.ts';
import { freeIdOf, insertServiceAccount, realmScopes, withSecretTime } from '../admin/client-parts.ts';
import { isManagementClient, removeClient } from '../admin/remove-client.ts';
import { clientTags } from '../cache/invalidation-keys.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client } from '../model/index.ts';
import { clientFromRepresentation } from '../realm/client-representation.ts';
import { Fields, type Representation } from '../realm/fields.ts';
import { PolicyRejection } from '../registration-policies/policy.ts';
import { noRemainingCount, type RegistrationCall, requireCreate, requireUpdate, requireView } from './caller.ts';
import { checkRegisteredClient } from './client-flaws.ts';
import { forbidden, invalidMetadata, RegistrationRefusal } from './refusal.ts';

/** Makes a client of a ClientRepresentation, within the policies. @throws RegistrationRefusal. */
export async function registerClient(call: RegistrationCall, wanted: Representation): Promise<Client> {
  const { context, realm, policies, caller } = call;
  const scopes = await context.state.directory.clientScopes(realm);
  await checkPolicies(call, wanted, undefined);
  const body = withAccount({ ...withoutSwitchedOffMembers(context, wanted), ...policies.imposed });
  const id = await freeIdOf(context, realm, body);
  const fields = new Fields({ ...body, id, clientId: wanted['clientId'] ?? id }, 'client');
  if (fields.text('clientId') === '') throw invalidMetadata('Client ID cannot be blank');
  const made = readable(() => clientFromRepresentation(fields, realm.id, realmScopes(scopes, fields)));
  const client: Client = {
    ...(fields.has('secret') ? made : withSecretTime(made, context)),
    registrationToken: randomUUID(),
  };
  const registered = { ...client, attributes: { ...client.attributes, realm_client: 'false' } };
  check(registered);
  await stored(() =>
    write(context, async (open, touch) => {
      if (caller.kind === 'initial' && !(await open.initialAccess.use(realm.id, caller.access.id, context.clock.nowSeconds()))) {
        throw noRemainingCount();
      }
      if (policies.countsClients) policies.checkCount(await open.clients.countExclusively(realm.id));
      if (await open.clients.byClientId(realm.id, registered.clientId)) throw invalidMetadata('Client Identifier in use');
      await open.clients.insert(registered);
      touch(...clientTags(registered));
      if (registered.serviceAccountsEnabled) await insertServiceAccount(open, realm, registered, context.clock.nowMs(), touch);
      await followAuthorizationSwitch(open, realm, registered, body['authorizationSettings'], touch);
    }),
  );
  return (await findClient(call, registered.clientId)) ?? registered;
}

/** The client for whoever may see it. @throws RegistrationRefusal. */
export async function viewClient(call: RegistrationCall, clientId: string): Promise<Client> {
  const client = requireView(call, await findClient(call, clientId));
  await checkPolicies(call, undefined, client);
  return client;
}

/**
 * Changes a client; its registration access token, if that was shown, is used up and the client has the id of another one.
 */
export async function updateClient(call: RegistrationCall, clientId: string, wanted: Representation): Promise<Client> {
  const { context, realm, caller } = call;
  const before = requireUpdate(call, await findClient(call, clientId));
  const body = withoutSwitchedOffMembers(context, wanted);
  if (body['clientId'] !== before.clientId) throw invalidMetadata('Client Identifier modified');
  await checkPolicies(call, body, before);
  const fields = new Fields(body, 'client');
  const registrationToken = caller.kind === 'registration' ? randomUUID() : undefined;
  await stored(() =>
    write(context, async (open, touch) => {
      // Of any number of racing calls with one token, one is served.
      const current = requireUpdate(call, await open.clients.byId(realm.id, before.id));
      const changed = readable(() => clientFromRepresentation(fields, realm.id, { defaults: [], optionals: [] }, current));
      const client = {
        ...changed,
        attributes: { ...changed.attributes, realm_client: current.attributes['realm_client'] ?? 'false' },
        ...(registrationToken === undefined ? {} : { registrationToken }),
      };
      check(client);
      await open.clients.update(client);
      touch(...clientTags(current), ...clientTags(client));
      const account = await open.users.byServiceAccount(realm.id, client.id);
      if (client.serviceAccountsEnabled && !account) await insertServiceAccount(open, realm, client, context.clock.nowMs(), touch);
      await followAuthorizationSwitch(open, realm, client, body['authorizationSettings'], touch);
    }),
  );
  return (await findClient(call, clientId)) ?? before;
}

/** @throws RegistrationRefusal. */
export async function unregisterClient(call: RegistrationCall, clientId: string): Promise<void> {
  const client = requireUpdate(call, await findClient(call, clientId));
  await checkPolicies(call, undefined, client);
  if (isManagementClient(call.realm, client)) throw forbidden();
  await removeClient(call.context, call.realm, client);
}

/** Authorization services come with an account of the client. */
function withAccount(wanted: Representation): Representation {
  return wanted['authorizationServicesEnabled'] === true ? { ...wanted, serviceAccountsEnabled: true } : wanted;
}

async function findClient({ context, realm }: RegistrationCall, clientId: string): Promise<Client | undefined> {
  return clientId.includes('\0') ? undefined : context.storage.stores.clients.byClientId(realm.id, clientId);
}

async function checkPolicies(call: RegistrationCall, wanted: Representation | undefined, before: Client | undefined): Promise<void> {
  const { context, realm, policies, request } = call;
  if (wanted !== undefined && before === undefined) requireCreate(call);
  const scopes = await context.state.directory.clientScopes(realm);
  await policies.check({ wanted, before, scopes, remoteAddress: requestContext(request).remoteAddress });
}

function check(client: Client): void {
  checkRegisteredClient(client);
  readable(() => checkAuthorizationSwitch(client));
}

/** What the reader of representations says, in the words of registration. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw inWordsOfRegistration(error);
  }
}

async function stored(work: () => Promise<unknown>): Promise<void> {
  try {
    await answered(work);
  } catch (error) {
    throw inWordsOfRegistration(error);
  }
}

function inWordsOfRegistration(error: unknown): unknown {
  if (error instanceof RegistrationRefusal || error instanceof PolicyRejection || !(error instanceof ReplyError)) return error;
  if (error.statusCode === 409) return invalidMetadata('Client Identifier in use');
  return error.statusCode === 400 ? invalidMetadata() : error;
}
