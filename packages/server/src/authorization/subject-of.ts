import type { Directory } from '../cache/contracts.ts';
import type { Client, Realm, User } from '../model/index.ts';
import type { Claims } from '../token/contracts.ts';
import { standingOf } from '../token/permitted-roles.ts';
import type { Subject } from './evaluation/subject.ts';
import { clockText } from './policies/time.ts';

/** The bearer of a verified token, and where the request came from. */
export interface Asking {
  readonly claims: Claims;
  /** To whom the token was issued. */
  readonly client: Client;
  readonly user: User;
}

export interface Circumstances {
  readonly nowMs: number;
  readonly remoteAddress: string;
  readonly userAgent?: string | undefined;
  /** What the client pushed, or an administrator supposes. */
  readonly attributes?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Whether attributes may stand in for what the server itself knows (`kc.…`): only where an administrator plays a request through. */
  readonly overriding?: boolean | undefined;
}

/** A client that acts for itself is known by its own UUID, as the owner of its resources; a user by the user's id. */
export function subjectIdOf({ client, user }: Pick<Asking, 'client' | 'user'>): string {
  return user.serviceAccountClientLink === client.id ? client.id : user.id;
}

/** Everything that policies may ask of a subject. */
export async function subjectOf(directory: Directory, realm: Realm, asking: Asking, circumstances: Circumstances): Promise<Subject> {
  const { claims, client, user } = asking;
  const standing = await standingOf(directory, realm, user);
  const clientRoles = new Map(
    Object.entries(objectOf(claims['resource_access'])).map(([clientId, access]) => [
      clientId,
      new Set(textsOf(objectOf(access)['roles'])),
    ]),
  );
  return {
    id: subjectIdOf(asking),
    realmRoles: new Set(textsOf(objectOf(claims['realm_access'])['roles'])),
    clientRoles,
    roleIds: new Set(standing.roles.map((role) => role.id)),
    groupPaths: standing.groups.map(([own]) => own.path),
    claims: claimTexts(claims),
    context: contextOf(realm, client, circumstances),
  };
}

function contextOf(realm: Realm, client: Client, circumstances: Circumstances): Map<string, readonly string[]> {
  const { nowMs, remoteAddress, userAgent, attributes = {}, overriding = false } = circumstances;
  const context = new Map<string, readonly string[]>([
    ['kc.time.date_time', [clockText(nowMs)]],
    ['kc.client.network.ip_address', [remoteAddress]],
    ['kc.client.network.host', [remoteAddress]],
    ...(userAgent === undefined ? [] : [['kc.client.user_agent', [userAgent]] as const]),
    ['kc.realm.name', [realm.realm]],
    ['kc.client.id', [client.clientId]],
  ]);
  for (const [name, values] of Object.entries(attributes)) if (overriding || !name.startsWith('kc.')) context.set(name, values);
  return context;
}

/** Claims as lists of texts; an object becomes its JSON. */
function claimTexts(claims: Claims): Map<string, readonly string[]> {
  const texts = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(claims)) {
    const values = (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => {
      if (one === undefined || one === null || one === '') return [];
      return typeof one === 'object' ? [JSON.stringify(one)] : [String(one)];
    });
    if (values.length > 0) texts.set(name, values);
  }
  return texts;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
