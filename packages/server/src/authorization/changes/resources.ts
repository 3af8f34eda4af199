import { randomUUID } from 'node:crypto';
import { policyTags, resourceTags, ticketsTag } from '../../cache/authorization-keys.ts';
import type { ProtectedResource } from '../../model/index.ts';
import { distinct, textsOf } from '../policies/config-lists.ts';
import type { Json } from '../policies/policy-type.ts';
import { absent, duplicate, refused } from '../refusal.ts';
import type { Change } from './change.ts';
import { optionalText } from './fields.ts';
import { removePolicies } from './policies.ts';
import { scopeIdsIn } from './scopes.ts';

/** Makes a resource. `owner`: the server's UUID or a user's id. @throws ReplyError 400, 409. */
export async function createResource(change: Change, body: Json, owner: string): Promise<ProtectedResource> {
  const { stores, server, touch } = change;
  const name = optionalText(body, 'name');
  if (name === undefined) throw duplicate();
  if ((await stores.resources.byName(server.id, owner, name)) !== undefined) {
    throw refused(409, 'invalid_request', `Resource with name [${name}] already exists.`);
  }
  const id = optionalText(body, '_id') ?? optionalText(body, 'id') ?? randomUUID();
  const resource = {
    ...(await written(change, body)),
    id,
    serverId: server.id,
    owner,
    name,
    attributes: attributesOf(body) ?? {},
    policyIds: [],
  };
  await stores.resources.insert(resource);
  touch(...resourceTags(resource));
  return resource;
}

/** Replaces a resource; attributes stay where the body has none, and the owner stays in any case. @throws ReplyError 400, 404, 409. */
export async function updateResource(change: Change, id: string, body: Json): Promise<void> {
  const { stores, server, touch } = change;
  const [before] = await stores.resources.byIds(server.id, [id]);
  if (before === undefined) throw absent();
  const name = optionalText(body, 'name') ?? before.name;
  const resource = { ...(await written(change, body)), id, serverId: server.id, owner: before.owner, name, policyIds: before.policyIds };
  await stores.resources.update({ ...resource, attributes: attributesOf(body) ?? before.attributes });
  touch(...resourceTags(before));
}

/** Removes a resource with what was shared of it, and the permissions that were for nothing else. @throws ReplyError 404. */
export async function removeResource(change: Change, id: string): Promise<void> {
  const { stores, server, touch } = change;
  const [resource] = await stores.resources.byIds(server.id, [id]);
  if (resource === undefined) throw absent();
  const permissions = await stores.policies.list(server.id, { resourceIds: [id] });
  for (const policy of permissions) touch(...policyTags(policy));
  await removePolicies(
    change,
    permissions.filter(({ resourceIds }) => resourceIds.length === 1),
  );
  for (const ticket of await stores.tickets.list(server.id, { resourceId: id })) touch(ticketsTag(ticket));
  await stores.resources.remove(server.id, id);
  touch(...resourceTags(resource));
}

/** Who shall own the resource of a body: a user by id or name (`owner` as a text), the server where nobody is named. @throws ReplyError 400. */
export async function ownerIn(change: Change, body: Json): Promise<string> {
  const { owner } = body;
  if (owner === undefined || owner === null) return change.server.id;
  const named = typeof owner === 'string' ? owner : typeof owner === 'object' ? optionalText(owner as Json, 'id') : undefined;
  if (named === undefined) throw refused(400, 'invalid_request', 'You must specify the resource owner.');
  if (named === change.server.id) return named;
  const id = await change.names.user(named);
  if (id !== undefined) return id;
  if ((await change.names.client(named)) === change.server.id) return change.server.id;
  throw refused(400, 'invalid_request', `Resource owner [${named}] does not exist.`);
}

async function written(
  change: Change,
  body: Json,
): Promise<Omit<ProtectedResource, 'id' | 'serverId' | 'name' | 'owner' | 'attributes' | 'policyIds'>> {
  const displayName = optionalText(body, 'displayName');
  const type = optionalText(body, 'type')?.trim();
  const iconUri = optionalText(body, 'icon_uri') ?? optionalText(body, 'iconUri');
  const single = optionalText(body, 'uri');
  const uris = textsOf(body['uris']);
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(type === undefined || type === '' ? {} : { type }),
    ...(iconUri === undefined ? {} : { iconUri }),
    uris: distinct(uris.length > 0 || single === undefined ? uris : [single]).filter((uri) => uri !== ''),
    ownerManagedAccess: body['ownerManagedAccess'] === true,
    scopeIds: await scopeIdsIn(change, body['resource_scopes'] ?? body['scopes']),
  };
}

function attributesOf({ attributes }: Json): ProtectedResource['attributes'] | undefined {
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) return undefined;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) ? value.map(String) : [String(value)],
    ]),
  );
}
