import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../bench/servers/database.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { CommandBench, type CommandRun, type Outcome } from '../support/command-line.ts';
import { testDatabaseUrl } from '../support/test-cluster.ts';

const bench = new CommandBench();
const cwd = bench.folder();
let first: FreshDatabase;
let second: FreshDatabase;
let http = 0;

beforeAll(async () => {
  [first, second] = await Promise.all([freshDatabase(testDatabaseUrl(), 'keygrid_cli'), freshDatabase(testDatabaseUrl(), 'keygrid_cli')]);
  [http = 0] = await freePorts(1);
});
afterEach(() => bench.stopAll());
afterAll(async () => {
  await bench.clear();
  await Promise.all([first.drop(), second.drop()]);
});

const on = (database: FreshDatabase, env: Record<string, string> = {}) => ({ cwd, env: { KC_DB_URL: database.url, ...env } });
const keygrid = (database: FreshDatabase, argv: readonly string[], env: Record<string, string> = {}): Promise<Outcome> =>
  bench.run(argv, on(database, env));

function serve(database: FreshDatabase, ...argv: string[]): Promise<CommandRun> {
  const env = { KC_HTTP_HOST: '127.0.0.1', KC_HTTP_PORT: `${http}`, KC_CACHE: 'local', KC_SHUTDOWN_DELAY: '0' };
  return bench.begin(['start-dev', ...argv], on(database, env)).started();
}

async function token(realm: string, parameters: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`http://127.0.0.1:${http}/realms/${realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const logIn = async (realm: string, username: string, password: string, client: Record<string, string>): Promise<number> =>
  (await token(realm, { grant_type: 'password', username, password, ...client })).status;

const shop = {
  realm: 'shop',
  enabled: true,
  sslRequired: 'none',
  roles: { realm: [{ name: 'clerk' }] },
  clients: [
    { clientId: 'till', publicClient: false, secret: 'till-secret', directAccessGrantsEnabled: true, redirectUris: ['http://localhost/*'] },
  ],
  users: ['ann', 'bob', 'cid'].map((username) => ({
    username,
    enabled: true,
    email: `${username}@shop.example`,
    emailVerified: true,
    firstName: username,
    lastName: 'Shop',
    credentials: [{ type: 'password', value: `${username}-password` }],
    realmRoles: ['clerk'],
  })),
};
const till = { client_id: 'till', client_secret: 'till-secret' };

describe('realms between files and databases', () => {
  it('imports, exports in every strategy, imports elsewhere, and the same user logs in there', async () => {
    const file = join(cwd, 'shop.json');
    writeFileSync(file, JSON.stringify(shop));
    const imported = await keygrid(first, ['import', `--file=${file}`]);
    expect(imported).toMatchObject({ code: 0, err: '', out: expect.stringContaining("Realm 'shop' imported") });

    const into = (name: string): string => join(cwd, name);
    const exported = await Promise.all([
      keygrid(first, ['export', '--dir', into('files'), '--realm=shop', '--users-per-file=2']),
      keygrid(first, ['export', '--dir', into('same'), '--realm=shop', '--users=same_file']),
      keygrid(first, ['export', '--dir', into('skip'), '--realm=shop', '--users=skip']),
      keygrid(first, ['export', '--file', into('one.json'), '--realm=shop']),
    ]);
    for (const { code, out, err } of exported) {
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).not.toContain('till-secret');
    }
    expect(readdirSync(into('files')).sort()).toEqual(['shop-realm.json', 'shop-users-0.json', 'shop-users-1.json']);
    expect(readdirSync(into('same')).sort()).toEqual(['shop-realm.json', 'shop-users-0.json']);
    expect(readdirSync(into('skip'))).toEqual(['shop-realm.json']);
    expect(statSync(into('one.json')).mode & 0o077).toBe(0);
    const one = JSON.parse(readFileSync(into('one.json'), 'utf8')) as { users: { username: string; credentials: object[] }[] };
    expect(one.users.map((user) => user.username).sort()).toEqual(['ann', 'bob', 'cid']);
    expect(readFileSync(into('one.json'), 'utf8')).not.toContain('ann-password');

    const moved = await keygrid(second, ['import', '--dir', into('files')]);
    expect(moved).toMatchObject({ code: 0, err: '' });
    const skipped = await keygrid(second, ['import', `--file=${into('one.json')}`, '--override=false']);
    expect(skipped).toMatchObject({ code: 0, out: expect.stringContaining("Realm 'shop' already exists. Import skipped") });
    const replaced = await keygrid(second, ['import', `--file=${into('one.json')}`]);
    expect(replaced).toMatchObject({ code: 0, out: expect.stringContaining("Realm 'shop' replaced") });

    await serve(second);
    for (const user of ['ann', 'bob', 'cid']) expect(await logIn('shop', user, `${user}-password`, till)).toBe(200);
    expect(await logIn('shop', 'ann', 'bob-password', till)).not.toBe(200);
  });

  it('refuses a bad file whole, with file, field and value, and no secret', async () => {
    const cases: [name: string, content: string, message: RegExp][] = [
      ['no-json', '{"realm":"x","secret":"hunter2"', /no-json\.json:1: the file ends in the middle/],
      ['no-name', '{"enabled":true}', /no-name\.json.*realm/],
      ['bad-type', JSON.stringify({ ...shop, realm: 'bad', enabled: 'maybe' }), /bad-type\.json.*enabled.*maybe/],
      [
        'bad-user',
        JSON.stringify({
          ...shop,
          realm: 'bad',
          users: [{ username: 'eve', credentials: [{ type: 'password', value: 'hunter2' }], groups: ['/kings'] }],
        }),
        /bad-user\.json.*groups.*\/kings/,
      ],
    ];
    const outcomes = await Promise.all(
      cases.map(([name, content]) => {
        writeFileSync(join(cwd, `${name}.json`), content);
        return keygrid(first, ['import', `--file=${join(cwd, `${name}.json`)}`]);
      }),
    );
    outcomes.forEach(({ code, err, out }, index) => {
      expect(err).toMatch(cases[index]?.[2] as RegExp);
      expect(code).toBe(1);
      expect(err + out).not.toContain('hunter2');
    });
    const realms = await first.query('select name from realm order by name');
    expect(realms.map((row) => row['name'])).toEqual(['master', 'shop']);
    const [nowhere, nothing, absent] = await Promise.all([
      keygrid(first, ['import', '--dir', join(cwd, 'nowhere')]),
      keygrid(first, ['export', '--dir', join(cwd, 'out'), '--realm=nobody']),
      keygrid(first, ['export', '--file', join(cwd, 'no', 'folder', 'x.json')]),
    ]);
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining('nowhere cannot be read') });
    expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining('There is no realm "nobody" to export.') });
    expect(absent).toMatchObject({ code: 1, err: expect.stringContaining('x.json cannot be written') });
  });
});

describe('administrators from the command line', () => {
  it('are made from variables, work, are refused twice, and leave no secret behind', async () => {
    const secrets = { ADMIN_WORD: 'correct horse battery', SERVICE_WORD: 'staple staple staple' };
    const user = ['bootstrap-admin', 'user', '--username=boss', '--password:env=ADMIN_WORD'];
    const made = await Promise.all([
      keygrid(first, user, secrets),
      keygrid(first, ['bootstrap-admin', 'service', '--client-id=robot', '--client-secret:env=SERVICE_WORD'], secrets),
    ]);
    for (const { code, out, err } of made) {
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).not.toMatch(/horse|staple/);
    }
    const again = await keygrid(first, user, secrets);
    expect(again).toMatchObject({
      code: 1,
      err: expect.stringContaining("ERROR: The master realm has a user 'boss' already. Choose another name.\n"),
    });
    const unset = await keygrid(first, user);
    expect(unset).toMatchObject({
      code: 2,
      err: expect.stringContaining("Environment variable ADMIN_WORD (option '--password:env') is not set"),
    });

    await serve(first);
    expect(await logIn('master', 'boss', secrets.ADMIN_WORD, { client_id: 'admin-cli' })).toBe(200);
    const robot = await token('master', { grant_type: 'client_credentials', client_id: 'robot', client_secret: secrets.SERVICE_WORD });
    expect(robot.status).toBe(200);
    const realms = await fetch(`http://127.0.0.1:${http}/admin/realms`, {
      headers: { authorization: `Bearer ${String(robot.body['access_token'])}` },
    });
    expect(((await realms.json()) as { realm: string }[]).map(({ realm }) => realm).sort()).toEqual(['master', 'shop']);
  });
});

describe('start --import-realm', () => {
  it('imports what is in data/import with its users in files beside it, and leaves alone what exists', async () => {
    const home = bench.folder();
    const folder = join(home, 'data', 'import');
    mkdirSync(folder, { recursive: true });
    const { users, ...realm } = shop;
    writeFileSync(join(folder, 'store-realm.json'), JSON.stringify({ ...realm, realm: 'store' }));
    for (const [index, user] of users.entries())
      writeFileSync(join(folder, `store-users-${index}.json`), JSON.stringify({ realm: 'store', users: [user] }));
    writeFileSync(join(folder, 'shop.json'), JSON.stringify({ ...shop, displayName: 'Other' }));
    const env = { KC_HOME_DIR: home, KC_HTTP_HOST: '127.0.0.1', KC_HTTP_PORT: `${http}`, KC_CACHE: 'local', KC_SHUTDOWN_DELAY: '0' };
    const run = await bench.begin(['start-dev', '--import-realm'], on(second, env)).started();
    expect(run.out).toContain("Realm 'store' imported");
    expect(run.out).toContain("Realm 'shop' already exists. Import skipped");
    for (const user of ['ann', 'bob', 'cid']) expect(await logIn('store', user, `${user}-password`, till)).toBe(200);
    await run.stop();

    writeFileSync(join(folder, 'third.json'), JSON.stringify({ realm: 'third', clients: 'none' }));
    const refused = await bench.run(['start-dev', '--import-realm'], on(second, env));
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/third\.json.*clients/) });
  });
});
