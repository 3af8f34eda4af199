import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import { encodeClientData } from '../authentication/client-data.ts';
import type { IdentityProvider } from '../model/index.ts';
import { identityProviderOf } from '../realm/identity-provider-representation.ts';
import { authenticationOf, boundFlow, configById, findExecution } from '../realm/realm-authentication.ts';
import type { Login, TabLogin } from './login-in-progress.ts';

type PageLogin = Login & Pick<TabLogin, 'tab'>;

const canLogIn = ({ enabled, linkOnly }: IdentityProvider): boolean => enabled && !linkOnly;

/** Where the browser goes to log in through a provider. */
export function providerLoginUrl({ browser, client, tab }: PageLogin, alias: string): string {
  const parameters = new URLSearchParams({
    client_id: client.clientId,
    tab_id: tab.tabId,
    client_data: encodeClientData({
      redirectUri: tab.redirectUri,
      responseType: tab.clientNotes['response_type'] ?? 'code',
      responseMode: tab.clientNotes['response_mode'],
      state: tab.clientNotes['state'],
    }),
    session_code: tab.authNotes[AUTH_NOTE.sessionCode] ?? '',
  });
  return `${browser.issuer}/broker/${alias}/login?${parameters.toString()}`;
}

/** The providers that the login page offers. */
export function providerButtons(login: PageLogin): readonly { readonly alias: string; readonly name: string; readonly url: string }[] {
  return (login.browser.realm.identityProviders ?? [])
    .filter((provider) => canLogIn(provider) && !provider.hideOnLogin)
    .map(({ alias, displayName }) => ({ alias, name: displayName || alias, url: providerLoginUrl(login, alias) }));
}

/** The provider that the login goes to without a page: the client's hint, or the one that the flow is set to. */
export function wantedProvider({ browser, client }: Login, clientNotes: Readonly<Record<string, string>>): string | undefined {
  const { realm } = browser;
  const authentication = authenticationOf(realm);
  const step = findExecution(authentication, boundFlow(realm, client, 'browser'), 'identity-provider-redirector');
  if (step === undefined) return undefined;
  const alias = clientNotes['kc_idp_hint'] || configById(authentication, step.configId)?.config['defaultProvider'];
  const provider = alias ? identityProviderOf(realm, alias) : undefined;
  return provider !== undefined && canLogIn(provider) ? provider.alias : undefined;
}
