import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

describe('the files of one rule each', () => {
  const rules = ['packages/server/src/oidc/rules', 'packages/server/src/protection/rules'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );

  it('stand in the page of specifications, each of them', () => {
    const page = readFileSync(join(root, 'docs/reference/specifications.md'), 'utf8');
    expect(rules.length).toBeGreaterThan(30);
    expect(rules.filter((path) => !page.includes(`\`${path}\``))).toEqual([]);
  });

  it('are named for the specification and the section, and say what is refused', () => {
    const named =
      /\/(?:rfc\d+|oidc-[a-z]+|jarm|uma2-[a-z]+|back-channel-logout|rp-initiated-logout)-\d+(?:\.\d+)*-[a-z-]+(?:\.db)?\.test\.ts$/;
    const refused = /refus|reject|no other|nobody|not a|never|nothing|no more|challenges|invalid_|toBe\(false\)|\b40[0-9]\b/;
    expect(rules.filter((path) => !named.test(path))).toEqual([]);
    expect(rules.filter((path) => !refused.test(readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });
});
