import type { Migration } from './migration.ts';

const POLICY = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy';

const MAPPERS = `'["oidc-address-mapper", "oidc-full-name-mapper", "oidc-sha256-pairwise-sub-mapper", "oidc-usermodel-attribute-mapper",
  "oidc-usermodel-property-mapper", "saml-role-list-mapper", "saml-user-attribute-mapper", "saml-user-property-mapper"]'`;

const component = (name: string, providerId: string, subType: string, config = "'{}'"): string =>
  `jsonb_build_object('id', gen_random_uuid()::text, 'name', '${name}', 'providerId', '${providerId}', 'subType', '${subType}',
    'subComponents', '{}'::jsonb, 'config', ${config}::jsonb)`;

const both = (name: string, providerId: string, config?: string): string[] =>
  ['anonymous', 'authenticated'].map((subType) => component(name, providerId, subType, config));

/** Written out: what later versions give to a new realm does not change what this step gave. */
const policies = [
  component(
    'Trusted Hosts',
    'trusted-hosts',
    'anonymous',
    `'{"host-sending-registration-request-must-match": ["true"], "client-uris-must-match": ["true"]}'`,
  ),
  component('Consent Required', 'consent-required', 'anonymous'),
  component('Full Scope Disabled', 'scope', 'anonymous'),
  component('Max Clients Limit', 'max-clients', 'anonymous', `'{"max-clients": ["200"]}'`),
  ...both(
    'Allowed Protocol Mapper Types',
    'allowed-protocol-mappers',
    `jsonb_build_object('allowed-protocol-mapper-types', ${MAPPERS}::jsonb)`,
  ),
  ...both('Allowed Client Scopes', 'allowed-client-templates', `'{"allow-default-scopes": ["true"]}'`),
  ...both('Allowed Registration Web Origins', 'registration-web-origins'),
];

/**
 * Initial access tokens, under Keycloak's name of the table, with the origins that may use them. Realms that were there before get the
 * policies that a new realm has: without any, everybody could register clients.
 */
export const clientRegistration: Migration = {
  id: 9,
  name: 'client registration',
  statements: [
    `CREATE TABLE client_initial_access (
      id varchar(36) PRIMARY KEY,
      realm_id text NOT NULL REFERENCES realm ON DELETE CASCADE,
      timestamp integer NOT NULL,
      expiration integer NOT NULL,
      count integer NOT NULL,
      remaining_count integer NOT NULL,
      web_origins text[])`,
    'CREATE INDEX client_initial_access_by_realm ON client_initial_access (realm_id)',
    `UPDATE realm SET version = version + 1, body = jsonb_set(body, '{other}', coalesce(body -> 'other', '{}') || jsonb_build_object('components',
        coalesce(body #> '{other,components}', '{}') || jsonb_build_object('${POLICY}', jsonb_build_array(${policies.join(', ')}))))
      WHERE CASE WHEN jsonb_typeof(body #> '{other,components,${POLICY}}') = 'array'
        THEN jsonb_array_length(body #> '{other,components,${POLICY}}') = 0 ELSE true END`,
  ],
};
