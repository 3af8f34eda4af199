/**
 * What goes away where a feature is switched off (`--features-disabled`, `--feature-<name>=disabled`), one line a feature; the answers are those of
 * Keycloak 26.7.4 with the same feature disabled. What is no address, grant, step or line of a document asks `Features` where it stands.
 */
export interface FeatureSwitch {
  /** Beginnings of addresses, as routes are declared; a `$` at the end means that address alone. */
  readonly routes?: readonly string[];
  /** How such an address answers: 404 where nothing is said, 501 or 400 with a text, or 204 with nothing. */
  readonly answer?: 'not-enabled' | 'no-brokering-api' | 'nothing';
  /** `grant_type` that the token endpoint refuses then: as one that it does not know, where nothing else is said. */
  readonly grant?: { readonly type: string; readonly error?: string; readonly description?: string };
  /** Members of the discovery document, also of its aliases for mutual TLS. */
  readonly metadata?: readonly string[];
  /** What the feature adds to logins. */
  readonly requiredAction?: string;
  readonly authenticator?: string;
  readonly credential?: string;
}

const realm = '/realms/:realm';
const openid = `${realm}/protocol/openid-connect`;
const adminRealm = '/admin/realms/:realm';

const switches = {
  /** The console; its addresses are those of the REST interface too. */
  account: {},
  'account-api': { routes: [`${realm}/account`] },
  admin: { routes: ['/admin$', '/admin/$', '/admin/:realm/console'] },
  'admin-api': { routes: ['/admin/realms', '/admin/serverinfo'] },
  authorization: {
    routes: [`${realm}/authz/`, `${adminRealm}/clients/:clientUuid/authz/`],
    answer: 'not-enabled',
    grant: {
      type: 'urn:ietf:params:oauth:grant-type:uma-ticket',
      error: 'invalid_request',
      description: 'Client does not support permissions',
    },
  },
  'client-policies': { routes: [`${adminRealm}/client-policies/`], answer: 'not-enabled' },
  'device-flow': {
    routes: [`${openid}/auth/device`],
    answer: 'nothing',
    grant: { type: 'urn:ietf:params:oauth:grant-type:device_code' },
    metadata: ['device_authorization_endpoint'],
  },
  dpop: { metadata: ['dpop_signing_alg_values_supported'] },
  'identity-brokering-api': { routes: [`${realm}/broker/:alias/token`], answer: 'no-brokering-api' },
  impersonation: { routes: [`${adminRealm}/users/:userId/impersonation`], answer: 'not-enabled' },
  par: {
    routes: [`${openid}/ext/par/`],
    metadata: ['pushed_authorization_request_endpoint', 'require_pushed_authorization_requests'],
  },
  'recovery-codes': {
    requiredAction: 'CONFIGURE_RECOVERY_AUTHN_CODES',
    authenticator: 'auth-recovery-authn-code-form',
    credential: 'recovery-authn-codes',
  },
} as const satisfies Readonly<Record<string, FeatureSwitch>>;

/** Further addresses of a feature that answer in another way than its first ones. */
const pages: Partial<Record<keyof typeof switches, FeatureSwitch>> = { 'device-flow': { routes: [`${realm}/device`] } };

/** Features that can be switched off and are then gone. */
export type SwitchedFeature = keyof typeof switches;

export const switchedFeatures = Object.keys(switches) as readonly SwitchedFeature[];

/** The lines of a feature. */
export function switchesOf(name: SwitchedFeature): readonly FeatureSwitch[] {
  return [switches[name], ...[pages[name] ?? []].flat()];
}

/** Which features are on. */
export interface Features {
  has(name: SwitchedFeature): boolean;
  /** The switches of those that are off. */
  readonly off: readonly FeatureSwitch[];
}

/** The features of a server; undefined = all of the table. */
export function featuresOf(has: (name: SwitchedFeature) => boolean = () => true): Features {
  const off = switchedFeatures.filter((name) => !has(name));
  return { has: (name) => !off.includes(name), off: off.flatMap(switchesOf) };
}

/** The switch that takes a route away, by its address as it is declared. */
export function switchOf({ off }: Features, url: string): FeatureSwitch | undefined {
  return off.find(({ routes = [] }) => routes.some((route) => (route.endsWith('$') ? url === route.slice(0, -1) : url.startsWith(route))));
}

/** Whether what logins know by this name belongs to a feature that is off. */
export function isSwitchedOff(
  { off }: Features,
  what: 'requiredAction' | 'authenticator' | 'credential',
  name: string | undefined,
): boolean {
  return name !== undefined && off.some((one) => one[what] === name);
}
