import type { Realm } from '../model/index.ts';
import type { Stores } from '../store/stores.ts';
import { exportRealm } from './export-realm.ts';
import type { Representation } from './fields.ts';
import { keyProviderType } from './key-components.ts';

/** What a partial export holds beside the realm itself. */
export interface PartialExportWish {
  readonly clients: boolean;
  readonly groupsAndRoles: boolean;
}

const MASK = '**********';
/** Settings of key components that are not the key itself. */
const SECRET_KEY_SETTINGS: ReadonlySet<string> = new Set(['privateKey', 'certificate', 'secret', 'kid']);

/** A realm without its users and without anything secret, for a file that people hand on. */
export async function exportPartially(stores: Stores, realm: Realm, wish: PartialExportWish): Promise<Representation> {
  const {
    users: _,
    roles,
    groups,
    clients,
    scopeMappings,
    clientScopeMappings,
    components,
    smtpServer,
    ...fields
  } = (await exportRealm(stores, realm)) as Representation & {
    components: Readonly<Record<string, readonly Representation[]>>;
    clients: readonly Representation[];
  };
  const mail = smtpServer as Readonly<Record<string, string>>;
  return {
    ...fields,
    smtpServer: mail['password'] === undefined ? mail : { ...mail, password: MASK },
    ...(wish.groupsAndRoles ? { roles: rolesOf(roles, wish), groups } : {}),
    ...(wish.clients ? { clients: clients.map(withoutSecret), scopeMappings, clientScopeMappings } : {}),
    components: { ...components, [keyProviderType]: (components[keyProviderType] ?? []).map(withoutKey) },
  };
}

/** Roles of clients come with the clients only. */
function rolesOf(roles: unknown, wish: PartialExportWish): unknown {
  const { realm, client } = (roles ?? {}) as Representation;
  return wish.clients ? { realm, client } : { realm };
}

function withoutSecret(client: Representation): Representation {
  return client['secret'] === undefined ? client : { ...client, secret: MASK };
}

function withoutKey(component: Representation): Representation {
  const config = Object.entries((component['config'] ?? {}) as Representation).filter(([name]) => !SECRET_KEY_SETTINGS.has(name));
  return { ...component, config: Object.fromEntries(config) };
}
