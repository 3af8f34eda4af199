import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';

let server: AdminServer;
let token: string;

beforeAll(async () => {
  server = await startAdminServer();
  const credential = (id: string, priority: number) => ({ id, type: 'otp', priority, secretData: '{}', credentialData: '{}' });
  const credentials = [credential('a', 10), credential('b', 20), credential('c', 30)];
  await server.createRealm({ realm: 'shop', enabled: true, users: [{ username: 'ann', enabled: true, credentials }] });
  token = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe('the credentials of a user', () => {
  it('are put to the front or behind another', async () => {
    const [ann] = (await server.call(token, 'GET', '/realms/shop/users?username=ann')).json<{ id: string }[]>();
    const base = `/realms/shop/users/${ann?.id}/credentials`;
    const listed = (await server.call(token, 'GET', base)).json<{ id: string }[]>().map(({ id }) => id);
    const [first = '', second = '', third = ''] = listed;
    const order = async (path: string) => {
      const { status } = await server.call(token, 'POST', `${base}/${path}`);
      return [status, ...(await server.call(token, 'GET', base)).json<{ id: string }[]>().map(({ id }) => id)];
    };
    expect(await order(`${third}/moveToFirst`)).toEqual([204, third, first, second]);
    expect(await order(`${third}/moveAfter/${first}`)).toEqual([204, first, third, second]);
    expect((await order(`${third}/moveAfter/none`))[0]).toBe(404);
    expect((await order('none/moveToFirst'))[0]).toBe(404);
  });
});
