import { ConfigurationError } from './configuration-error.ts';

interface Feature {
  readonly versions: readonly number[];
  /** On without being asked for. */
  readonly standard: boolean;
  /** Switched on by `--features=preview`. */
  readonly preview?: boolean;
}

const on = (...versions: readonly number[]): Feature => ({ versions, standard: true });
const off = (...versions: readonly number[]): Feature => ({ versions, standard: false });
const preview = (...versions: readonly number[]): Feature => ({ versions, standard: false, preview: true });

/** Keycloak's feature names with their versions (the first is the default), so that a `features` list can be kept as it is. */
export const features: Readonly<Record<string, Feature>> = {
  account: on(3),
  'account-api': on(1),
  admin: on(2),
  'admin-api': on(1),
  authorization: on(1),
  'client-policies': on(1),
  clusterless: off(1),
  'device-flow': on(1),
  dpop: on(1),
  hostname: on(2),
  'identity-brokering-api': on(1, 2),
  impersonation: on(1),
  login: on(2, 1),
  'multi-site': off(1),
  par: on(1),
  'persistent-user-sessions': on(1),
  'recovery-codes': on(1),
  'rolling-updates': on(1, 2),
  stateless: preview(1),
  'step-up-authentication': on(1),
  'token-exchange': preview(1),
  'token-exchange-standard': on(2),
  'update-email': on(1),
  'user-event-metrics': on(1),
};

/** Features of Keycloak that this server does not have: named without an error, so that a list can be kept, and reported as without effect. */
export const foreignFeatures: ReadonlySet<string> = new Set([
  'admin-fine-grained-authz',
  'authzen',
  'ciba',
  'cimd',
  'client-admin-api',
  'client-auth-abca',
  'client-auth-federated',
  'client-secret-rotation',
  'client-types',
  'db-tidb',
  'declarative-ui',
  'docker',
  'fips',
  'http-optimized-serializers',
  'identity-assertion-jwt',
  'instagram-broker',
  'ipa-tuura-federation',
  'jwt-authorization-grant',
  'kerberos',
  'kubernetes-service-accounts',
  'log-mdc',
  'logout-all-sessions',
  'oid4vc-vci',
  'oid4vc-vci-preauth-code',
  'oid4vc-vci-rest-credential-offer',
  'openapi',
  'opentelemetry',
  'opentelemetry-logs',
  'opentelemetry-metrics',
  'organization',
  'parameterized-scopes',
  'passkeys',
  'passkeys-conditional-ui-authenticator',
  'quick-theme',
  'resource-indicators',
  'scim-api',
  'scripts',
  'spiffe',
  'ssf',
  'step-up-authentication-saml',
  'token-exchange-delegation',
  'transient-users',
  'twitter-broker',
  'web-authn',
  'workflows',
]);

const isForeign = (entry: string): boolean => foreignFeatures.has(entry.split(':')[0] ?? '');

/** The three ways to say it: two lists, and single features that win over the lists. */
export interface FeatureRequest {
  readonly enabled: readonly string[];
  readonly disabled: readonly string[];
  /** Name -> enabled, disabled or a version such as v2. */
  readonly single: ReadonlyMap<string, string>;
}

function named(entry: string): { name: string; feature: Feature; version: number } {
  const [name = '', version] = entry.split(':');
  const feature = Object.hasOwn(features, name) ? features[name] : undefined;
  if (feature === undefined) {
    throw new ConfigurationError(`'${name}' is an unrecognized feature, it should be one of [${Object.keys(features).join(', ')}]`);
  }
  const wanted = version === undefined ? feature.versions[0] : feature.versions.find((known) => `v${known}` === version);
  if (wanted === undefined) {
    const known = feature.versions.map((number) => `v${number}`).join(', ');
    throw new ConfigurationError(`'${version}' is not a version of the feature '${name}', it should be one of [${known}]`);
  }
  return { name, feature, version: wanted };
}

/** Name -> version of the features that are on. A feature that is enabled and disabled in the lists at once is refused. */
export function enabledFeatures(request: FeatureRequest): ReadonlyMap<string, number> {
  const result = new Map<string, number>();
  for (const [name, feature] of Object.entries(features)) {
    const isPreview = feature.preview === true && request.enabled.includes('preview');
    if (feature.standard || isPreview) result.set(name, feature.versions[0] ?? 1);
  }
  const enabled = request.enabled.filter((entry) => entry !== 'preview' && !isForeign(entry)).map(named);
  const disabled = request.disabled.filter((entry) => entry !== 'preview' && !isForeign(entry)).map(named);
  for (const { name } of disabled) {
    if (enabled.some((entry) => entry.name === name))
      throw new ConfigurationError(`${name} is in both the enabled and disabled feature lists.`);
    result.delete(name);
  }
  for (const { name, version } of enabled) result.set(name, version);
  for (const [name, state] of request.single) {
    if (isForeign(name)) continue;
    if (state === 'disabled') result.delete(named(name).name);
    else {
      const entry = named(state === 'enabled' ? name : `${name}:${state}`);
      result.set(entry.name, entry.version);
    }
  }
  return result;
}
