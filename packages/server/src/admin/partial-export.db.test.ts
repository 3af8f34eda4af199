import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminServer, startAdminServer } from '../testing/admin-server.ts';

let server: AdminServer;
let token: string;

beforeAll(async () => {
  server = await startAdminServer();
  await server.createRealm({
    realm: 'shop',
    enabled: true,
    smtpServer: { host: 'mail.example.org', password: 'mail-secret' },
    clients: [{ clientId: 'till', secret: 'till-secret' }],
    roles: { realm: [{ name: 'seller' }], client: { till: [{ name: 'opener' }] } },
    groups: [{ name: 'staff' }],
    users: [{ username: 'ann', enabled: true, credentials: [{ type: 'password', value: 'hush' }] }],
  });
  token = await server.token('master', 'admin');
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function exported(query: string) {
  const answer = await server.call(token, 'POST', `/realms/shop/partial-export${query}`);
  expect(answer.status).toBe(200);
  return { text: answer.text, json: answer.json<Record<string, unknown>>() };
}

describe('a partial export', () => {
  it('holds no users and nothing secret', async () => {
    const { text, json } = await exported('?exportClients=true&exportGroupsAndRoles=true');
    expect(json).not.toHaveProperty('users');
    for (const secret of ['mail-secret', 'till-secret', 'hush', 'privateKey']) expect(text).not.toContain(secret);
    expect(json).toMatchObject({ realm: 'shop', groups: [{ name: 'staff' }], smtpServer: { password: '**********' } });
    expect(JSON.stringify(json['roles'])).toContain('opener');
    expect(JSON.stringify(json['clients'])).toContain('"clientId":"till"');
  });

  it('holds clients, groups and roles only where they are asked for', async () => {
    const { json } = await exported('');
    for (const part of ['clients', 'groups', 'roles']) expect(json).not.toHaveProperty(part);
    expect(JSON.stringify((await exported('?exportGroupsAndRoles=true')).json['roles'])).not.toContain('opener');
  });

  it('can be imported as another realm, with keys of its own', async () => {
    const { json } = await exported('?exportClients=true&exportGroupsAndRoles=true');
    const { id: _, ...realm } = json;
    const fresh = JSON.parse(
      JSON.stringify({ ...realm, realm: 'copy' })
        .replace(/"id":"[^"]*",?/g, '')
        .replaceAll(',}', '}'),
    );
    const made = await server.call(token, 'POST', '/realms', fresh);
    expect([made.status, made.text]).toEqual([201, '']);
    expect((await server.call(token, 'GET', '/realms/copy/keys')).json<{ keys: unknown[] }>().keys.length).toBeGreaterThan(0);
  });
});
