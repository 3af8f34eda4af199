import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUmaWorld, type UmaReply, type UmaWorld } from '../testing/uma-world.ts';

// Flaws of the original that were published; docs/reference/vulnerabilities.md lists them.

let world: UmaWorld;
let pat: string;
let alice: string;
let bob: string;
beforeAll(async () => {
  world = await startUmaWorld();
  [pat, alice, bob] = await Promise.all([world.account(), world.login('alice', 'rs'), world.login('bob', 'rs')]);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const idOf = ({ json }: UmaReply): string => String(json['_id']);
const owned = async (owner: string, name: string): Promise<string> =>
  idOf(await world.protection(owner, 'POST', '/resource_set', { name, ownerManagedAccess: true, resource_scopes: ['view'] }));

describe('CVE-2026-4628: remote management that is switched off', () => {
  it('forbids to make, to change and to remove', async () => {
    const id = await owned(alice, 'locked');
    await world.admin('PUT', '', { allowRemoteResourceManagement: false });
    for (const bearer of [alice, pat]) {
      for (const [method, path] of [
        ['POST', ''],
        ['PUT', `/${id}`],
        ['DELETE', `/${id}`],
      ] as const) {
        const answer = await world.protection(
          bearer,
          method,
          `/resource_set${path}`,
          method === 'DELETE' ? undefined : { name: 'changed' },
        );
        expect([method, answer.status, answer.json.error]).toEqual([method, 400, 'not_supported']);
      }
    }
    await world.admin('PUT', '', { allowRemoteResourceManagement: true });
    expect((await world.protection(alice, 'GET', `/resource_set/${id}`)).json).toMatchObject({ name: 'locked' });
  });
});

describe('CVE-2026-4630: a resource of another resource server', () => {
  it('is not there', async () => {
    const id = await owned(alice, 'of rs');
    const admin = await world.server.token('master', 'admin');
    const [app] = (await world.server.call(admin, 'GET', '/realms/uma/clients?clientId=app')).json<{ id: string }[]>();
    const enabled = { ...app, authorizationServicesEnabled: true };
    expect((await world.server.call(admin, 'PUT', `/realms/uma/clients/${app?.id}`, enabled)).status).toBe(204);
    const other = await world.account('app');
    expect((await world.protection(other, 'POST', '/resource_set', { name: 'of app' })).status).toBe(201);
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const answer = await world.protection(other, method, `/resource_set/${id}`, method === 'PUT' ? { name: 'taken' } : undefined);
      expect([method, answer.status]).toEqual([method, 404]);
    }
    expect((await world.protection(other, 'POST', '/permission', [{ resource_id: id }])).json.error).toBe('invalid_resource_id');
    expect((await world.protection(alice, 'GET', `/resource_set/${id}`)).json).toMatchObject({ name: 'of rs' });
  });
});

describe('CVE-2025-14778, CVE-2026-4636: a permission of an owner', () => {
  it('is for the resource of the path alone, whatever its body names', async () => {
    const own = await owned(alice, 'own');
    const foreign = await owned(bob, 'foreign');
    const carol = await world.login('carol');
    const granted = async (resource: string): Promise<number> =>
      (await world.uma(carol, { audience: 'rs', permission: `${resource}#view`, submit_request: 'false' })).status;
    const body = { name: 'mine', users: ['carol'], scopes: ['view'], resources: [foreign] };
    const made = await world.protection(alice, 'POST', `/uma-policy/${own}`, body);
    expect([made.status, await granted(own), await granted(foreign)]).toEqual([200, 200, 403]);
    const changed = await world.protection(alice, 'PUT', `/uma-policy/${String(made.json['id'])}`, { ...body, resources: [own, foreign] });
    expect([changed.status, await granted(own), await granted(foreign)]).toEqual([201, 200, 403]);
    for (const method of ['PUT', 'DELETE'] as const) {
      const answer = await world.protection(bob, method, `/uma-policy/${String(made.json['id'])}`, method === 'PUT' ? body : undefined);
      expect([method, answer.status]).toEqual([method, 400]);
    }
    expect((await world.protection(bob, 'POST', `/uma-policy/${own}`, { ...body, name: 'bobs' })).status).toBe(400);
  });
});
