import type { ProtocolMapper } from './client-scope.ts';

/** A client (application): Keycloak's ClientRepresentation with defaults made explicit. `id` is the UUID, `clientId` the public name. */
export interface Client {
  readonly id: string;
  readonly realmId: string;
  readonly clientId: string;
  readonly version: number;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly rootUrl?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly adminUrl?: string | undefined;
  readonly enabled: boolean;
  readonly protocol: string;
  /** `client-secret`, `client-jwt`, `client-secret-jwt`, `client-x509`. */
  readonly clientAuthenticatorType: string;
  /** Plain, as Keycloak keeps it. Never logged; only the secret endpoints and exports send it. */
  readonly secret?: string | undefined;
  /** `jti` of the registration access token that is good now. */
  readonly registrationToken?: string | undefined;
  readonly publicClient: boolean;
  readonly bearerOnly: boolean;
  readonly consentRequired: boolean;
  readonly standardFlowEnabled: boolean;
  readonly implicitFlowEnabled: boolean;
  readonly directAccessGrantsEnabled: boolean;
  readonly serviceAccountsEnabled: boolean;
  readonly authorizationServicesEnabled: boolean;
  readonly frontchannelLogout: boolean;
  readonly fullScopeAllowed: boolean;
  readonly surrogateAuthRequired: boolean;
  readonly alwaysDisplayInConsole: boolean;
  readonly notBefore: number;
  readonly nodeReRegistrationTimeout: number;
  readonly redirectUris: readonly string[];
  readonly webOrigins: readonly string[];
  readonly protocolMappers: readonly ProtocolMapper[];
  /** Names of client scopes. */
  readonly defaultClientScopes: readonly string[];
  readonly optionalClientScopes: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly authenticationFlowBindingOverrides: Readonly<Record<string, string>>;
  readonly other: Readonly<Record<string, unknown>>;
}
