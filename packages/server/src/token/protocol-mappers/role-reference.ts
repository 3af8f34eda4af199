import type { TokenRoles } from './mapper.ts';

/** A role as mapper configurations write it: `name` or `clientId.name` (the last dot divides). */
export interface NamedRole {
  readonly clientId: string | undefined;
  readonly name: string;
}

export function splitRole(text: string): NamedRole {
  const at = text.lastIndexOf('.');
  return at <= 0 ? { clientId: undefined, name: text } : { clientId: text.slice(0, at), name: text.slice(at + 1) };
}

export function addRole(roles: TokenRoles, role: NamedRole): void {
  const names = role.clientId === undefined ? roles.realm : (roles.clients.get(role.clientId) ?? []);
  if (!names.includes(role.name)) names.push(role.name);
  if (role.clientId !== undefined) roles.clients.set(role.clientId, names);
}

/** Whether the role was there. */
export function removeRole(roles: TokenRoles, role: NamedRole): boolean {
  const names = role.clientId === undefined ? roles.realm : roles.clients.get(role.clientId);
  const at = names?.indexOf(role.name) ?? -1;
  if (!names || at < 0) return false;
  names.splice(at, 1);
  return true;
}
