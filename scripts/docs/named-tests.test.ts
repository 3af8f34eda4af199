import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe.each(['specifications.md', 'vulnerabilities.md'])('docs/reference/%s', (page) => {
  const rows = readFileSync(join(root, 'docs/reference', page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|(?:-|\s*(?:specification|identifier)\s*\|)/.test(line));

  it('names a test in each row, and each is there', () => {
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      const named = [...row.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, path = '']) => path);
      expect(named, row).not.toEqual([]);
      for (const path of named) expect(existsSync(join(root, path)), path).toBe(true);
    }
  });
});
