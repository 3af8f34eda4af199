import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../../context.ts';
import { Fields, type Representation } from '../../realm/fields.ts';
import type { HashPassword } from '../../realm/hash-password.ts';
import { storeAdminEvent } from '../admin-event-writer.ts';
import { type AdminCall, adminRoutes, bodyOf, write } from '../admin-route.ts';
import { taken } from '../answers.ts';
import { partialImportShape } from '../representation-shapes.ts';
import { importedClients } from './clients.ts';
import { importedGroups } from './groups.ts';
import { hashedUsers } from './hashed-users.ts';
import { type ImportItem, type ImportKind, type ImportPolicy, type ImportResult, type ImportWork, importPolicies } from './kind.ts';
import { importedProviders } from './providers.ts';
import { importedRoles } from './roles.ts';
import { importedUsers } from './users.ts';

/** POST /partialImport: objects of a realm file into a realm that is there, all or nothing. */
export function registerPartialImport(app: FastifyInstance, context: ServerContext, hashPassword: HashPassword): void {
  adminRoutes(app, context)('POST /partialImport', async (call) => {
    const { realm } = call;
    const body = new Fields(bodyOf<Representation>(call.request, partialImportShape), 'partialImport');
    const policy = body.choice('ifResourceExists', importPolicies) ?? body.choice('policy', importPolicies) ?? 'FAIL';
    const nowMs = context.clock.nowMs();
    const kinds: readonly ImportKind[] = [
      importedClients(body, realm.realm),
      ...importedRoles(body),
      importedProviders(body),
      importedGroups(body),
      importedUsers(await hashedUsers(body, realm, hashPassword, nowMs)),
    ] as readonly ImportKind[];
    const results = await write(context, (stores, touch) => importAll({ stores, realm, nowMs, touch }, kinds, policy));
    for (const result of results) await recordResult(call, result);
    const count = (action: ImportResult['action']): number => results.filter((result) => result.action === action).length;
    return { overwritten: count('OVERWRITTEN'), added: count('ADDED'), skipped: count('SKIPPED'), results };
  });
}

/** What is there is found out first: objects go with others that are taken away. @throws ReplyError 409 where something is there that may not be. */
async function importAll(work: ImportWork, kinds: readonly ImportKind[], policy: ImportPolicy): Promise<readonly ImportResult[]> {
  const planned: { readonly kind: ImportKind; readonly item: ImportItem; readonly known: string | undefined }[] = [];
  for (const kind of kinds) {
    for (const item of kind.items) {
      const text = policy === 'FAIL' ? await kind.taken(work, item) : undefined;
      if (text !== undefined) throw taken(text);
      planned.push({ kind, item, known: await kind.idOf(work, item) });
    }
  }
  const skipped = (known: string | undefined): boolean => known !== undefined && policy !== 'OVERWRITE';
  for (const { kind, item, known } of planned) if (known !== undefined && !skipped(known)) await kind.remove(work, item);
  const results: ImportResult[] = [];
  for (const { kind, item, known } of planned) {
    const line = { resourceType: kind.resourceType, resourceName: item.label ?? item.name };
    if (known !== undefined && skipped(known)) results.push({ action: 'SKIPPED', ...line, id: known });
    else results.push({ action: known === undefined ? 'ADDED' : 'OVERWRITTEN', ...line, id: await kind.create(work, item) });
  }
  for (const { kind, item, known } of planned) if (!skipped(known)) await kind.finish?.(work, item);
  return results;
}

/** Each object that came in leaves an event of its own. */
async function recordResult(call: AdminCall, { action, resourceType, resourceName, id }: ImportResult): Promise<void> {
  if (action === 'SKIPPED') return;
  const operationType = action === 'ADDED' ? 'CREATE' : 'UPDATE';
  await storeAdminEvent(call, { operationType, resourceType: 'REALM' }, `${pathOf[resourceType] ?? resourceType}/${id}`, resourceName);
}

/** Addresses of such events, in the words of the original. */
const pathOf: Readonly<Record<string, string>> = {
  CLIENT: 'clients',
  REALM_ROLE: 'realms',
  CLIENT_ROLE: 'clients',
  IDP: 'identity-provider',
  GROUP: 'groups',
  USER: 'users',
};
