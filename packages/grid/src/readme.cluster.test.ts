import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the tour of README.md runs and prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(readme)?.[1];
  const printed = /It prints `(.*)`/.exec(readme)?.[1];
  expect(code).toBeDefined();
  // Beside the sources, so that the package's own name is found.
  const folder = await mkdtemp(fileURLToPath(new URL('./readme-', import.meta.url)));
  try {
    await writeFile(`${folder}/tour.ts`, code ?? '');
    const { stdout } = await promisify(execFile)(process.execPath, [`${folder}/tour.ts`], { timeout: 30_000 });
    expect(stdout.trim()).toBe(printed);
  } finally {
    await rm(folder, { recursive: true });
  }
});
