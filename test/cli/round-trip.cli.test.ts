import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../../bench/drivers/admin.ts';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { KeycloakServer } from '../../bench/servers/keycloak.ts';
import { keycloakHome } from '../../bench/servers/reference.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { findFacility } from '../../scripts/testing/skips.ts';
import { CommandBench } from '../support/command-line.ts';
import { testDatabaseUrl } from '../support/test-cluster.ts';

const REALM = 'shop';
const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 4 * 1_048_576;

const shop = {
  realm: REALM,
  enabled: true,
  sslRequired: 'none',
  roles: { realm: [{ name: 'clerk' }, { name: 'chief', composite: true, composites: { realm: ['clerk'] } }] },
  groups: [{ name: 'staff', subGroups: [{ name: 'night', realmRoles: ['clerk'] }] }],
  clients: [
    {
      clientId: 'till',
      secret: 'till-secret',
      directAccessGrantsEnabled: true,
      serviceAccountsEnabled: true,
      redirectUris: ['http://localhost/*'],
    },
  ],
  users: ['ann', 'bob'].map((username) => ({
    username,
    enabled: true,
    email: `${username}@shop.example`,
    emailVerified: true,
    firstName: username,
    lastName: 'Shop',
    credentials: [{ type: 'password', value: `${username}-password` }],
    realmRoles: [`default-roles-${REALM}`, username === 'ann' ? 'chief' : 'clerk'],
    groups: ['/staff/night'],
  })),
};

interface Login {
  readonly status: number;
  readonly roles: readonly string[];
}

/** Logs in by password, and says which roles the token carries. */
async function logIn(base: string, username: string, password: string): Promise<Login> {
  const answer = await fetch(`${base}/realms/${REALM}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'till', client_secret: 'till-secret', username, password }),
  });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  const claims = JSON.parse(Buffer.from(token?.split('.')[1] ?? 'e30', 'base64url').toString()) as { realm_access?: { roles: string[] } };
  return { status: answer.status, roles: (claims.realm_access?.roles ?? []).filter((role) => role === 'clerk' || role === 'chief').sort() };
}

/** Lets users of the realm have attributes beside those of the profile, and gives ann some. */
async function giveAttributes(base: string): Promise<void> {
  const token = await adminToken(base);
  const profile = (await admin(base, token, 'GET', `/realms/${REALM}/users/profile`)) as object;
  await admin(base, token, 'PUT', `/realms/${REALM}/users/profile`, { ...profile, unmanagedAttributePolicy: 'ENABLED' });
  const [ann] = (await admin(base, token, 'GET', `/realms/${REALM}/users?username=ann`)) as { id: string }[];
  await admin(base, token, 'PUT', `/realms/${REALM}/users/${ann?.id}`, { ...ann, attributes: { team: ['red', 'blue'] } });
}

/** Everybody logs in with the password of the beginning, and with no other. */
async function expectLogins(base: string): Promise<void> {
  expect(await logIn(base, 'ann', 'ann-password')).toEqual({ status: 200, roles: ['chief', 'clerk'] });
  expect(await logIn(base, 'bob', 'bob-password')).toEqual({ status: 200, roles: ['clerk'] });
  expect((await logIn(base, 'ann', 'bob-password')).status).not.toBe(200);
}

describe.skipIf(findFacility('keycloak') === undefined)('a realm that goes from Keycloak to here and back', () => {
  const bench = new CommandBench();
  let cwd = '';
  let theirs: FreshDatabase;
  let ours: FreshDatabase;
  let keycloak: KeycloakServer;

  beforeAll(async () => {
    cwd = bench.folder();
    [theirs, ours] = await Promise.all([
      freshDatabase(testDatabaseUrl(), 'keygrid_round_trip'),
      freshDatabase(testDatabaseUrl(), 'keygrid_cli'),
    ]);
    keycloak = await KeycloakServer.prepare({
      home: keycloakHome() ?? '',
      databaseUrl: theirs.url,
      nodes: 1,
      nodeArguments: () => ['--cache=local'],
    });
    await keycloak.startNode(0);
  });
  afterAll(async () => {
    await keycloak?.stop();
    await bench.stopAll();
    await bench.clear();
    await Promise.all([theirs?.drop(), ours?.drop()]);
  });

  it('keeps people able to log in, with their roles and groups', async () => {
    const there = keycloak.bases[0] ?? '';
    await keycloak.createRealm(shop);
    await giveAttributes(there);
    await expectLogins(there);

    const database = new URL(theirs.url);
    const exported = join(cwd, 'from-keycloak.json');
    const env = {
      ...process.env,
      KC_DB_URL: `jdbc:postgresql://${database.host}${database.pathname}`,
      KC_DB_USERNAME: decodeURIComponent(database.username) || 'postgres',
      KC_DB_PASSWORD: decodeURIComponent(database.password) || 'x',
    };
    await run(join(keycloakHome() ?? '', 'bin', 'kc.sh'), ['export', '--optimized', '--file', exported, '--realm', REALM], {
      env,
      maxBuffer: MAX_OUTPUT_BYTES,
    });

    const on = { cwd, env: { KC_DB_URL: ours.url } };
    expect(await bench.run(['import', `--file=${exported}`], on)).toMatchObject({ code: 0 });
    const [port = 0] = await freePorts(1);
    const serving = { KC_HTTP_HOST: '127.0.0.1', KC_HTTP_PORT: `${port}`, KC_CACHE: 'local', KC_SHUTDOWN_DELAY: '0' };
    await bench.begin(['start-dev'], { cwd, env: { ...on.env, ...serving } }).started();
    await expectLogins(`http://127.0.0.1:${port}`);

    const returned = join(cwd, 'from-here.json');
    expect(await bench.run(['export', `--file=${returned}`, `--realm=${REALM}`], on)).toMatchObject({ code: 0 });
    await admin(there, await adminToken(there), 'DELETE', `/realms/${REALM}`);
    await admin(there, await adminToken(there), 'POST', '/realms', JSON.parse(readFileSync(returned, 'utf8')));
    await expectLogins(there);
    const token = await adminToken(there);
    const [ann] = (await admin(there, token, 'GET', `/realms/${REALM}/users?username=ann`)) as { id: string; attributes: object }[];
    expect(ann?.attributes).toEqual({ team: ['red', 'blue'] });
    const groups = (await admin(there, token, 'GET', `/realms/${REALM}/users/${ann?.id}/groups`)) as { path: string }[];
    expect(groups.map(({ path }) => path)).toEqual(['/staff/night']);
  });
});
