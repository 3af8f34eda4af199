import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { COOKIE } from '../authentication/browser-cookies.ts';
import { type BrowserIdentity, readIdentity } from '../authentication/identity-cookie.ts';
import { mayAskFor } from '../authentication/required-actions/catalogue.ts';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import type { Client, Realm, User } from '../model/index.ts';
import { type BrowserRequest, page } from '../pages/browser-request.ts';
import { LOCALE_ATTRIBUTE } from '../realm/user-profile/profile.ts';
import { localeFor } from '../theme/locale.ts';
import { standingOf } from '../token/permitted-roles.ts';
import { sendConsolePage } from './console-page.ts';

const CLIENT_ID = 'account-console';
/** Client whose roles say what people may do with their accounts. */
const ACCOUNT_CLIENT = 'account';
const base = '/realms/:realm/account';

/** Whether a browser asks for a page; the addresses of pages and of the REST interface are the same. */
export function wantsPage({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && /\btext\/html\b/.test(headers.accept ?? '');
}

/** The account console of a realm. Its pages have addresses of their own, which all load the same document. */
export function registerAccountPages(app: FastifyInstance, context: ServerContext): void {
  app.get(`${base}/*`, async (request, reply) => {
    if (!wantsPage(request)) throw new ReplyError(404, { error: 'HTTP 404 Not Found' });
    return sendAccountPage(context, request, reply);
  });
}

/** Sends the page of the account console. */
export function sendAccountPage(context: ServerContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (!context.features.has('account')) throw new ReplyError(404, { error: 'HTTP 404 Not Found' });
  return page(context, async (browser) => {
    const { realm, http, cookies, issuer } = browser;
    const identity = await readIdentity(context, cookies, realm, issuer);
    const locale = localeFor(realm, {
      ofUser: identity?.user.attributes[LOCALE_ATTRIBUTE]?.[0],
      cookie: cookies.read(COOKIE.locale),
      acceptLanguage: request.headers['accept-language'],
    });
    const { pathname } = new URL(http.baseUrl);
    const prefix = pathname.replace(/\/+$/, '');
    return sendConsolePage(reply.header('vary', 'Accept'), {
      console: 'account',
      locale,
      serverUrls: [http.baseUrl],
      pathPrefix: prefix,
      environment: {
        serverBaseUrl: http.baseUrl,
        authUrl: `${http.baseUrl}/`,
        authServerUrl: `${http.baseUrl}/`,
        realm: realm.realm,
        clientId: CLIENT_ID,
        baseUrl: `${http.baseUrl}/realms/${encodeURIComponent(realm.realm)}/account/`,
        locale,
        ...(await referrerOf(browser)),
        features: await featuresOf(browser, identity),
        scope: '',
      },
    });
  })(request, reply);
}

/** The application that sent the person here, for the link back. */
async function referrerOf({ context, realm, query }: BrowserRequest): Promise<{ referrerName: string; referrerUrl: string }> {
  const client = query['referrer'] === undefined ? undefined : await context.state.directory.clientByClientId(realm, query['referrer']);
  const wanted = query['referrer_uri'];
  const url = client === undefined ? undefined : wanted !== undefined && isRegistered(client, wanted) ? wanted : client.baseUrl;
  if (client === undefined || url === undefined || !/^https?:/.test(url)) return { referrerName: '', referrerUrl: '' };
  return { referrerName: client.name || client.clientId, referrerUrl: url };
}

function isRegistered({ redirectUris }: Client, url: string): boolean {
  return redirectUris.some((known) => (known.endsWith('*') ? known !== '*' && url.startsWith(known.slice(0, -1)) : known === url));
}

/** What the console shows: what the realm has and the person may see. Nobody is known before the login. */
async function featuresOf(
  { context, realm }: BrowserRequest,
  identity: BrowserIdentity | undefined,
): Promise<Readonly<Record<string, boolean>>> {
  const held = identity === undefined ? new Set<string>() : await accountRolesOf(context, realm, identity.user);
  const may = (role: string): boolean => held.has(role) || held.has('manage-account');
  return {
    isRegistrationEmailAsUsername: realm.registrationEmailAsUsername,
    isEditUserNameAllowed: realm.editUsernameAllowed,
    isInternationalizationEnabled: realm.internationalizationEnabled,
    isLinkedAccountsEnabled: false,
    isMyResourcesEnabled: false,
    isViewOrganizationsEnabled: false,
    deleteAccountAllowed: mayAskFor(context.features, realm, 'delete_account') && held.has('delete-account'),
    updateEmailFeatureEnabled: false,
    updateEmailActionEnabled: false,
    isViewApplicationsEnabled: may('view-applications'),
    isViewGroupsEnabled: held.has('view-groups'),
    isOid4VciEnabled: false,
  };
}

async function accountRolesOf({ state: { directory } }: ServerContext, realm: Realm, user: User): Promise<ReadonlySet<string>> {
  const [account, { roles }] = await Promise.all([directory.clientByClientId(realm, ACCOUNT_CLIENT), standingOf(directory, realm, user)]);
  return new Set(roles.filter(({ clientId }) => clientId !== undefined && clientId === account?.id).map(({ name }) => name));
}
