import { randomUUID } from 'node:crypto';
import { policyTags, scopesTag } from '../../cache/authorization-keys.ts';
import { ReplyError } from '../../http/errors.ts';
import type { AuthorizationScope } from '../../model/index.ts';
import { distinct } from '../policies/config-lists.ts';
import type { Json } from '../policies/policy-type.ts';
import { absent, duplicate } from '../refusal.ts';
import type { Change } from './change.ts';
import { optionalText } from './fields.ts';
import { removePolicies } from './policies.ts';

/** Makes a scope, or gives what a scope of that name is shown as: to make one twice is no mistake. @throws ReplyError 409 without a name. */
export async function putScope(change: Change, body: Json): Promise<AuthorizationScope> {
  const { stores, server, touch } = change;
  const name = body['name'];
  if (typeof name !== 'string') throw duplicate();
  const id = optionalText(body, 'id');
  const before = (id === undefined ? undefined : await stores.scopes.byId(server.id, id)) ?? (await stores.scopes.byName(server.id, name));
  const scope = { ...texts(body), id: before?.id ?? id ?? randomUUID(), serverId: server.id, name };
  if (before === undefined) await stores.scopes.insert(scope);
  else await stores.scopes.update(scope);
  touch(scopesTag(server.id));
  return scope;
}

/** Replaces what a scope is shown as. @throws ReplyError 404, 409. */
export async function updateScope(change: Change, id: string, body: Json): Promise<void> {
  const { stores, server, touch } = change;
  if ((await stores.scopes.byId(server.id, id)) === undefined) throw absent();
  const name = body['name'];
  if (typeof name !== 'string') throw duplicate();
  await stores.scopes.update({ ...texts(body), id, serverId: server.id, name });
  touch(scopesTag(server.id));
}

/** Removes a scope that no resource has, with the permissions that were for nothing else. @throws ReplyError 400, 404. */
export async function removeScope(change: Change, id: string): Promise<void> {
  const { stores, server, touch } = change;
  if ((await stores.scopes.byId(server.id, id)) === undefined) throw absent();
  if ((await stores.resources.ids(server.id, { scopeIds: [id], max: 1 })).length > 0) {
    throw new ReplyError(400, { errorMessage: 'Scopes can not be removed while associated with resources.' });
  }
  const permissions = await stores.policies.list(server.id, { scopeIds: [id] });
  for (const policy of permissions) touch(...policyTags(policy));
  await removePolicies(
    change,
    permissions.filter(({ scopeIds }) => scopeIds.length === 1),
  );
  await stores.scopes.remove(server.id, id);
  touch(scopesTag(server.id));
}

/** Ids of the scopes that a body names, by name or as objects with a name or an id; unknown ones are made. */
export async function scopeIdsIn(change: Change, list: unknown): Promise<readonly string[]> {
  if (!Array.isArray(list)) return [];
  const ids: string[] = [];
  for (const one of list as readonly unknown[]) {
    const body: Json = typeof one === 'string' ? { name: one } : typeof one === 'object' && one !== null ? (one as Json) : {};
    ids.push(await scopeIdIn(change, body));
  }
  return distinct(ids);
}

async function scopeIdIn(change: Change, body: Json): Promise<string> {
  const { stores, server } = change;
  const id = optionalText(body, 'id');
  const byId = id === undefined ? undefined : await stores.scopes.byId(server.id, id);
  if (byId !== undefined) return byId.id;
  const name = optionalText(body, 'name');
  const byName = name === undefined ? undefined : await stores.scopes.byName(server.id, name);
  return byName?.id ?? (await putScope(change, body)).id;
}

function texts(body: Json): Pick<AuthorizationScope, 'displayName' | 'iconUri'> {
  const displayName = optionalText(body, 'displayName');
  const iconUri = optionalText(body, 'iconUri');
  return { ...(displayName === undefined ? {} : { displayName }), ...(iconUri === undefined ? {} : { iconUri }) };
}
