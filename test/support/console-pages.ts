/** What the guide shows. */
export const PICTURES = new Set([
  'authentication-flows',
  'client',
  'client-scope',
  'events-admin-events',
  'provider-info',
  'realm-settings-keys-list',
  'user',
]);

/** Pages of a realm as the menu and its tabs lead to them. */
export const PAGES = [
  'clients',
  'client-scopes',
  'roles',
  'users',
  'groups',
  'sessions',
  'events/user-events',
  'events/admin-events',
  'realm-settings/general',
  'realm-settings/login',
  'realm-settings/keys/list',
  'realm-settings/keys/providers',
  'realm-settings/events',
  'realm-settings/security-defenses',
  'realm-settings/sessions',
  'realm-settings/tokens',
  'realm-settings/user-profile/attributes',
  'authentication/flows',
  'authentication/required-actions',
  'authentication/policies',
  'user-federation',
];
