import { describe, expect, it } from 'vitest';
import { isUnambiguous } from './unambiguous-json.ts';

describe('JSON that can be read in one way', () => {
  it.each([
    '{}',
    '[]',
    '{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":["a","a","b:"],"b":"a"}',
    '["a","a"]',
    `${'['.repeat(32)}${']'.repeat(32)}`,
  ])('%s is one', (json) => expect(isUnambiguous(json)).toBe(true));

  it.each([
    '{"a":1,"a":1}',
    '{"sub":"alice","sub":"bob"}',
    '{"sub":"alice","\\u0073ub":"bob"}',
    '{"x":{"a":1,"b":[],"a":2}}',
    '{"a":[{"b":1,"b":2}]}',
    `${'['.repeat(33)}${']'.repeat(33)}`,
  ])('%s is none', (json) => expect(isUnambiguous(json)).toBe(false));
});
