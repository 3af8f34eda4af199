import type { Client } from '../model/index.ts';

/** Names of the client scopes of a login: those that the client has always, and those that it asked for. */
export function requestedScopes(client: Client, scope: string | undefined): ReadonlySet<string> {
  const asked = (scope ?? '').split(' ').map((one) => one.split(':')[0] ?? '');
  return new Set([...client.defaultClientScopes, ...asked.filter((one) => client.optionalClientScopes.includes(one)), 'openid']);
}
