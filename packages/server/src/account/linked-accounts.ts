import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { linkHash } from '../authentication/account-links.ts';
import { userTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { requestContext } from '../http/request-context.ts';
import type { IdentityProvider } from '../model/index.ts';
import { isRegistered } from '../oidc/redirect-uri.ts';
import type { Representation } from '../realm/fields.ts';
import { identityProviderOf } from '../realm/identity-provider-representation.ts';
import { ACCOUNT_CLIENT, type AccountCall, accountRoutes } from './account-route.ts';

/** The client whose name stands in links that are made for the account console. */
const CONSOLE = 'account-console';
const MAX_PAGE = 1_000;
const DISABLED = 'Legacy client-initiated account linking is disabled. Use AIA with kc_action=idp_link instead.';

/** The outside identities of a person: seeing them, the address that links one more, taking one away. */
export function registerLinkedAccounts(app: FastifyInstance, context: ServerContext): void {
  const declare = accountRoutes(app, context);
  declare('GET', '/linked-accounts', ['view-profile'], list);
  declare('GET', '/linked-accounts/:alias', [], linkAddress);
  declare('DELETE', '/linked-accounts/:alias', [], remove);
}

async function list({ context, realm, request, bearer }: AccountCall): Promise<Representation[]> {
  const { linked, search = '', first = '0', max } = request.query as Readonly<Record<string, string | undefined>>;
  const links = new Map(
    (await context.storage.stores.federatedIdentities.ofUser(bearer.user.id)).map((one) => [one.identityProvider, one]),
  );
  const all = (realm.identityProviders ?? [])
    .filter(({ enabled, alias }) => enabled && (linked === undefined || links.has(alias) === (linked === 'true')))
    .filter(({ alias, displayName = '' }) => `${alias} ${displayName}`.toLowerCase().includes(search.replaceAll('*', '').toLowerCase()))
    .toSorted((one, other) => Number(one.config['guiOrder'] || 0) - Number(other.config['guiOrder'] || 0));
  const from = Math.max(0, Math.trunc(Number(first)) || 0);
  return all.slice(from, from + Math.min(MAX_PAGE, Math.trunc(Number(max)) || MAX_PAGE)).map((provider) => {
    const link = links.get(provider.alias);
    return {
      connected: link !== undefined,
      providerAlias: provider.alias,
      providerName: provider.alias,
      displayName: provider.displayName || provider.alias,
      social: false,
      ...(link === undefined ? {} : { linkedUsername: link.userName }),
    };
  });
}

/** The provider of the address. @throws ReplyError 400 */
function namedProvider({ realm, request }: AccountCall): IdentityProvider {
  const provider = identityProviderOf(realm, (request.params as { alias?: string }).alias ?? '');
  if (provider?.enabled !== true) throw new ReplyError(400, { errorMessage: 'identityProviderNotFoundMessage' });
  return provider;
}

/** The address of client-initiated linking for the account console. */
async function linkAddress(call: AccountCall): Promise<Representation> {
  const { context, realm, bearer, request, issuer } = call;
  if (!context.allowsClientInitiatedLinking) throw new ReplyError(404, { errorMessage: DISABLED });
  const { alias } = namedProvider(call);
  const { redirectUri = '' } = request.query as { redirectUri?: string };
  const console = await context.state.directory.clientByClientId(realm, CONSOLE);
  const isGood = console !== undefined && isRegistered(redirectUri, console.redirectUris, console, requestContext(request).baseUrl);
  if (!isGood || bearer.session === undefined) throw new ReplyError(400, { errorMessage: 'Invalid redirect uri' });
  const nonce = randomUUID();
  const hash = linkHash({ nonce, sessionId: bearer.session.id, clientId: CONSOLE, alias });
  const parameters = new URLSearchParams({ nonce, hash, client_id: CONSOLE, redirect_uri: redirectUri });
  return { accountLinkUri: `${issuer}/broker/${alias}/link?${parameters.toString()}`, hash, nonce };
}

async function remove(call: AccountCall): Promise<undefined> {
  const { context, realm, bearer, request } = call;
  const { alias } = namedProvider(call);
  const { user } = bearer;
  const removed = await context.state.changes.write(async (stores, touch) => {
    const links = await stores.federatedIdentities.ofUser(user.id);
    const link = links.find(({ identityProvider }) => identityProvider === alias);
    if (link === undefined) throw new ReplyError(400, { errorMessage: 'This identity is not active anymore.' });
    const hasPassword = (await stores.credentials.ofUser(user.id)).some(({ type }) => type === 'password');
    // Whoever has no other way in would lock himself out.
    if (links.length === 1 && !hasPassword && user.federationLink === undefined) {
      throw new ReplyError(400, { errorMessage: "You can't remove last federated identity as you don't have a password." });
    }
    await stores.federatedIdentities.remove(user.id, alias);
    touch(...userTags(user));
    return link;
  });
  context.events.emit({
    type: 'REMOVE_FEDERATED_IDENTITY',
    realmId: realm.id,
    realmName: realm.realm,
    clientId: ACCOUNT_CLIENT,
    userId: user.id,
    sessionId: bearer.session?.id,
    ipAddress: requestContext(request).remoteAddress,
    details: { identity_provider: alias, identity_provider_identity: removed.userName, username: user.username },
  });
  return undefined;
}
