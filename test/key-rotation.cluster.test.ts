import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, adminToken } from '../bench/drivers/admin.ts';
import { call } from '../bench/drivers/http.ts';
import { LoginWalk } from '../bench/drivers/login-walk.ts';
import { startTestCluster, type TestCluster, walker } from './support/test-cluster.ts';

interface Keys {
  readonly active: Readonly<Record<string, string>>;
  readonly keys: readonly { readonly kid: string; readonly providerId: string; readonly algorithm: string }[];
}

describe('the keys of a realm rotate while people are logged in', () => {
  let cluster: TestCluster;
  let token = '';
  const base = (index: number): string => cluster.server.bases[index] as string;
  const kidOf = (jwt: string): string => (JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
  const keys = async (node: number): Promise<Keys> => (await admin(base(node), token, 'GET', '/realms/test/keys')) as Keys;
  const published = async (node: number): Promise<string[]> => {
    const { text } = await call(`${base(node)}/realms/test/protocol/openid-connect/certs`);
    return (JSON.parse(text) as { keys: { kid: string }[] }).keys.map((key) => key.kid);
  };
  /** Adds a key on node 0 and gives its id. */
  const add = async (providerId: string, config: object): Promise<string> => {
    await admin(base(0), token, 'POST', '/realms/test/components', {
      name: 'newer',
      providerId,
      providerType: 'org.keycloak.keys.KeyProvider',
      config: { priority: ['1000'], ...config },
    });
    // Read on the other node: it must know the key as soon as the first one has answered.
    return (await keys(1)).active[providerId === 'hmac-generated' ? 'HS512' : 'RS256'] ?? expect.fail();
  };
  const change = async (node: number, kid: string, config: object): Promise<void> => {
    const component = (await keys(node)).keys.find((key) => key.kid === kid)?.providerId;
    await admin(base(node), token, 'PUT', `/realms/test/components/${component}`, { config });
  };

  beforeAll(async () => {
    cluster = await startTestCluster(2);
    token = await adminToken(base(0));
    await admin(base(0), token, 'PUT', '/realms/master', { accessTokenLifespan: 600 });
    token = await adminToken(base(0));
  });
  afterAll(() => cluster?.stop());

  it('an RSA key added on one node signs on the other at once; the old one verifies until it is disabled', async () => {
    const login = new LoginWalk(walker(0));
    const before = await login.login(base(0), base(1), base(0));
    const oldKid = kidOf(before.access_token);
    expect(await published(1)).toContain(oldKid);

    const newKid = await add('rsa-generated', {});
    expect(newKid).not.toBe(oldKid);
    const after = await login.refresh(base(1), before.refresh_token);
    expect([kidOf(after.access_token), kidOf(after.id_token ?? '')]).toEqual([newKid, newKid]);
    expect(kidOf((await new LoginWalk(walker(1)).login(base(1))).access_token)).toBe(newKid);
    for (const node of [0, 1]) {
      expect(await published(node)).toEqual(expect.arrayContaining([oldKid, newKid]));
      for (const tokens of [before, after]) {
        await login.userinfo(base(node), tokens.access_token);
        expect(await login.introspect(base(node), tokens.access_token)).toMatchObject({ active: true });
      }
    }

    await change(1, oldKid, { active: ['false'] });
    for (const node of [0, 1]) {
      expect(await published(node)).toContain(oldKid);
      await login.userinfo(base(node), before.access_token);
    }

    await change(0, oldKid, { enabled: ['false'] });
    for (const node of [1, 0]) {
      expect(await published(node)).not.toContain(oldKid);
      await expect(login.userinfo(base(node), before.access_token)).rejects.toThrow(/401/);
      expect(await login.introspect(base(node), before.access_token)).toEqual({ active: false });
      await login.userinfo(base(node), after.access_token);
    }
    await login.refresh(base(0), after.refresh_token);
  });

  it('an active key is replaced by the next one as soon as it is passive, and removed everywhere when it is deleted', async () => {
    const login = new LoginWalk(walker(2));
    const next = await add('rsa-generated', { priority: ['2000'] });
    expect(kidOf((await login.login(base(1))).access_token)).toBe(next);
    await change(0, next, { active: ['false'] });
    expect(kidOf((await login.passwordGrant(base(1))).access_token)).not.toBe(next);
    const component = (await keys(0)).keys.find((key) => key.kid === next)?.providerId;
    await admin(base(0), token, 'DELETE', `/realms/test/components/${component}`);
    expect(await published(1)).not.toContain(next);
  });

  it('an HMAC secret rotates under refresh tokens: they work while it is passive and are refused when it is disabled', async () => {
    const login = new LoginWalk(walker(3));
    const before = await login.login(base(0));
    const oldKid = kidOf(before.refresh_token);
    const newKid = await add('hmac-generated', { algorithm: ['HS512'] });
    await change(1, oldKid, { active: ['false'] });
    const after = await login.refresh(base(1), before.refresh_token);
    expect(kidOf(after.refresh_token)).toBe(newKid);
    await login.refresh(base(0), before.refresh_token);

    await change(0, oldKid, { enabled: ['false'] });
    for (const node of [1, 0]) {
      await expect(login.refresh(base(node), before.refresh_token)).rejects.toThrow(/invalid_grant/);
      await login.refresh(base(node), after.refresh_token);
    }
  });
});
