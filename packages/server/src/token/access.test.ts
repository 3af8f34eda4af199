import { describe, expect, it } from 'vitest';
import type { Directory } from '../cache/contracts.ts';
import { clientFixture, clientScopeFixture, realmFixture, roleFixture, userFixture } from '../testing/fixtures.ts';
import { emptyDirectoryData, memoryDirectory } from '../testing/memory-directory.ts';
import { accessOf } from './access.ts';

function world() {
  const data = emptyDirectoryData();
  const realm = realmFixture();
  const client = clientFixture(realm, { defaultClientScopes: ['roles'] });
  const user = userFixture(realm);
  const role = roleFixture(realm, 'boss');
  data.realms.push(realm);
  data.clients.push(client);
  data.users.push(user);
  data.roles.push(role);
  data.clientScopes.push(clientScopeFixture(realm, 'roles'));
  const at: { generation: number | undefined; reads: number } = { generation: 0, reads: 0 };
  const arrays = memoryDirectory(data);
  const directory: Directory = {
    ...arrays,
    generation: () => at.generation,
    grants: (...asked) => {
      at.reads += 1;
      return arrays.grants(...asked);
    },
  };
  const grant = () => data.grants.set(user.id, { roleIds: [role.id], groupIds: [] });
  const access = (as = client, scope = '') => accessOf(directory, realm, as, user, scope);
  return { at, directory, realm, client, user, grant, access };
}

describe('what a client sees of a user', () => {
  it('is worked out once as long as nothing changes', async () => {
    const { at, access } = world();
    expect(await access()).toBe(await access());
    expect(at.reads).toBe(1);
  });

  it('is worked out anew after any change', async () => {
    const { at, access, grant } = world();
    expect((await access()).roles.realm).toEqual([]);
    grant();
    at.generation = 1;
    expect((await access()).roles.realm).toEqual(['boss']);
  });

  it('is not kept where a change came while it was worked out', async () => {
    const { at, access, grant } = world();
    const early = access();
    at.generation = 1;
    await early;
    grant();
    expect((await access()).roles.realm).toEqual(['boss']);
  });

  it('is never kept while nothing tells of changes', async () => {
    const { at, access, grant } = world();
    at.generation = undefined;
    await access();
    grant();
    expect((await access()).roles.realm).toEqual(['boss']);
  });

  it('is another one for another client, a newer state of the client, and another scope', async () => {
    const { at, access, client, realm } = world();
    const first = await access();
    await access(clientFixture(realm, { clientId: 'other' }));
    await access({ ...client });
    await access(client, 'openid');
    expect(at.reads).toBe(4);
    expect(await access()).toBe(first);
  });

  it('is remembered for a few clients and scopes of a user', async () => {
    const { at, access, client } = world();
    for (let index = 0; index < 20; index += 1) await access(client, `openid ${index}`);
    await access(client, 'openid 19');
    expect(at.reads).toBe(20);
    await access(client, 'openid 0');
    expect(at.reads).toBe(21);
  });
});
