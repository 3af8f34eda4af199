import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUmaWorld, type UmaReply, type UmaWorld } from '../../testing/uma-world.ts';

let world: UmaWorld;
let pat: string;
let owner: string;
let bobAsOwner: string;
let bob: string;
let photo: string;
beforeAll(async () => {
  world = await startUmaWorld();
  [pat, owner, bobAsOwner, bob] = await Promise.all([
    world.account(),
    world.login('alice', 'rs'),
    world.login('bob', 'rs'),
    world.login('bob'),
  ]);
  const body = { name: 'photo', ownerManagedAccess: true, resource_scopes: ['view', 'print', 'zoom'] };
  photo = String((await world.protection(owner, 'POST', '/resource_set', body)).json['_id']);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const error = ({ status, json }: UmaReply) => [status, json.error];
const ticketFor = async (...scopes: string[]): Promise<string> =>
  String((await world.protection(pat, 'POST', '/permission', [{ resource_id: photo, resource_scopes: scopes }])).json['ticket']);
const tickets = async (bearer: string, query = '') =>
  (await world.protection(bearer, 'GET', `/permission/ticket?returnNames=true${query}`)).list;
const wishes = async (bearer: string, query = '') =>
  (await tickets(bearer, query)).map(({ scopeName, granted }) => `${scopeName}:${granted}`).sort();
const got = async (form: Record<string, string>): Promise<unknown> => {
  const { status, list, json } = await world.uma(bob, { response_mode: 'permissions', ...form });
  return status === 200 ? list.map(({ scopes = [] }) => [...(scopes as string[])].sort().join()) : json.error_description;
};

describe('UMA 2.0 Grant section 3.3.6: what is not granted is asked of the owner', () => {
  it('a ticket leaves a wish for each scope, once, where the client does not forbid it', async () => {
    expect(await got({ ticket: await ticketFor('view', 'print'), submit_request: 'false' })).toBe('not_authorized');
    expect(await wishes(pat)).toEqual([]);
    const ticket = await ticketFor('view', 'print');
    expect(await got({ ticket })).toBe('request_submitted');
    expect(await got({ ticket })).toBe('request_submitted');
    expect(await wishes(pat)).toEqual(['print:false', 'view:false']);
  });

  it('the wish is seen by the server, the owner and who wishes, and by nobody else', async () => {
    expect(await wishes(owner)).toHaveLength(2);
    expect(await wishes(bobAsOwner)).toHaveLength(2);
    expect((await world.protection(pat, 'GET', '/permission/ticket/count?granted=false')).json).toBe(2);
    expect(await wishes(pat, `&resourceId=${photo}&scopeId=view`)).toEqual(['view:false']);
    expect(await wishes(pat, '&owner=bob')).toEqual([]);
    expect((await tickets(owner, '&requester=bob'))[0]).toMatchObject({ ownerName: 'alice', requesterName: 'bob', resourceName: 'photo' });
  });

  it('only the owner and the server grant it, and then it is granted with the next request', async () => {
    const view = (await tickets(pat)).find(({ scopeName }) => scopeName === 'view');
    expect(error(await world.protection(bobAsOwner, 'PUT', '/permission/ticket', { id: view?.['id'], granted: true }))).toEqual([
      403,
      'not_authorised',
    ]);
    expect(await got({ audience: 'rs', permission: photo })).toBe('not_authorized');
    expect((await world.protection(owner, 'PUT', '/permission/ticket', { ...view, granted: true })).status).toBe(204);
    expect(await got({ audience: 'rs', permission: photo })).toEqual(['view']);
    expect(await got({ audience: 'rs', permission: 'photo' })).toEqual(['view']);
    expect(await got({ audience: 'rs' })).toContainEqual('view');
    expect(await got({ ticket: await ticketFor('view', 'print') })).toEqual(['view']);
  });

  it('a scope that was not granted is not granted by one that was', async () => {
    expect(await got({ audience: 'rs', permission: 'photo#print' })).toBe('not_authorized');
    expect(await got({ audience: 'rs', permission: `${photo}#print` })).toBe('not_authorized');
    expect(await got({ audience: 'rs', permission: 'photo#view,print' })).toEqual(['view']);
  });

  it('a grant that is taken back, or whose ticket goes, ends with the next request', async () => {
    const ofBob = async (scope: string) => (await tickets(pat)).find(({ scopeName }) => scopeName === scope)?.['id'];
    await world.protection(owner, 'PUT', '/permission/ticket', { id: await ofBob('print'), granted: true });
    expect(await got({ audience: 'rs', permission: photo })).toEqual(['print,view']);
    await world.protection(owner, 'PUT', '/permission/ticket', { id: await ofBob('print'), granted: false });
    expect(await got({ audience: 'rs', permission: photo })).toEqual(['view']);
    expect((await world.protection(bobAsOwner, 'DELETE', `/permission/ticket/${await ofBob('view')}`)).status).toBe(204);
    expect(await got({ audience: 'rs', permission: photo })).toBe('not_authorized');
    expect((await world.admin('GET', `/policy?owner=${await world.userId('alice')}`)).list).toEqual([]);
  });

  it('owners and the server may make tickets of their own', async () => {
    const body = { resource: photo, requesterName: 'bob', scopeName: 'zoom', granted: true };
    expect((await world.protection(owner, 'POST', '/permission/ticket', body)).status).toBe(200);
    expect(await got({ audience: 'rs', permission: 'photo#zoom' })).toEqual(['zoom']);
    expect((await world.protection(pat, 'POST', '/permission/ticket', body)).json.error_description).toBe('Permission already exists');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an id', { id: 'x' }, 'invalid_permission'],
    ['no resource', {}, 'invalid_permission'],
    ['no scope', { resource: 'PHOTO', requesterName: 'bob' }, 'invalid_permission'],
    ['no requester', { resource: 'PHOTO', scopeName: 'view' }, 'invalid_permission'],
    ['a requester who is not there', { resource: 'PHOTO', scopeName: 'view', requesterName: 'nobody' }, 'invalid_permission'],
    ['a resource that is not there', { resource: 'nope', scopeName: 'view', requesterName: 'bob' }, 'invalid_resource_id'],
    ['a scope that is not there', { resource: 'PHOTO', scopeName: 'nope', requesterName: 'bob' }, 'invalid_scope'],
    ['a scope that it does not have', { resource: 'PHOTO', scopeName: 'read', requesterName: 'bob' }, 'invalid_resource_id'],
  ])('a ticket with %s is refused', async (_what, body, expected) => {
    const resource = body['resource'] === 'PHOTO' ? photo : body['resource'];
    expect(error(await world.protection(owner, 'POST', '/permission/ticket', { ...body, resource }))).toEqual([400, expected]);
  });

  it('tickets that are not there are refused in the same words', async () => {
    for (const body of [{}, { id: 'nope', granted: true }]) {
      expect(error(await world.protection(pat, 'PUT', '/permission/ticket', body))).toEqual([400, 'invalid_request']);
    }
    expect(error(await world.protection(pat, 'DELETE', '/permission/ticket/nope'))).toEqual([400, 'invalid_request']);
  });
});

describe('policies of owners', () => {
  let policy: string;

  it('share a resource with whom they name', async () => {
    const body = { name: 'friends', description: 'd', scopes: ['print'], users: ['bob'], clients: ['app'] };
    const made = await world.protection(owner, 'POST', `/uma-policy/${photo}`, body);
    expect(made.json).toEqual({
      ...body,
      id: expect.any(String),
      type: 'uma',
      logic: 'POSITIVE',
      decisionStrategy: 'UNANIMOUS',
      owner: await world.userId('alice'),
    });
    policy = String(made.json['id']);
    expect(await got({ audience: 'rs', permission: 'photo#print' })).toEqual(['print']);
    const names = (await world.protection(owner, 'GET', '/uma-policy?name=friends&scope=print')).list.map(({ name }) => name);
    expect(names).toEqual(['friends']);
    // What users share is nothing that administrators see among their own.
    expect((await world.admin('GET', '/permission?name=friends')).list).toEqual([]);
    expect(JSON.stringify((await world.admin('GET', '/settings')).json)).not.toContain('friends');
  });

  it('are replaced and removed by the owner alone', async () => {
    expect(error(await world.protection(bobAsOwner, 'PUT', `/uma-policy/${policy}`, { users: ['bob'] }))).toEqual([400, 'invalid_request']);
    expect(
      (await world.protection(owner, 'PUT', `/uma-policy/${policy}`, { name: 'friends', scopes: ['print'], roles: ['boss'] })).status,
    ).toBe(201);
    expect((await world.protection(owner, 'GET', `/uma-policy/${policy}`)).json).toMatchObject({ roles: ['boss'] });
    expect(await got({ audience: 'rs', permission: 'photo#print' })).toBe('not_authorized');
    expect(error(await world.protection(bobAsOwner, 'DELETE', `/uma-policy/${policy}`))).toEqual([400, 'invalid_request']);
    expect((await world.protection(owner, 'DELETE', `/uma-policy/${policy}`)).status).toBe(204);
    expect(error(await world.protection(owner, 'GET', `/uma-policy/${policy}`))).toEqual([404, 'invalid_request']);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an id', { id: 'x', name: 'p' }],
    ['a scope that the resource does not have', { name: 'p', scopes: ['read'] }],
    ['a script', { name: 'p', condition: '$evaluation.grant()' }],
    ['a user who is not there', { name: 'p', users: ['nobody'] }],
  ])('with %s are refused', async (_what, body) => {
    expect((await world.protection(owner, 'POST', `/uma-policy/${photo}`, body)).status).toBe(400);
  });

  it('of what the owner may not share, or does not own, are refused', async () => {
    const id = String((await world.protection(owner, 'POST', '/resource_set', { name: 'diary' })).json['_id']);
    expect(error(await world.protection(owner, 'POST', `/uma-policy/${id}`, { name: 'p' }))).toEqual([400, 'invalid_request']);
    expect(error(await world.protection(pat, 'POST', `/uma-policy/${photo}`, { name: 'p' }))).toEqual([400, 'invalid_request']);
    expect(error(await world.protection(owner, 'POST', '/uma-policy/nope', { name: 'p' }))).toEqual([400, 'invalid_request']);
  });
});
