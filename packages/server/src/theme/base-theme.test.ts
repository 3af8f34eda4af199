import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBundle } from './message-bundle.ts';
import { themeText } from './theme.ts';
import { createThemes } from './themes.ts';

const baseDirectory = new URL('../../themes/base/', import.meta.url);
const sources = new URL('../', import.meta.url);
const bundle = (kind: string, locale: string) => {
  const path = new URL(`${kind}/messages/messages_${locale}.properties`, baseDirectory);
  return parseBundle(readFileSync(path, 'utf8'), path.pathname);
};
const templates = readdirSync(new URL('login/', baseDirectory)).filter((name) => name.endsWith('.eta'));
const base = createThemes().of('login', undefined);

/** Settings of authentication steps that are named like messages. */
const SETTINGS = new Set(['errorMessage', 'denyErrorMessage']);

function sourceTexts(): string[] {
  return ['pages', 'oidc', 'authentication', 'security'].flatMap((room) =>
    readdirSync(new URL(`${room}/`, sources), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(new URL(`${room}/${name}`, sources), 'utf8')),
  );
}

describe('the base theme', () => {
  it('has every message that the code and the templates name', () => {
    const messages = bundle('login', 'en');
    const named = new Set<string>();
    for (const text of sourceTexts()) for (const [, key = ''] of text.matchAll(/'(\w+(?:Message|Heading))'/g)) named.add(key);
    for (const name of templates) {
      const text = readFileSync(new URL(`login/${name}`, baseDirectory), 'utf8');
      for (const [, key = ''] of text.matchAll(/it\.msg\('(\w+)'/g)) named.add(key);
    }
    expect(named.size).toBeGreaterThan(30);
    expect([...named].filter((key) => messages[key] === undefined && !SETTINGS.has(key))).toEqual([]);
  });

  it.each(['login', 'email'])('of kind %s says everything in German that it says in English, with the same parameters', (kind) => {
    const [english, german] = [bundle(kind, 'en'), bundle(kind, 'de')];
    expect(Object.keys(german)).toEqual(Object.keys(english));
    const parameters = (text = '') => [...new Set(text.match(/\{\d\}/g))].sort();
    expect(Object.keys(english).filter((key) => `${parameters(english[key])}` !== `${parameters(german[key])}`)).toEqual([]);
  });

  it('fills parameters in, and shows an unknown key as it is', () => {
    expect(themeText(base, {}, 'en', 'invalidParameterMessage', ['redirect_uri'])).toBe('Invalid parameter: redirect_uri');
    expect(themeText(base, {}, 'fr', 'invalidParameterMessage', ['x'])).toBe('Invalid parameter: x');
    expect(themeText(base, {}, 'en', 'nothing', [])).toBe('nothing');
    expect(themeText(base, { nothing: 'own {0}' }, 'en', 'nothing', ['text'])).toBe('own text');
  });

  it('escapes what templates write, also in attributes', () => {
    const page = { heading: '<b>', message: '"><script>x</script>', msg: () => '', resources: '/r', styles: [], languages: [] };
    const html = base.render('error', page);
    expect(html).toContain('&lt;b&gt;');
    expect(html).not.toContain('<script>');
  });

  it('serves its style sheet under a tag of the content', () => {
    expect(base.resourceTag).toMatch(/^[0-9a-f]{10}$/);
    expect(base.resource('login.css')?.contentType).toBe('text/css; charset=utf-8');
    expect(base.resource('../messages/messages_en.properties')).toBeUndefined();
  });
});
