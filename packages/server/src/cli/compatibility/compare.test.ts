import { describe, expect, it } from 'vitest';
import { compareMetadata, parseMetadata } from './compare.ts';

const feature = (enabled: boolean, version = 1): string => JSON.stringify({ enabled, version, updatePolicy: 'any' });
const problems = (before: Record<string, Record<string, string>>, now: Record<string, Record<string, string>>) =>
  compareMetadata(before, now).flatMap(({ incompatible }) => incompatible);

describe('two configurations', () => {
  it('may run beside each other where every attribute is the same', () => {
    const metadata = { database: { db: 'postgres' }, keycloak: { version: '1.2.3' } };
    expect(compareMetadata(metadata, metadata)).toEqual([
      { section: 'database', incompatible: [] },
      { section: 'keycloak', incompatible: [] },
    ]);
  });

  it('may not where an attribute differs, is new or is gone', () => {
    expect(problems({ cacheEmbedded: { a: '1', b: '2' } }, { cacheEmbedded: { a: '3', c: '4' } })).toEqual([
      "'cacheEmbedded.a' is incompatible: 1 -> 3.",
      "'cacheEmbedded.b' is incompatible: 2 -> null.",
      "'cacheEmbedded.c' is incompatible: null -> 4.",
    ]);
  });

  it.each([
    ['1.2.3', '1.2.9', true],
    ['1.2.9', '1.2.3', true],
    ['1.2.3', '1.3.0', false],
    ['1.2.3', '2.2.3', false],
    ['1.2.3', 'nightly', false],
  ])('of versions %s and %s: %s', (before, now, agree) =>
    expect(problems({ keycloak: { version: before } }, { keycloak: { version: now } }).length === 0).toBe(agree),
  );

  it.each([
    ['persistent-user-sessions', feature(true), feature(false), false],
    ['persistent-user-sessions', feature(false, 1), feature(false, 2), true],
    ['multi-site', undefined, feature(false), true],
    ['login', feature(true, 1), feature(true, 2), false],
    ['login', feature(true, 1), feature(false, 1), true],
    ['impersonation', feature(true, 1), feature(false, 2), true],
    ['clusterless', 'no json', feature(true), false],
  ])('with feature %s %s and %s: %s', (name, before, now, agree) => {
    const section = (value: string | undefined) => ({ 'feature-compatibility': value === undefined ? {} : { [name]: value } });
    expect(problems(section(before), section(now)).length === 0).toBe(agree);
  });
});

describe('a metadata file', () => {
  it.each(['', '{', '[]', 'null', '{"a":1}', '{"a":{"b":1}}', '{"a":[]}'])('is none: %s', (text) =>
    expect(parseMetadata(text)).toBeUndefined(),
  );
  it('is read as it was written', () => expect(parseMetadata('{"a":{"b":"c"}}')).toEqual({ a: { b: 'c' } }));
});
