import type { FastifyInstance } from 'fastify';
import { realmTags } from '../cache/invalidation-keys.ts';
import type { ServerContext } from '../context.ts';
import type { Representation } from '../realm/fields.ts';
import { type AdminCall, adminRoutes, bodyOf, write } from './admin-route.ts';
import { invalidValue, notFound } from './answers.ts';
import { queryFlag } from './query.ts';
import { clientPoliciesShape, clientProfilesShape } from './representation-shapes.ts';

type Named = Representation & { readonly name?: string | null };
const MAX_ENTRIES = 200;

/**
 * Client profiles and policies of a realm. They are kept and shown, so that an export loses nothing; the feature that acts on them is not
 * here, and its flag says so.
 */
export function registerClientPolicies(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  for (const [path, list, field, globals, shape] of [
    ['/client-policies/profiles', 'profiles', 'clientProfiles', 'include-global-profiles', clientProfilesShape],
    ['/client-policies/policies', 'policies', 'clientPolicies', 'include-global-policies', clientPoliciesShape],
  ] as const) {
    const kept = ({ realm }: AdminCall): readonly Named[] =>
      (realm.other[field] as { readonly [Name in typeof list]?: readonly Named[] } | undefined)?.[list] ?? [];
    const globalList = list === 'profiles' ? 'globalProfiles' : 'globalPolicies';
    declare(`GET ${path}`, async (call) => ({
      [list]: kept(call),
      ...(queryFlag(call.request, globals) ? { [globalList]: [] } : {}),
    }));
    declare(`PUT ${path}`, async (call) => {
      const body = bodyOf<Readonly<Record<string, readonly Named[] | null | undefined>>>(call.request, shape);
      const entries = body[list] ?? [];
      refuse(entries);
      await write(context, async ({ realms }, touch) => {
        const current = await realms.byId(call.realm.id);
        if (current === undefined) throw notFound('Realm not found.');
        await realms.update({ ...current, other: { ...current.other, [field]: { [list]: entries } } });
        touch(...realmTags(current));
      });
    });
  }
}

function refuse(entries: readonly Named[]): void {
  if (entries.length > MAX_ENTRIES) throw invalidValue(`More than ${MAX_ENTRIES} entries`);
  const names = entries.map(({ name }) => name ?? '');
  if (names.includes('')) throw invalidValue('An entry has no name');
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalidValue(`The name ${twice} stands there twice`);
}
