import type { ClientScope } from '../model/index.ts';
import type { Representation } from '../realm/fields.ts';
import { isOn, type PolicyConfig, type PolicyProvider } from './policy.ts';
import { trustedHosts } from './trusted-hosts.ts';

const ALLOWED_SCOPES = 'allowed-client-scopes';
const ALLOW_DEFAULTS = 'allow-default-scopes';
const ALLOWED_MAPPERS = 'allowed-protocol-mapper-types';
const MAX_CLIENTS = 'max-clients';
const WEB_ORIGINS = 'web-origins';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const allowedClientScopes: PolicyProvider = {
  id: 'allowed-client-templates',
  helpText: 'Says which client scopes a client may have.',
  properties: ({ scopes }) => [
    {
      name: ALLOWED_SCOPES,
      label: `${ALLOWED_SCOPES}.label`,
      helpText: `${ALLOWED_SCOPES}.tooltip`,
      type: 'MultivaluedList',
      options: namesOf(scopes),
    },
    { name: ALLOW_DEFAULTS, label: `${ALLOW_DEFAULTS}.label`, helpText: `${ALLOW_DEFAULTS}.tooltip`, type: 'boolean', defaultValue: true },
  ],
  flaw(config, { scopes }) {
    const known = namesOf(scopes);
    const unknown = (config[ALLOWED_SCOPES] ?? []).filter((name) => !known.includes(name));
    return unknown.length === 0 ? undefined : `Client scopes not allowed: [${unknown.join(', ')}]`;
  },
  refusal(config, { wanted, before, scopes }) {
    const asked = ['defaultClientScopes', 'optionalClientScopes'].flatMap((name) => listOf(wanted?.[name]));
    const had = before === undefined ? [] : [...before.defaultClientScopes, ...before.optionalClientScopes];
    const allowed = new Set<unknown>([...allowedNames(config, scopes), ...had]);
    return asked.every((name) => allowed.has(name)) ? undefined : 'Not permitted to use specified clientScope';
  },
};

/** What a scope parameter may name: `openid` is no client scope, and has to be allowed as one, as in the original. */
const namesOf = (scopes: readonly ClientScope[]): readonly string[] => [...new Set([...scopes.map((scope) => scope.name), 'openid'])];

function allowedNames(config: PolicyConfig, scopes: readonly ClientScope[]): readonly string[] {
  const defaults = isOn(config, ALLOW_DEFAULTS) ? scopes.filter((scope) => scope.realmDefault !== 'none').map((scope) => scope.name) : [];
  return [...(config[ALLOWED_SCOPES] ?? []), ...defaults];
}

const allowedMappers: PolicyProvider = {
  id: 'allowed-protocol-mappers',
  helpText: 'Says which types of protocol mappers a client may have.',
  properties: ({ mapperTypes }) => [
    {
      name: ALLOWED_MAPPERS,
      label: 'allowed-protocol-mappers.label',
      helpText: 'allowed-protocol-mappers.tooltip',
      type: 'MultivaluedList',
      options: mapperTypes,
    },
  ],
  refusal(config, { wanted }) {
    const allowed = config[ALLOWED_MAPPERS] ?? [];
    const types = listOf(wanted?.['protocolMappers']).map((mapper) => (mapper as Representation | null)?.['protocolMapper']);
    return types.every((type) => typeof type === 'string' && allowed.includes(type)) ? undefined : 'ProtocolMapper type not allowed';
  },
};

const maxClients: PolicyProvider = {
  id: 'max-clients',
  helpText: 'No client is registered where the realm has that many clients already.',
  properties: () => [
    { name: MAX_CLIENTS, label: `${MAX_CLIENTS}.label`, helpText: `${MAX_CLIENTS}.tooltip`, type: 'String', defaultValue: '200' },
  ],
  flaw(config) {
    const value = config[MAX_CLIENTS]?.[0];
    if (value === undefined || value === '') return "'Max Clients Per Realm' is required";
    return /^[+-]?\d{1,9}$/.test(value) ? undefined : "'Max Clients Per Realm' should be a number";
  },
  limit: (config) => Number(config[MAX_CLIENTS]?.[0] ?? 0),
};

const consentRequired: PolicyProvider = {
  id: 'consent-required',
  helpText: 'Users are asked before a registered client gets anything.',
  imposes: { consentRequired: true },
  refusal: (_config, { wanted, before }) =>
    before?.consentRequired === true && wanted?.['consentRequired'] === false
      ? 'Not permitted to update consentRequired to false'
      : undefined,
};

const fullScopeDisabled: PolicyProvider = {
  id: 'scope',
  helpText: 'A registered client does not get all roles of its users.',
  imposes: { fullScopeAllowed: false },
  refusal: (_config, { wanted, before }) =>
    before?.fullScopeAllowed === false && wanted?.['fullScopeAllowed'] === true ? 'Not permitted to enable fullScopeAllowed' : undefined,
};

const clientDisabled: PolicyProvider = {
  id: 'client-disabled',
  helpText: 'A registered client does nothing until an administrator enables it.',
  imposes: { enabled: false },
  refusal: (_config, { wanted, before }) =>
    before?.enabled === false && wanted?.['enabled'] === true ? 'Not permitted to enable client' : undefined,
};

const webOrigins: PolicyProvider = {
  id: 'registration-web-origins',
  helpText: 'Origins of web pages that may register clients.',
  properties: () => [
    {
      name: WEB_ORIGINS,
      label: 'registration-web-origins.label',
      helpText: 'registration-web-origins.tooltip',
      type: 'MultivaluedString',
    },
  ],
  webOrigins: (config) => config[WEB_ORIGINS] ?? [],
};

/** The kinds of policies that are here, by id. */
export const policyProviders: ReadonlyMap<string, PolicyProvider> = new Map(
  [allowedClientScopes, webOrigins, clientDisabled, fullScopeDisabled, maxClients, allowedMappers, trustedHosts(), consentRequired].map(
    (provider) => [provider.id, provider],
  ),
);
