import { randomUUID } from 'node:crypto';
import type { Representation } from './fields.ts';

/** Type of the components that say who may register clients, and which. */
export const registrationPolicyType = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy';

/** Types of mappers that a registered client may have, until an administrator says otherwise. */
const mapperTypes = [
  'oidc-address-mapper',
  'oidc-full-name-mapper',
  'oidc-sha256-pairwise-sub-mapper',
  'oidc-usermodel-attribute-mapper',
  'oidc-usermodel-property-mapper',
  'saml-role-list-mapper',
  'saml-user-attribute-mapper',
  'saml-user-property-mapper',
] as const;

type SubType = 'anonymous' | 'authenticated';

/** Policies of a new realm: strangers register nothing until a host is trusted, and little then. */
export function defaultRegistrationPolicies(): readonly Representation[] {
  const component = (name: string, providerId: string, subType: SubType, config: Representation = {}): Representation => ({
    id: randomUUID(),
    name,
    providerId,
    subType,
    subComponents: {},
    config,
  });
  const both = (name: string, providerId: string, config?: Representation): Representation[] =>
    (['anonymous', 'authenticated'] as const).map((subType) => component(name, providerId, subType, config));
  return [
    component('Trusted Hosts', 'trusted-hosts', 'anonymous', {
      'host-sending-registration-request-must-match': ['true'],
      'client-uris-must-match': ['true'],
    }),
    component('Consent Required', 'consent-required', 'anonymous'),
    component('Full Scope Disabled', 'scope', 'anonymous'),
    component('Max Clients Limit', 'max-clients', 'anonymous', { 'max-clients': ['200'] }),
    ...both('Allowed Protocol Mapper Types', 'allowed-protocol-mappers', { 'allowed-protocol-mapper-types': mapperTypes }),
    ...both('Allowed Client Scopes', 'allowed-client-templates', { 'allow-default-scopes': ['true'] }),
    ...both('Allowed Registration Web Origins', 'registration-web-origins'),
  ];
}

/** Components of a realm file, with the policies of a new realm where it brings none: without any, everybody could register clients. */
export function withRegistrationPolicies(components: Representation): Representation {
  const given = components[registrationPolicyType];
  if (Array.isArray(given) && given.length > 0) return components;
  return { ...components, [registrationPolicyType]: defaultRegistrationPolicies() };
}
