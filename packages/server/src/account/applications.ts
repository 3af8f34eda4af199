import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { Client, ClientScope } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import type { StoredConsent } from '../store/stores.ts';
import { ACCOUNT_CLIENT, type AccountCall, accountRoutes } from './account-route.ts';

const ONE = '/applications/:clientId/consent';

/** The applications that a person uses, what they may see, and taking that back together with their offline tokens. */
export function registerApplications(app: FastifyInstance, context: ServerContext): void {
  const declare = accountRoutes(app, context);
  declare('GET', '/applications', ['view-applications'], listApplications);
  declare('GET', ONE, ['view-consent', 'manage-consent'], async (call) => {
    const client = await namedClient(call, 'GRANT_CONSENT_ERROR');
    const consent = (await context.consents.ofUser(call.bearer.user)).find(({ clientUuid }) => clientUuid === client.id);
    return consent === undefined ? undefined : consentToRepresentation(consent, await context.state.directory.clientScopes(call.realm));
  });
  declare('DELETE', ONE, ['manage-consent'], async (call) => {
    const client = await namedClient(call, 'REVOKE_GRANT_ERROR');
    await context.consents.revoke(call.realm, call.bearer.user, client, call.issuer);
    context.events.emit({ ...eventOf(call), type: 'REVOKE_GRANT', details: { revoked_client: client.clientId } });
    return undefined;
  });
}

async function listApplications({ context, realm, request, bearer }: AccountCall): Promise<Representation[]> {
  const { directory, userSessions } = context.state;
  const { user } = bearer;
  const [online, offline, consents, scopes] = await Promise.all([
    userSessions.ofUser(realm, user.id, false),
    userSessions.ofUser(realm, user.id, true),
    context.consents.ofUser(user),
    directory.clientScopes(realm),
  ]);
  const clientsIn = (sessions: typeof online) => new Set(sessions.flatMap(({ clients }) => clients.map(({ clientId }) => clientId)));
  const [used, withToken] = [clientsIn(online), clientsIn(offline)];
  const granted = new Map(consents.map((consent) => [consent.clientUuid, consent]));
  const { name } = request.query as { name?: string };
  const clients = await Promise.all([...new Set([...used, ...withToken, ...granted.keys()])].map((id) => directory.clientById(realm, id)));
  return clients
    .filter((client) => client !== undefined)
    .filter(({ clientId, name: title }) => !name || `${title ?? ''} ${clientId}`.toLowerCase().includes(name.toLowerCase()))
    .map((client) => {
      const consent = granted.get(client.id);
      return {
        ...clientToRepresentation(client, requestContext(request).baseUrl),
        inUse: used.has(client.id),
        offlineAccess: withToken.has(client.id),
        ...(consent === undefined ? {} : { consent: consentToRepresentation(consent, scopes) }),
      };
    });
}

function clientToRepresentation(client: Client, serverUrl: string): Representation {
  const { clientId, name, description, rootUrl, baseUrl, consentRequired, attributes } = client;
  const optional = {
    clientName: name,
    description: description,
    rootUrl,
    baseUrl,
    effectiveUrl: effectiveUrl(client, serverUrl),
    logoUri: attributes['logoUri'],
    policyUri: attributes['policyUri'],
    tosUri: attributes['tosUri'],
  };
  return {
    clientId,
    userConsentRequired: consentRequired,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)),
  };
}

/** Where the application is; a relative address stands below its root, or below this server. */
function effectiveUrl({ rootUrl, baseUrl }: Client, serverUrl: string): string | undefined {
  if (!baseUrl || /^https?:/.test(baseUrl)) return baseUrl;
  return `${rootUrl && /^https?:/.test(rootUrl) ? rootUrl : serverUrl}${baseUrl}`;
}

function consentToRepresentation(consent: StoredConsent, scopes: readonly ClientScope[]): Representation {
  const granted = scopes.filter(({ id }) => consent.scopeIds.includes(id));
  return {
    grantedScopes: granted.map(({ id, name, attributes }) => {
      const text = attributes['consent.screen.text'] || name;
      return { id, name: text, displayText: text };
    }),
    createdDate: consent.createdDate,
    lastUpdatedDate: consent.lastUpdatedDate,
  };
}

async function namedClient(call: AccountCall, errorEvent: string): Promise<Client> {
  const { context, realm, request } = call;
  const { clientId = '' } = request.params as { clientId?: string };
  const client = await context.state.directory.clientByClientId(realm, clientId);
  if (client !== undefined) return client;
  const reason = `No client with clientId: ${clientId} found.`;
  context.events.emit({ ...eventOf(call), type: errorEvent, error: 'client_not_found', details: { reason } });
  throw new ReplyError(404, { errorMessage: reason });
}

function eventOf({ realm, request, bearer }: AccountCall) {
  const { remoteAddress } = requestContext(request);
  return {
    realmId: realm.id,
    realmName: realm.realm,
    clientId: ACCOUNT_CLIENT,
    userId: bearer.user.id,
    sessionId: bearer.session?.id,
    ipAddress: remoteAddress,
  };
}
