import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { logoutAtProvider } from '../logout/provider-logout.ts';
import type { UserSession } from '../model/index.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { sendErrorPage } from '../pages/send-page.ts';

/** How long a provider may take to send the browser back, in seconds. */
const BACK_WITHIN_SECONDS = 600;
const MAX_STATE = 64;

const keyOf = (realmId: string, alias: string, state: string): string => `logout-at-provider:${realmId}:${alias}:${state}`;

/**
 * The address at the provider by which the browser ends its session there, too. From there it comes back and goes to `redirectUri`.
 * Undefined where the session came from no provider, or the provider is told without the browser.
 */
export async function addressAtProvider(
  { context, realm, issuer }: BrowserRequest,
  session: UserSession,
  redirectUri: string | undefined,
): Promise<string | undefined> {
  const there = logoutAtProvider(realm, session);
  if (there === undefined || there.byServer) return undefined;
  const { alias } = there.provider;
  const state = randomBytes(24).toString('base64url');
  const notes = redirectUri === undefined ? {} : { redirectUri };
  await context.state.singleUseObjects.put(keyOf(realm.id, alias, state), BACK_WITHIN_SECONDS, notes);
  const url = new URL(there.url);
  const back = { state, post_logout_redirect_uri: `${issuer}/broker/${alias}/endpoint/logout_response` };
  for (const [name, value] of Object.entries({ ...there.parameters, ...back })) url.searchParams.set(name, value);
  return url.href;
}

/** `/broker/{alias}/endpoint/logout_response`: the provider sent the browser back; its state is good once. */
export async function backFromProvider(
  browser: BrowserRequest,
  goOn: (redirectUri: string | undefined) => FastifyReply,
): Promise<FastifyReply> {
  const { context, realm, query } = browser;
  const { alias = '' } = browser.request.params as { alias?: string };
  const { state = '' } = query;
  const isText = state !== '' && state.length <= MAX_STATE;
  const notes = isText ? await context.state.singleUseObjects.remove(keyOf(realm.id, alias, state)) : undefined;
  return notes === undefined ? sendErrorPage(browser, 400, 'logoutFailedMessage') : goOn(notes['redirectUri']);
}
