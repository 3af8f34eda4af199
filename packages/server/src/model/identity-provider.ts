/** What of an outside identity goes where, at a login through its provider. */
export interface IdentityProviderMapper {
  readonly id: string;
  readonly name: string;
  readonly identityProviderMapper: string;
  readonly config: Readonly<Record<string, string>>;
}

/** An outside provider of identities: Keycloak's IdentityProviderRepresentation with its mappers. `config` holds the client secret: never logged. */
export interface IdentityProvider {
  readonly internalId: string;
  /** Unique in the realm; part of addresses. */
  readonly alias: string;
  readonly displayName?: string | undefined;
  readonly providerId: string;
  readonly enabled: boolean;
  readonly trustEmail: boolean;
  readonly storeToken: boolean;
  readonly addReadTokenRoleOnCreate: boolean;
  readonly authenticateByDefault: boolean;
  readonly linkOnly: boolean;
  readonly hideOnLogin: boolean;
  readonly firstBrokerLoginFlowAlias?: string | undefined;
  readonly postBrokerLoginFlowAlias?: string | undefined;
  readonly config: Readonly<Record<string, string>>;
  readonly mappers: readonly IdentityProviderMapper[];
}

/** A link between a user and an identity of a provider. */
export interface FederatedIdentity {
  /** Alias of the provider. */
  readonly identityProvider: string;
  /** Id and name of the user there. */
  readonly userId: string;
  readonly userName: string;
  /** Tokens of the provider as it sent them, where they are stored. Never logged. */
  readonly token?: string | undefined;
}
