import { expect, it } from 'vitest';
import { MemoryAuthority } from './authority/memory.ts';
import { gridFigures } from './figures.ts';
import { Grid, startGrid } from './grid.ts';
import { MemoryCertificateStore } from './testing/memory-certificate-store.ts';

it('every figure of a member is declared', async () => {
  await using alone = await Grid.start();
  for (const name of alone.figures().keys()) expect(Object.keys(gridFigures)).toContain(name);
  // With sockets and certificates; an authority of one process stands in for the database.
  await using clustered = await startGrid(
    { authority: { kind: 'postgres', connection: {} }, bindPort: 0, tls: { store: new MemoryCertificateStore() } },
    { authority: new MemoryAuthority() },
  );
  const names = [...clustered.figures().keys()];
  expect(Object.keys(gridFigures)).toEqual(expect.arrayContaining(names));
  expect(names).toEqual(expect.arrayContaining(Object.keys(gridFigures).filter((name) => !name.startsWith('discovery'))));
});
