import type { IdentityProvider } from '../model/index.ts';

/** An OpenID Connect provider as its settings describe it. `clientSecret` is never logged. */
export interface OidcProvider {
  readonly alias: string;
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly userInfoUrl: string | undefined;
  readonly issuer: string | undefined;
  readonly jwksUrl: string | undefined;
  /** Its one key, where that stands in the settings: SPKI, with or without the lines of PEM; with a key id only tokens that name it. */
  readonly storedKey: { readonly text: string; readonly kid: string | undefined } | undefined;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How this server proves itself there. */
  readonly secretBy: 'header' | 'form';
  readonly scope: string;
  readonly prompt: string | undefined;
  readonly usesPkce: boolean;
  /** Its access tokens tell roles, as those of Keycloak do. */
  readonly tellsRoles: boolean;
}

/** Whether the provider's signatures can be checked. */
export function hasKeys({ jwksUrl, storedKey }: OidcProvider): boolean {
  return jwksUrl !== undefined || storedKey !== undefined;
}

/** The settings of a provider; undefined where they do not suffice for a login whose answer can be trusted. */
export function oidcProvider({ alias, providerId, config }: IdentityProvider): OidcProvider | undefined {
  const text = (name: string): string | undefined => config[name]?.trim() || undefined;
  const [authorizationUrl, tokenUrl, clientId] = [text('authorizationUrl'), text('tokenUrl'), text('clientId')];
  if (providerId !== 'oidc' && providerId !== 'keycloak-oidc') return undefined;
  if (authorizationUrl === undefined || tokenUrl === undefined || clientId === undefined) return undefined;
  const isChecked = config['validateSignature'] === 'true';
  const jwksUrl = isChecked && config['useJwksUrl'] !== 'false' ? text('jwksUrl') : undefined;
  const key = isChecked && config['useJwksUrl'] === 'false' ? text('publicKeySignatureVerifier') : undefined;
  if (isChecked && jwksUrl === undefined && key === undefined) return undefined;
  const scope = text('defaultScope') ?? 'openid';
  return {
    alias,
    authorizationUrl,
    tokenUrl,
    userInfoUrl: config['disableUserInfo'] === 'true' ? undefined : text('userInfoUrl'),
    issuer: text('issuer'),
    jwksUrl,
    storedKey: key === undefined ? undefined : { text: key, kid: text('publicKeySignatureVerifierKeyId') },
    clientId,
    clientSecret: config['clientSecret'] ?? '',
    secretBy: config['clientAuthMethod'] === 'client_secret_basic' ? 'header' : 'form',
    scope: scope.split(' ').includes('openid') ? scope : `openid ${scope}`,
    prompt: text('prompt'),
    usesPkce: config['pkceEnabled'] !== 'false',
    tellsRoles: providerId === 'keycloak-oidc',
  };
}
