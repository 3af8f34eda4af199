import { resourceServerTag } from '../../cache/authorization-keys.ts';
import type { Change } from '../changes/change.ts';
import { optionalText } from '../changes/fields.ts';
import { createPolicy, updatePolicy } from '../changes/policies.ts';
import { createResource, ownerIn, updateResource } from '../changes/resources.ts';
import { putScope } from '../changes/scopes.ts';
import { withSettings } from '../changes/servers.ts';
import { configTexts } from '../policies/config-lists.ts';
import type { Json, PolicyConfig } from '../policies/policy-type.ts';
import { refused } from '../refusal.ts';
import { withKnownObjects } from './known-objects.ts';

/** Objects of one kind in one file. */
const MAX_OBJECTS = 100_000;

/**
 * Takes in what an export holds, over what is there: objects of the same name are replaced, others stay. Whole or not at all, for it runs
 * in one transaction. @throws ReplyError 400 naming what cannot be.
 */
export async function importSettings(change: Change, settings: Json): Promise<void> {
  const { stores, server } = change;
  await stores.servers.put(withSettings(server, settings));
  // One word for all of it: an import may touch more objects than a change may name.
  change.touch(resourceServerTag(server.id));
  const quiet: Change = { ...change, stores: await withKnownObjects(stores, server.id), touch: () => undefined };
  for (const scope of listOf(settings, 'scopes')) await putScope(quiet, scope);
  for (const resource of listOf(settings, 'resources')) await putResource(quiet, resource);
  for (const policy of inOrder(listOf(settings, 'policies'))) await putPolicy(quiet, policy);
}

async function putResource(change: Change, body: Json): Promise<void> {
  const { stores, server } = change;
  const owner = await ownerIn(change, ownerByName(body, server.id));
  const name = optionalText(body, 'name') ?? '';
  const id = optionalText(body, '_id');
  const byId = id === undefined ? undefined : (await stores.resources.byIds(server.id, [id]))[0];
  const before = byId ?? (await stores.resources.byName(server.id, owner, name));
  if (before === undefined) await createResource(change, body, owner);
  else await updateResource(change, before.id, body);
}

/** In exports owners stand by their names; a resource of the server itself names nobody, or the client. */
function ownerByName(body: Json, serverId: string): Json {
  const { owner } = body;
  if (typeof owner !== 'object' || owner === null) return body;
  const { id, name } = owner as Json;
  return { ...body, owner: (typeof id === 'string' ? id : name) ?? serverId };
}

async function putPolicy(change: Change, body: Json): Promise<void> {
  const { stores, server } = change;
  const name = optionalText(body, 'name') ?? '';
  const type = optionalText(body, 'type') ?? '';
  const general = { ...body, config: body['config'] ?? {} };
  const before = await stores.policies.byName(server.id, name);
  if (before === undefined) await createPolicy(change, type, general);
  else await updatePolicy(change, before.id, general);
}

/** Policies that others ask before those others, wherever they stand; in a circle the first that is met comes first. */
function inOrder(policies: readonly Json[]): readonly Json[] {
  const byName = new Map(policies.map((policy) => [policy['name'], policy]));
  const ordered = new Set<Json>();
  const met = new Set<Json>();
  const take = (policy: Json): void => {
    if (met.has(policy)) return;
    met.add(policy);
    const config = (typeof policy['config'] === 'object' && policy['config'] !== null ? policy['config'] : {}) as PolicyConfig;
    for (const name of configTexts(config, 'applyPolicies')) {
      const asked = byName.get(name);
      if (asked !== undefined) take(asked);
    }
    ordered.add(policy);
  };
  for (const policy of policies) take(policy);
  return [...ordered];
}

function listOf(settings: Json, name: string): readonly Json[] {
  const list = settings[name];
  if (list === undefined || list === null) return [];
  const isObject = (one: unknown): one is Json => typeof one === 'object' && one !== null && !Array.isArray(one);
  if (!Array.isArray(list) || list.length > MAX_OBJECTS || !list.every(isObject)) {
    throw refused(400, 'invalid_request', `${name}: a list of at most ${MAX_OBJECTS} objects is wanted`);
  }
  return list;
}
