import { describe, expect, it } from 'vitest';
import { enabledFeatures } from './features.ts';

const on = (enabled: string[], disabled: string[] = [], single: [string, string][] = []) =>
  enabledFeatures({ enabled, disabled, single: new Map(single) });

describe('features', () => {
  it('has the standard ones on and the others off', () => {
    expect(on([]).get('persistent-user-sessions')).toBe(1);
    expect(on([]).has('multi-site')).toBe(false);
  });

  it('switches on and off, with a version', () => {
    expect(on(['multi-site', 'login:v1']).get('login')).toBe(1);
    expect(on(['multi-site']).has('multi-site')).toBe(true);
    expect(on([], ['persistent-user-sessions']).has('persistent-user-sessions')).toBe(false);
    expect(on(['preview']).has('stateless')).toBe(true);
  });

  it('lets a single feature win over the lists', () => {
    expect(on(['multi-site'], [], [['multi-site', 'disabled']]).has('multi-site')).toBe(false);
    expect(on([], ['login'], [['login', 'v1']]).get('login')).toBe(1);
  });

  it('takes the names of features that are not here, and has none of them on', () => {
    for (const lists of [
      [['ciba'], []],
      [[], ['ciba']],
    ] as [string[], string[]][])
      expect(on(...lists).has('ciba')).toBe(false);
  });

  it.each([
    [['nonsense'], [], "'nonsense' is an unrecognized feature"],
    [['login:v9'], [], "'v9' is not a version of the feature 'login'"],
    [['login'], ['login'], 'login is in both the enabled and disabled feature lists.'],
    [['__proto__'], [], 'unrecognized feature'],
  ])('refuses %j with %j', (enabled, disabled, words) => expect(() => on(enabled, disabled)).toThrow(words));
});
