import { randomUUID } from 'node:crypto';
import type { Client, Role } from '../model/index.ts';
import { Fields } from './fields.ts';
import { messageKey } from './message-key.ts';

/** The roles of a realm that is being put together, found by client and name; knows which role brings which along. */
export class RoleBook {
  readonly #realmId: string;
  readonly #clients: ReadonlyMap<string, Client>;
  readonly #roles = new Map<string, Role>();
  readonly #children = new Map<string, Set<string>>();

  /** `clients`: by client id. */
  constructor(realmId: string, clients: ReadonlyMap<string, Client>) {
    this.#realmId = realmId;
    this.#clients = clients;
  }

  find(clientId: string | undefined, name: string): Role | undefined {
    return this.#roles.get(key(this.#uuidOf(clientId), name));
  }

  /** Takes a role in; false where one of that name is there. */
  add(role: Role): boolean {
    const at = key(role.clientId, role.name);
    if (this.#roles.has(at)) return false;
    this.#roles.set(at, role);
    return true;
  }

  /** The role of that name, made if it is absent, with a message key as its description. */
  need(clientId: string | undefined, name: string, description = describe(name)): Role {
    const known = this.find(clientId, name);
    if (known) return known;
    const clientUuid = this.#uuidOf(clientId);
    const role: Role = {
      id: randomUUID(),
      realmId: this.#realmId,
      ...(clientUuid === undefined ? {} : { clientId: clientUuid }),
      name,
      ...(description === '' ? {} : { description }),
      composite: false,
      attributes: {},
    };
    this.add(role);
    return role;
  }

  compose(parent: Role, ...children: readonly Role[]): void {
    const known = this.#children.get(parent.id) ?? new Set();
    for (const child of children) if (child.id !== parent.id) known.add(child.id);
    if (known.size > 0) this.#children.set(parent.id, known);
  }

  /** The roles that `realmRoles` (or `realm`) and `clientRoles` (or `client`) of an object name; unknown names become roles, as in the original. */
  named(fields: Fields, realmField: string, clientField: string): Role[] {
    const roles = (fields.texts(realmField) ?? []).map((name) => this.need(undefined, name, ''));
    const byClient = fields.textListMap(clientField) ?? {};
    for (const [clientId, names] of Object.entries(byClient)) {
      if (!this.#clients.has(clientId)) fields.refuse(clientField, `names the client ${JSON.stringify(clientId)}, which does not exist`);
      for (const name of names) roles.push(this.need(clientId, name, ''));
    }
    return roles;
  }

  /** All roles, composites marked as such. */
  get roles(): readonly Role[] {
    return [...this.#roles.values()].map((role) => ({ ...role, composite: this.#children.has(role.id) }));
  }

  /** Role id -> ids of the roles that it brings along. */
  get composites(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#children].map(([parent, children]) => [parent, [...children]]));
  }

  #uuidOf(clientId: string | undefined): string | undefined {
    if (clientId === undefined) return undefined;
    const client = this.#clients.get(clientId);
    return client ? client.id : new Fields({ clientId }, 'roles').refuse('clientId', 'does not exist');
  }
}

/** The message key by which consoles describe a built-in role. */
export function describe(name: string): string {
  return messageKey(`role_${name}`);
}

function key(clientUuid: string | undefined, name: string): string {
  return `${clientUuid ?? ''}/${name}`;
}
