import { Grid, type GridNode } from '@keygrid/grid';
import type { SessionData, Store } from 'express-session';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GridSessionStore } from './grid-session-store.ts';

let grid: GridNode;
beforeAll(async () => {
  grid = await Grid.start();
});
afterAll(() => grid.stop());

const sessionOf = (maxAge: number | null, more: object = {}): SessionData =>
  ({
    cookie: { originalMaxAge: maxAge, expires: maxAge === null ? null : new Date(Date.now() + maxAge) },
    ...more,
  }) as unknown as SessionData;

const read = (store: Store, id: string) =>
  new Promise<SessionData | null | undefined>((resolve, reject) =>
    store.get(id, (error, session) => (error ? reject(error) : resolve(session))),
  );
const run = (work: (done: (error?: unknown) => void) => void) =>
  new Promise<void>((resolve, reject) => work((error) => (error ? reject(error) : resolve())));

describe('GridSessionStore', () => {
  it('keeps, replaces, lists, counts and destroys sessions', async () => {
    const store = new GridSessionStore({ grid, cacheName: 'listed' });
    await run((done) => store.set('a', sessionOf(60_000, { user: 'ann' }), done));
    await run((done) => store.set('b', sessionOf(null, { user: 'bob' }), done));
    expect(await read(store, 'a')).toMatchObject({ user: 'ann' });
    expect(await read(store, 'none')).toBeNull();
    const all = await new Promise((resolve) => store.all((_error, sessions) => resolve(sessions)));
    expect(all).toMatchObject({ a: { user: 'ann' }, b: { user: 'bob' } });
    await run((done) => store.destroy('a', done));
    expect(await new Promise((resolve) => store.length((_error, count) => resolve(count)))).toBe(1);
    await run((done) => store.clear(done));
    expect(await read(store, 'b')).toBeNull();
  });

  it('lets a session live as long as its cookie from its last use on', async () => {
    const store = new GridSessionStore({ grid, cacheName: 'short' });
    await run((done) => store.set('short', sessionOf(80), done));
    await run((done) => store.set('long', sessionOf(60_000), done));
    await run((done) => store.set('past', sessionOf(-1), done));
    const cache = grid.cache('short');
    await expect.poll(() => cache.size(), { timeout: 5_000 }).toBe(1);
    expect(await read(store, 'long')).not.toBeNull();
  });

  it('follows a cookie whose life has changed, and does not write a session anew that was only used', async () => {
    const store = new GridSessionStore({ grid, cacheName: 'touched' });
    const cache = grid.cache('touched');
    await run((done) => store.set('s', sessionOf(60_000, { user: 'ann' }), done));
    const before = await cache.getVersioned('s');
    await run((done) => store.touch('s', sessionOf(60_000), done));
    expect((await cache.getVersioned('s'))?.version).toBe(before?.version);
    await run((done) => store.touch('s', sessionOf(120_000), done));
    expect(await read(store, 's')).toMatchObject({ user: 'ann', cookie: { originalMaxAge: 120_000 } });
    await run((done) => store.touch('s', sessionOf(80), done));
    await expect.poll(() => cache.size(), { timeout: 5_000 }).toBe(0);
    await run((done) => store.touch('s', sessionOf(60_000), done));
    expect(await read(store, 's')).toBeNull();
  });

  it('hands errors of the grid to the callback', async () => {
    const store = new GridSessionStore({ grid, cacheName: 'failing' });
    await expect(read(store, 'x'.repeat(2_000))).rejects.toMatchObject({ code: 'GRID_BAD_ARGUMENT' });
  });
});
