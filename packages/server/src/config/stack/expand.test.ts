// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the references under test are those of configuration files, not of this language
import { describe, expect, it } from 'vitest';
import { expand } from './expand.ts';

const lookup = (name: string): string | undefined =>
  (({ 'a.b': 'one', second: 'two', 'env.HOME': '/h', empty: '' }) as Record<string, string>)[name];
const text = (source: string): string => {
  const expansion = expand(source, lookup);
  return 'text' in expansion ? expansion.text : `missing ${expansion.missing.join(' and ')}`;
};

describe('a property reference', () => {
  it.each([
    ['plain', 'plain'],
    ['${a.b}', 'one'],
    ['x${a.b}-${second}y', 'xone-twoy'],
    ['${none,second:d}', 'two'],
    ['${none:default}', 'default'],
    ['${none:}', ''],
    ['${empty:default}', ''],
    ['${none:${a.b}}', 'one'],
    ['${none:${alsonone:deep}}', 'deep'],
    ['${none:a:b}', 'a:b'],
    ['${env.HOME}', '/h'],
    ['a${/}b${:}c', 'a/b:c'],
    ['${unclosed', '${unclosed'],
    ['$a {b}', '$a {b}'],
    ['${none}', 'missing none'],
    ['${none,nor}-${third}', 'missing none,nor and third'],
  ])('%s is %s', (source, expected) => expect(text(source)).toBe(expected));

  it('tells which property gave the value', () => expect(expand('${none,a.b:d}', lookup)).toEqual({ text: 'one', from: ['a.b'] }));

  it('stops at a depth', () => expect(text(`${'${none:'.repeat(20)}x${'}'.repeat(20)}`)).toContain('missing'));
});
