import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { gridLogCodes } from '../../packages/grid/src/log-codes.ts';
import { commands } from '../../packages/server/src/cli/commands/index.ts';
import { parseCommandLine } from '../../packages/server/src/cli/parse.ts';
import { metricCatalogue } from '../../packages/server/src/observability/metric-catalogue.ts';
import { root, textOf, trackedFiles } from '../checks/repository.ts';

const guides = ['docs/guide/observability.md', 'docs/guide/kubernetes.md'];

/** Lines of the code blocks of a guide. */
function commandsIn(guide: string): string[] {
  return [...textOf(guide).matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));
}

describe.each(guides)('%s', (guide) => {
  const lines = commandsIn(guide);

  it('shows command lines that the server takes', () => {
    const own = lines.flatMap((line) => {
      const words = /(?:npx keygrid|keygrid\.mjs) (.+)$/.exec(line)?.[1];
      return words === undefined ? [] : [words.split(' ')];
    });
    expect(own.length).toBeGreaterThan(0);
    for (const words of own) expect(parseCommandLine(words, commands).command, words.join(' ')).toBeDefined();
  });

  it('names files, values and links that are there', () => {
    const text = textOf(guide);
    for (const [path] of text.matchAll(/\bdeploy\/[\w./-]*\w/g)) expect(existsSync(join(root, path)), path).toBe(true);
    for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)/g)) expect(existsSync(join(root, dirname(guide), link)), link).toBe(true);
    const values = parse(textOf('deploy/helm/keygrid/values.yaml')) as Record<string, Record<string, unknown>>;
    for (const [, group = '', name = ''] of text.matchAll(
      /\b(metrics|networkPolicy|ingress|istio|cluster|database)\.(?!md\b|json\b)([a-z]\w+)/g,
    ))
      expect(Object.keys(values[group] ?? {}), `${group}.${name}`).toContain(name);
  });

  it('names metrics and log ids that exist', () => {
    const text = textOf(guide);
    for (const [name] of text.matchAll(/\b(?:vendor|keygrid)_[a-z0-9_]+/g)) expect(Object.keys(metricCatalogue), name).toContain(name);
    for (const [code] of text.matchAll(/\b(?:ISPN|JGRP)\d{6}\b/g)) expect(Object.keys(gridLogCodes), code).toContain(code);
  });
});

it('every file of deploy/ stands in a guide or in the README, by itself or by its folder', () => {
  const text = [...guides, 'README.md'].map(textOf).join('\n');
  for (const file of trackedFiles().filter((one) => one.startsWith('deploy/'))) {
    const folders = file.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
    expect(
      folders.slice(1).some((folder) => text.includes(folder)),
      file,
    ).toBe(true);
  }
});
