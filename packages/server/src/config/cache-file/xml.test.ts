import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../configuration-error.ts';
import { maxXmlBytes, parseXml } from './xml.ts';

function refusal(text: string): string {
  try {
    parseXml(text, 'c.xml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('an XML file', () => {
  it('is read with the place of each element and attribute', () => {
    const root = parseXml(
      '<?xml version="1.0"?>\n<!-- x -->\n<a xmlns="urn:x" xmlns:j="urn:y">\n  <j:b.C one="1"\n       two="2&amp;"/>\n  <d> text </d>\n</a>\n',
      'c.xml',
    );
    const [b, d] = root.children;
    expect([root.name, root.place, [...root.attributes.keys()]]).toEqual(['a', { file: 'c.xml', line: 3, column: 1 }, []]);
    expect([b?.name, b?.place]).toEqual(['b.C', { file: 'c.xml', line: 4, column: 3 }]);
    expect(b?.attributes.get('one')).toEqual({ value: '1', place: { file: 'c.xml', line: 4, column: 10 } });
    expect(b?.attributes.get('two')).toMatchObject({ value: '2&', place: { line: 5 } });
    expect([d?.name, d?.text, d?.place]).toEqual(['d', 'text', { file: 'c.xml', line: 6, column: 3 }]);
  });

  it.each([
    ['mismatched tags', '<a>\n  <b></a>', /^c\.xml:2:\d+: unexpected close tag/],
    ['no end', '<a>\n<b>', /^c\.xml:2:\d+: unclosed tag: b/],
    ['nothing', '', /^c\.xml:1:\d+: document must contain a root element/],
    ['a doctype', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', /^c\.xml:1:\d+: a DOCTYPE is not accepted$/],
    ['an entity of its own', '<a>&x;</a>', /^c\.xml:1:\d+: undefined entity/],
    ['an attribute twice', '<a b="1"\n b="2"/>', /^c\.xml:2:\d+: duplicate attribute: b/],
    ['an attribute without quotes', '<a b=1/>', /^c\.xml:1:\d+: /],
    ['depth', `${'<a>'.repeat(100)}`, /more than 64 elements inside each other/],
    ['too many elements', `<a>${'<b/>'.repeat(20_001)}</a>`, /more than 20000 elements/],
    ['too many attributes', `<a ${Array.from({ length: 300 }, (_, index) => `a${index}=""`).join(' ')}/>`, /more than 200 attributes/],
    ['size', `<a>${'x'.repeat(maxXmlBytes)}</a>`, /larger than 1048576 bytes/],
    ['text after the end', '<a/>x', /text data outside of root node/],
  ])('is refused for %s', (_what, text, message) => expect(refusal(text)).toMatch(message));

  it('of any depth and many namespaces ends in bounded time', () =>
    expect(refusal(`${'<a xmlns="u">'.repeat(60_000)}`)).toContain('more than 64'));
});
