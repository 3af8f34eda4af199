import type { IdentityProvider, Realm, UserSession } from '../model/index.ts';
import type { OutboundCall } from './call-queue.ts';

/** Notes of a session that a login through a provider opened. */
const PROVIDER_NOTE = 'identity_provider';
const ID_TOKEN_NOTE = 'FEDERATED_ID_TOKEN';

/** Where a session can be ended at the provider that it came from (OpenID Connect RP-Initiated Logout 1.0). */
export interface LogoutAtProvider {
  readonly provider: IdentityProvider;
  readonly url: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** The provider is told by this server, without the browser. */
  readonly byServer: boolean;
}

/** Undefined where the session came from no provider, or from one that is not told. */
export function logoutAtProvider(realm: Realm, session: UserSession): LogoutAtProvider | undefined {
  const alias = session.notes[PROVIDER_NOTE];
  const provider = alias === undefined ? undefined : realm.identityProviders?.find((one) => one.alias === alias);
  const url = provider?.config['logoutUrl']?.trim();
  if (provider?.enabled !== true || !url || !URL.canParse(url)) return undefined;
  const { config } = provider;
  const idToken = config['sendIdTokenOnLogout'] === 'false' ? undefined : session.notes[ID_TOKEN_NOTE];
  const clientId = config['sendClientIdOnLogout'] === 'true' ? config['clientId'] : undefined;
  return {
    provider,
    url,
    parameters: {
      ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      ...(clientId === undefined ? {} : { client_id: clientId }),
    },
    byServer: config['backchannelSupported'] === 'true',
  };
}

/** The call that ends the session there; its body holds an id token and is never logged. */
export function providerCall(realm: Realm, { provider, url, parameters }: LogoutAtProvider): OutboundCall {
  return {
    url,
    contentType: 'application/x-www-form-urlencoded',
    body: new URLSearchParams(parameters).toString(),
    label: `identity provider ${provider.alias} of realm ${realm.realm}`,
  };
}
