import { expect, it } from 'vitest';
import { Grid } from './grid.ts';

it('a stopped member leaves no timer behind (R4)', async () => {
  const timers = () =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'TCPSocketWrap' || kind === 'TCPServerWrap').length;
  const before = timers();
  const grid = await Grid.start();
  grid.schedule('task', 10, async () => {});
  await grid.cache<string, number>('numbers').put('one', 1);
  expect(timers()).toBeGreaterThan(before);
  await grid.stop();
  expect(timers()).toBeLessThanOrEqual(before);
});
