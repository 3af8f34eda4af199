/** A protocol mapper: puts one thing into tokens. `config` holds Keycloak's keys (`claim.name`, `access.token.claim`, …), all strings. */
export interface ProtocolMapper {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  /** Mapper kind, e.g. `oidc-usermodel-attribute-mapper`. */
  readonly protocolMapper: string;
  readonly consentRequired?: boolean | undefined;
  readonly config: Readonly<Record<string, string>>;
}

/** A client scope: a named bundle of protocol mappers and role scope mappings that clients share. */
export interface ClientScope {
  readonly id: string;
  readonly realmId: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly protocol: string;
  readonly protocolMappers: readonly ProtocolMapper[];
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether the realm gives it to new clients: as default, as optional, or not at all. */
  readonly realmDefault: 'default' | 'optional' | 'none';
  readonly other: Readonly<Record<string, unknown>>;
}
