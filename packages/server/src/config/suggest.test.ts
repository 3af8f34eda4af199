import { describe, expect, it } from 'vitest';
import { allOptions } from './options/index.ts';
import { editDistance, nearestNames } from './suggest.ts';

describe('suggestions', () => {
  it('counts edits', () => {
    expect(editDistance('htp-port', 'http-port')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it.each([
    ['htp-port', 'http-port'],
    ['db-usrname', 'db-username'],
    ['hostnam', 'hostname'],
    ['cache-embedded-bind-port', 'cache-embedded-network-bind-port'],
  ])('puts the name that was meant by %s first', (wanted, meant) => expect(nearestNames(wanted, allOptions.keys())[0]).toBe(meant));

  it('suggests nothing where nothing is near, and never more than seven', () => {
    expect(nearestNames('zzzzzz', allOptions.keys())).toEqual([]);
    expect(nearestNames('cache-embedded', allOptions.keys()).length).toBeLessThanOrEqual(7);
  });
});
