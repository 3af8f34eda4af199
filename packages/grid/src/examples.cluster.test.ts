import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const folder = new URL('../examples/', import.meta.url);

// Without the tests' own database an example starts one itself, as it does for its readers.
describe('the examples', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    it(`${file} runs and prints what it says`, async () => {
      const path = new URL(file, folder);
      const promised = /\n\/\/ It prints:\n((?:\/\/ .*\n)+)$/.exec(readFileSync(path, 'utf8'))?.[1];
      const expected = promised?.replaceAll('// ', '');
      expect(expected).toBeDefined();
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [fileURLToPath(path)], { timeout: 90_000 });
      expect(stderr).toBe('');
      expect(stdout).toBe(expected);
    });
  }
});
