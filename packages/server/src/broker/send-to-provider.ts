import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import type { IdentityProvider } from '../model/index.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { showExpired } from '../pages/expired-login.ts';
import type { TabLogin } from '../pages/login-in-progress.ts';
import { nextForm } from '../pages/next-form.ts';
import { sendRedirect } from '../pages/send-page.ts';
import { identityProviderOf } from '../realm/identity-provider-representation.ts';
import { type OidcProvider, oidcProvider } from './provider.ts';
import { challengeOf } from './tokens-of-provider.ts';

export interface FoundProvider {
  readonly provider: IdentityProvider;
  readonly settings: OidcProvider;
}

/** The provider of the address, if it can be gone to. */
export function providerOf({ realm, request }: Pick<BrowserRequest, 'realm' | 'request'>): FoundProvider | undefined {
  const provider = identityProviderOf(realm, (request.params as { alias?: string }).alias ?? '');
  const settings = provider?.enabled === true ? oidcProvider(provider) : undefined;
  return provider === undefined || settings === undefined ? undefined : { provider, settings };
}

/** Whether the tab may go to the provider: to link an account to any, to log in to those that are not for links only. */
export function mayGoTo({ provider }: FoundProvider, { tab }: TabLogin): boolean {
  const linking = tab.authNotes[AUTH_NOTE.linkingProvider];
  return linking === undefined ? !provider.linkOnly : linking === provider.alias;
}

/** Where the provider sends the browser back to. */
export const redirectUriOf = ({ issuer }: BrowserRequest, alias: string): string => `${issuer}/broker/${alias}/endpoint`;

/** Sends the browser to the provider; what comes back must know the state of this tab. */
export async function sendToProvider(login: TabLogin, { settings }: FoundProvider): Promise<FastifyReply> {
  const { browser } = login;
  const [state, nonce, verifier] = [32, 24, 32].map((bytes) => randomBytes(bytes).toString('base64url')) as [string, string, string];
  const next = await nextForm(login, {
    [AUTH_NOTE.brokerState]: JSON.stringify({ alias: settings.alias, state, nonce, verifier }),
  });
  if (next === undefined) return showExpired(login);
  const url = new URL(settings.authorizationUrl);
  const parameters: Record<string, string | undefined> = {
    scope: settings.scope,
    state: `${state}.${next.tab.tabId}.${Buffer.from(login.client.clientId).toString('base64url')}`,
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: redirectUriOf(browser, settings.alias),
    nonce,
    prompt: settings.prompt,
    login_hint: login.tab.clientNotes['login_hint'],
    ...(settings.usesPkce ? { code_challenge: challengeOf(verifier), code_challenge_method: 'S256' } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return sendRedirect(browser, url.href);
}

/** What a tab remembers of the way to a provider, if `state` is its state. */
export function rememberedBy(
  login: TabLogin,
  alias: string,
  state: string,
): { readonly nonce: string; readonly verifier: string } | undefined {
  const text = login.tab.authNotes[AUTH_NOTE.brokerState];
  if (text === undefined) return undefined;
  const kept = JSON.parse(text) as { alias: string; state: string; nonce: string; verifier: string };
  const [a, b] = [Buffer.from(kept.state), Buffer.from(state)];
  return kept.alias === alias && a.length === b.length && timingSafeEqual(a, b) ? kept : undefined;
}
