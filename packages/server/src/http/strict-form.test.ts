import { describe, expect, it } from 'vitest';
import { ReplyError } from './errors.ts';
import { isWellEncoded, parseStrictForm } from './strict-form.ts';

describe('strict form parsing', () => {
  it('decodes plus signs and percent escapes', () => {
    expect(parseStrictForm('a=1+2&b=%C3%A4')).toEqual({ a: '1 2', b: 'ä' });
  });

  it('keeps a repeated parameter as an array', () => {
    expect(parseStrictForm('a=1&a=2&a=3')).toEqual({ a: ['1', '2', '3'] });
  });

  it.each(['a=%', 'a=%4', 'a=%zz', 'a=%E0%A4%A', 'a=%ff'])('refuses the broken escape in %s', (text) => {
    expect(isWellEncoded(text)).toBe(false);
    expect(() => parseStrictForm(text)).toThrow(ReplyError);
  });

  it('refuses a form with more parameters than any request has', () => {
    expect(() => parseStrictForm('a=1&'.repeat(300))).toThrow(ReplyError);
  });

  it('takes a parameter called __proto__ for what it is', () => {
    expect(Object.keys(parseStrictForm('__proto__=x'))).toEqual(['__proto__']);
  });
});
