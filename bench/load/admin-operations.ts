import { admin, adminToken } from '../drivers/admin.ts';
import { call } from '../drivers/http.ts';
import { WalkError } from '../drivers/login-walk.ts';
import type { Operation, Target } from './operation.ts';

/** The first administrator's token lives a minute; it is taken anew well before. */
const TOKEN_FOR_MS = 30_000;
const PAGE = 100;

/** Operations of Admin REST: what is created by one is read and deleted by the later ones. */
export function adminOperations(target: Target): readonly Operation[] {
  const base = (index: number): string => target.bases[index % target.bases.length] as string;
  let token: { readonly value: Promise<string>; readonly takenAt: number } | undefined;
  const bearer = (): Promise<string> => {
    if (token === undefined || performance.now() - token.takenAt > TOKEN_FOR_MS)
      token = { value: adminToken(base(0)), takenAt: performance.now() };
    return token.value;
  };
  const ask = async (index: number, method: string, path: string, json?: unknown): Promise<unknown> =>
    admin(base(index), await bearer(), method, path, json);

  /** Creates, and gives the id that the Location header ends with. */
  const create = async (index: number, path: string, json: unknown): Promise<string> => {
    const answer = await call(`${base(index)}/admin${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await bearer()}` },
      json,
    });
    if (answer.status !== 201) throw new WalkError(`POST ${path}`, answer);
    return (answer.headers.location ?? '').split('/').at(-1) ?? '';
  };

  const made = { users: [] as string[], clients: [] as string[], realms: [] as string[] };
  let serial = 0;
  const unique = (kind: string): string => {
    serial += 1;
    return `${kind}-${target.worker}-${process.pid}-${serial}`;
  };
  const realm = `/realms/${target.realm}`;
  /** Deletes what was made last; false when nothing is left. */
  const remove = (ids: string[], path: (id: string) => string) => async (index: number) => {
    const id = ids.pop();
    if (id === undefined) return false;
    await ask(index, 'DELETE', path(id));
    return true;
  };
  return [
    {
      name: 'admin: create user with password',
      run: async (index) => {
        const username = unique('made');
        const credentials = [{ type: 'password', value: 'a-password', temporary: false }];
        made.users.push(await create(index, `${realm}/users`, { username, enabled: true, email: `${username}@example.org`, credentials }));
      },
    },
    {
      name: 'admin: read user',
      run: (index) =>
        made.users.length === 0 ? Promise.resolve(false) : ask(index, 'GET', `${realm}/users/${made.users[index % made.users.length]}`),
    },
    { name: 'admin: list users', run: (index) => ask(index, 'GET', `${realm}/users?first=0&max=20`) },
    {
      name: `admin: user crawl, pages of ${PAGE}`,
      run: (index) => ask(index, 'GET', `${realm}/users?first=${(index * PAGE) % Math.max(PAGE, target.users)}&max=${PAGE}`),
    },
    { name: 'admin: delete user', run: remove(made.users, (id) => `${realm}/users/${id}`) },
    {
      name: 'admin: create client',
      run: async (index) => {
        made.clients.push(
          await create(index, `${realm}/clients`, {
            clientId: unique('made'),
            enabled: true,
            publicClient: true,
            redirectUris: ['http://localhost/*'],
          }),
        );
      },
    },
    {
      name: 'admin: read client',
      run: (index) =>
        made.clients.length === 0
          ? Promise.resolve(false)
          : ask(index, 'GET', `${realm}/clients/${made.clients[index % made.clients.length]}`),
    },
    { name: 'admin: list clients', run: (index) => ask(index, 'GET', `${realm}/clients?first=0&max=20`) },
    { name: 'admin: delete client', run: remove(made.clients, (id) => `${realm}/clients/${id}`) },
    {
      name: 'admin: create realm',
      run: async (index) => {
        const name = unique('made');
        await ask(index, 'POST', '/realms', { realm: name, enabled: true });
        made.realms.push(name);
      },
    },
    { name: 'admin: read realm', run: (index) => ask(index, 'GET', realm) },
    { name: 'admin: delete realm', run: remove(made.realms, (id) => `/realms/${id}`) },
  ];
}
