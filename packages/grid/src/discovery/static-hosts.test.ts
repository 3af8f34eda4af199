import { describe, expect, it } from 'vitest';
import { StaticHosts } from './static-hosts.ts';

describe('a list of initial hosts', () => {
  it('counts every port of the range of each host, and the addresses of a name', async () => {
    const found = await new StaticHosts([{ host: '10.0.0.1', port: 7_800 }], 1).round();
    expect(found).toEqual([
      { host: '10.0.0.1', port: 7_800 },
      { host: '10.0.0.1', port: 7_801 },
    ]);
    const named = await new StaticHosts([{ host: 'localhost', port: 7_800 }], 0).round();
    expect(named).toContainEqual({ host: 'localhost', port: 7_800 });
    expect(named.some(({ host }) => host === '127.0.0.1' || host === '::1')).toBe(true);
  });

  it('does without names that do not resolve, unless there are no others', async () => {
    const lost = { host: 'nobody.invalid', port: 7_800 };
    expect(await new StaticHosts([lost, { host: '10.0.0.1', port: 1 }], 0).round()).toEqual([{ host: '10.0.0.1', port: 1 }]);
    await expect(new StaticHosts([lost], 0).round()).rejects.toThrow('none of the initial hosts resolves: nobody.invalid');
  });
});
