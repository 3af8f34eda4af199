import { describe, expect, it } from 'vitest';
import type { CacheOptions, GridLogLine } from './api.ts';
import { MemoryAuthority } from './authority/memory.ts';
import { Grid, startGrid } from './grid.ts';
import { MemoryNetwork } from './transport/memory-network.ts';

describe('Grid.start', () => {
  it('without options is a working single node with distributed, replicated and local caches', async () => {
    await using grid = await Grid.start();
    for (const mode of ['distributed', 'replicated', 'local'] as const) {
      const cache = grid.cache<string, string>(`test-${mode}`, { mode });
      await cache.put('key', 'value');
      expect(await cache.get('key')).toBe('value');
      expect(await cache.getAndRemove('key')).toBe('value');
      expect(await cache.getAndRemove('key')).toBeUndefined();
    }
    await expect.poll(() => grid.ready, { timeout: 5_000 }).toBe(true);
    expect(grid.view.members).toHaveLength(1);
    expect(grid.view.members[0]).toMatchObject({ name: grid.name, coordinator: true, self: true });
    await expect.poll(() => grid.health('test-local'), { timeout: 5_000 }).toBe('HEALTHY');
  });

  it('says what operators search for in the log', async () => {
    const lines: GridLogLine[] = [];
    const grid = await Grid.start({ nodeName: 'n1', labels: { site: 'east' }, versionLabel: '1', log: (line) => lines.push(line) });
    await grid.stop();
    const messages = lines.map((line) => line.message);
    expect(messages[0]).toBe('ISPN000078: Starting JGroups channel `ISPN` with stack `local`');
    expect(messages[1]).toMatch(/^ISPN000079: Channel `ISPN` local address is `n1`, physical addresses are `\[127\.0\.0\.1:\d+\]`$/);
    expect(messages.filter((message) => message.startsWith('ISPN000094'))).toEqual([
      'ISPN000094: Received new cluster view for channel ISPN: [n1(v=1, s=east)|1] (1) [n1(v=1, s=east)]',
    ]);
    expect(messages).toContain('ISPN000080: Disconnecting JGroups channel `ISPN`');
  });

  it('lets the event loop turn for a program that awaits nothing but its own operations', async () => {
    await using grid = await Grid.start();
    for (const mode of ['distributed', 'replicated', 'local'] as const) {
      const cache = grid.cache<string, number>(`busy-${mode}`, { mode });
      let turned = false;
      setTimeout(() => {
        turned = true;
      }, 1);
      let operations = 0;
      for (; !turned && operations < 20_000_000; operations += 1)
        await (operations % 2 === 0 ? cache.put('k', operations) : cache.get('k'));
      expect(turned).toBe(true);
    }
    expect(grid.fenced).toBe(false);
  }, 60_000);

  it('opens caches of whatever values before it joins', async () => {
    const sessions: CacheOptions<{ readonly user: string }> = {
      updates: { rename: (current, user) => ({ value: { ...current, user: String(user) }, result: current?.user }) },
    };
    const texts: CacheOptions<string> = {
      codec: { encode: (text) => new TextEncoder().encode(text.toUpperCase()), decode: (bytes) => new TextDecoder().decode(bytes) },
    };
    await using grid = await Grid.start({ caches: { sessions, texts } });
    const opened = grid.cache<string, { readonly user: string }>('sessions');
    await opened.put('s', { user: 'alice' });
    expect(await opened.update('s', 'rename', 'bob')).toBe('alice');
    expect(await opened.get('s')).toEqual({ user: 'bob' });
    await grid.cache<string, string>('texts').put('t', 'loud');
    expect(await grid.cache<string, string>('texts').get('t')).toBe('LOUD');
  });

  it('stops once, whatever is under way, and refuses what comes after', async () => {
    const grid = await Grid.start();
    const cache = grid.cache<string, number>('numbers');
    await Promise.all([grid.stop(), grid.stop()]);
    await expect(cache.get('key')).rejects.toMatchObject({ code: 'GRID_FENCED' });
    expect(() => grid.cache('others')).toThrow(/GRID_STOPPED/);
    expect(grid.ready).toBe(false);
    expect(grid.health('numbers')).toBe('FAILED');
  });

  it('runs scheduled tasks on the coordinator and aborts them at the end', async () => {
    const grid = await Grid.start();
    const signals: AbortSignal[] = [];
    grid.schedule('sweep', 5, ({ signal }) => {
      signals.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    });
    await expect.poll(() => signals.length, { timeout: 5_000 }).toBe(1);
    await grid.stop();
    expect(signals[0]?.aborted).toBe(true);
    expect(signals).toHaveLength(1);
  });

  it('refuses impossible options by name', async () => {
    await expect(Grid.start({ bindPort: 70_000 })).rejects.toThrow(/bindPort is 70000/);
    await expect(Grid.start({ nodeName: 'a b' })).rejects.toThrow(/nodeName/);
  });

  it('forms a cluster of three over the fake network, where one put is seen everywhere', async () => {
    const [authority, network] = [new MemoryAuthority(), new MemoryNetwork()];
    const nodes = await Promise.all(
      ['n1', 'n2', 'n3'].map((nodeName) => startGrid({ nodeName }, { authority, transport: network.transport() })),
    );
    await expect
      .poll(() => nodes.map((node) => `${node.view.members.length} ${node.view.phase}`), { timeout: 20_000 })
      .toEqual(Array(3).fill('3 STABLE'));
    await nodes[0]?.cache<string, string>('test').put('key', 'value');
    for (const node of nodes) expect(await node.cache<string, string>('test').get('key')).toBe('value');
    await Promise.all(nodes.map((node) => node.stop()));
  }, 30_000);
});
