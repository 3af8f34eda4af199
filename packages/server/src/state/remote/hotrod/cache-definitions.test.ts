import { describe, expect, it } from 'vitest';
import { breachOf, definitionXml } from './cache-definitions.ts';

const plain = { owners: 2, backupSites: [] };
const standing = (kind: string, attributes: Record<string, unknown>) => ({ loginFailures: { [kind]: attributes } });
const good = { mode: 'SYNC', owners: '2', encoding: { 'media-type': 'text/plain; charset=UTF-8' } };

describe('the definition of a remote cache', () => {
  it('names owners, and the sites that it is copied to', () => {
    expect(definitionXml({ owners: 3, backupSites: [] })).toContain('owners="3"');
    expect(definitionXml({ owners: 3, backupSites: [] })).not.toContain('backup');
    const copied = definitionXml({ owners: 2, backupSites: ['site-b', 'a"b'] });
    expect(copied).toContain('<backup site="site-b" strategy="SYNC" failure-policy="FAIL"');
    expect(copied).toContain('<backup site="a&quot;b"');
    expect(copied).toContain('locking="PESSIMISTIC"');
  });

  it.each([
    ['distributed-cache', good, undefined],
    ['replicated-cache', { mode: 'SYNC', encoding: { key: { 'media-type': 'text/plain' } } }, undefined],
    ['distributed-cache', { ...good, expiration: { 'max-idle': '-1', lifespan: '-1' } }, undefined],
    ['distributed-cache', { ...good, memory: { 'max-count': '5', 'when-full': 'NONE' } }, undefined],
    ['local-cache', { encoding: good.encoding }, 'it is a local-cache'],
    ['distributed-cache', { ...good, mode: 'ASYNC' }, 'its mode is ASYNC'],
    ['distributed-cache', { ...good, owners: '1' }, 'it has 1 owner'],
    ['distributed-cache', { ...good, memory: { 'max-count': '5', 'when-full': 'REMOVE' } }, 'its memory is bounded'],
    ['distributed-cache', { ...good, expiration: { 'max-idle': '5000' } }, 'it has a max-idle'],
    [
      'distributed-cache',
      { ...good, encoding: { 'media-type': 'application/x-protostream' } },
      'it is encoded as application/x-protostream',
    ],
  ] as const)('that stands is looked at: %s %j', (kind, attributes, breach) => {
    const found = breachOf(standing(kind, attributes), plain);
    if (breach === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(breach);
  });

  it('that is not copied to a wanted site is refused', () => {
    const sites = { owners: 2, backupSites: ['b'] };
    expect(breachOf(standing('distributed-cache', good), sites)).toContain("not copied to the site 'b'");
    const copied = { ...good, backups: { b: { backup: { strategy: 'SYNC' } } } };
    expect(breachOf(standing('distributed-cache', copied), sites)).toBeUndefined();
  });
});
