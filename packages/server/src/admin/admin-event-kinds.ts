/** What a call is, in the words of an event. */
export interface AdminEventKind {
  readonly operationType: 'CREATE' | 'UPDATE' | 'DELETE' | 'ACTION';
  readonly resourceType: string;
}

/** Address below the realm -> what it is about; the first line that fits counts. */
const RESOURCES: readonly (readonly [pattern: RegExp, resourceType: string])[] = [
  [/role-mappings\/realm|^\/ui-ext\/role-mapping-delete/, 'REALM_ROLE_MAPPING'],
  [/role-mappings\/clients/, 'CLIENT_ROLE_MAPPING'],
  [/scope-mappings\/realm/, 'REALM_SCOPE_MAPPING'],
  [/scope-mappings\/clients/, 'CLIENT_SCOPE_MAPPING'],
  [/\/protocol-mappers\//, 'PROTOCOL_MAPPER'],
  [/^\/users\/profile/, 'USER_PROFILE'],
  [/^\/users\/:userId\/groups\//, 'GROUP_MEMBERSHIP'],
  [/^\/users\/:userId\/federated-identity/, 'USER_FEDERATION_PROVIDER'],
  [/^\/users/, 'USER'],
  [/^\/(?:default-)?groups/, 'GROUP'],
  [/^\/clients\/:clientUuid\/authz\/resource-server\/resource/, 'AUTHORIZATION_RESOURCE'],
  [/^\/clients\/:clientUuid\/authz\/resource-server\/scope/, 'AUTHORIZATION_SCOPE'],
  [/^\/clients\/:clientUuid\/authz\/resource-server\/p/, 'AUTHORIZATION_POLICY'],
  [/^\/clients\/:clientUuid\/authz/, 'AUTHORIZATION_RESOURCE_SERVER'],
  [/^\/clients\/:clientUuid\/roles/, 'CLIENT_ROLE'],
  [/^\/clients\/:clientUuid\/(?:default|optional)-client-scopes/, 'CLIENT_SCOPE_CLIENT_MAPPING'],
  [/^\/clients-initial-access/, 'CLIENT_INITIAL_ACCESS_MODEL'],
  [/^\/clients/, 'CLIENT'],
  [/^\/client-scopes|^\/default-(?:default|optional)-client-scopes/, 'CLIENT_SCOPE'],
  [/^\/roles/, 'REALM_ROLE'],
  [/^\/components/, 'COMPONENT'],
  [/^\/identity-provider\/instances\/[^/]+\/mappers/, 'IDENTITY_PROVIDER_MAPPER'],
  [/^\/identity-provider/, 'IDENTITY_PROVIDER'],
  [/^\/authentication\/(?:config|executions\/:executionId\/config)/, 'AUTHENTICATOR_CONFIG'],
  [/^\/authentication\/(?:executions|flows\/:flowAlias\/executions)/, 'AUTH_EXECUTION'],
  [/^\/authentication\/flows/, 'AUTH_FLOW'],
  [/^\/authentication\/.*required-action/, 'REQUIRED_ACTION'],
  [/^\/attack-detection/, 'USER_LOGIN_FAILURE'],
  [/^\/sessions/, 'USER_SESSION'],
  [/^/, 'REALM'],
];

/** Calls that ask for something to be done, and change no representation. */
const ACTIONS =
  /\/(?:logout|logout-all|push-revocation|clear-[a-z]+-cache|reset-password|reset-password-email|execute-actions-email|send-verify-email|client-secret|testSMTPConnection|consents\/:clientId|credentials\/:credentialId[^ ]*|impersonation|registration-access-token)$/;
/** PUT that adds to a list. */
const ADDED_BY_PUT = /\/(?:default-groups|groups|[a-z-]*client-scopes)\/:(?:groupId|scopeId)$/;
/** Changes that the original writes no event for, calls that change nothing, and those that write their events themselves. */
const WITHOUT_EVENT = /^(?:GET |POST \/partial(?:-export|Import)$|POST .*\/evaluate$|PUT \/client-policies\/|DELETE \/(?:admin-)?events$)/;

/** The event that a call of this endpoint leaves; undefined where it leaves none. */
export function adminEventKind(endpoint: string): AdminEventKind | undefined {
  if (WITHOUT_EVENT.test(endpoint)) return undefined;
  const at = endpoint.indexOf(' ');
  const [method, path] = [endpoint.slice(0, at), endpoint.slice(at + 1)];
  const resourceType = RESOURCES.find(([pattern]) => pattern.test(path))?.[1] ?? 'REALM';
  return { operationType: operationOf(method, path), resourceType };
}

function operationOf(method: string, path: string): AdminEventKind['operationType'] {
  if (ACTIONS.test(path)) return 'ACTION';
  if (method === 'DELETE' || path.startsWith('/ui-ext/role-mapping-delete')) return 'DELETE';
  if (/\/(?:raise|lower)-priority$/.test(path)) return 'UPDATE';
  if (/\/authz\/resource-server\/import$/.test(path)) return 'UPDATE';
  if (method === 'POST') return 'CREATE';
  // A user group or scope by its id alone is changed; under something else it is added to that.
  return ADDED_BY_PUT.test(path) && !/^\/(?:groups|client-scopes)\//.test(path) ? 'CREATE' : 'UPDATE';
}
