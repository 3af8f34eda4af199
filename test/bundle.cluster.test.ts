import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { benchRealm } from '../bench/servers/server.ts';
import { bundleServer } from '../packages/server/build/bundle.ts';
import { version } from '../packages/server/src/cli/version.ts';
import { root } from '../scripts/checks/repository.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

const fromServer = (name: string): string => join(root, 'packages/server', name);

describe('the bundled server, as a package without sources', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-package-'));
  let cluster: TestCluster;

  beforeAll(async () => {
    for (const name of ['bin', 'package.json']) cpSync(fromServer(name), join(folder, name), { recursive: true });
    symlinkSync(fromServer('themes'), join(folder, 'themes'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    await bundleServer(join(folder, 'dist'));
    cluster = await startTestCluster(2, { realms: [benchRealm('test', 4)], main: join(folder, 'bin/keygrid.mjs') });
  });
  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const base = (index: number): string => cluster.server.bases[index] as string;

  it('logs somebody in over two nodes, refreshes and asks', async () => {
    const walk = new LoginWalk(walker(0));
    const tokens = await walk.login(base(0), base(1), base(0));
    const refreshed = await walk.refresh(base(1), tokens.refresh_token);
    expect(await walk.userinfo(base(0), refreshed.access_token)).toMatchObject({ preferred_username: walker(0).username });
  });

  it('finds the files of the package: themes, consoles and its version', async () => {
    const page = await call(`${base(0)}/realms/test/account/`, { headers: { accept: 'text/html' } });
    expect([page.status, /<script[^>]+src="([^"]+)"/.test(page.text)]).toEqual([200, true]);
    expect(cluster.server.log(0)).toContain(`(v=${version})`);
  });
});
