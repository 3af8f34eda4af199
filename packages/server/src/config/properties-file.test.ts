import { describe, expect, it } from 'vitest';
import { parseProperties } from './properties-file.ts';

const read = (text: string, known: Record<string, string> = {}) => Object.fromEntries(parseProperties(text, (name) => known[name]));

describe('the configuration file', () => {
  it('takes keys and values and leaves comments and blank lines', () => {
    expect(read('# note\n! note\n\ndb = postgres\r\nhttp-port=8081\n')).toEqual({ db: 'postgres', 'http-port': '8081' });
  });

  it('lets the last of two equal keys count', () => expect(read('db=a\ndb=b')).toEqual({ db: 'b' }));

  it('goes on in the next line after a backslash', () => expect(read('features=a,\\\n  b')).toEqual({ features: 'a,b' }));

  it('keeps equals signs and colons in values', () => {
    expect(read('db-url=jdbc:postgresql://h:5432/d?sslmode=require')).toEqual({ 'db-url': 'jdbc:postgresql://h:5432/d?sslmode=require' });
  });

  it('replaces references, with their default where there is one', () => {
    const reference = (name: string): string => `$\{${name}}`;
    const text = ['kc.home.dir', 'NONE:fallback', 'NONE'].map((name, index) => `k${index}=${reference(name)}/x`).join('\n');
    expect(read(text, { 'kc.home.dir': '/opt' })).toEqual({ k0: '/opt/x', k1: 'fallback/x', k2: `${reference('NONE')}/x` });
  });

  it('refuses a file that is far too large', () => expect(() => read(`a=${'x'.repeat(1_048_577)}`)).toThrow('larger than'));
});
