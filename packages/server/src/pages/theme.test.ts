import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { baseTheme } from './theme.ts';

const themeDirectory = new URL('../../themes/base/login/', import.meta.url);
const sources = new URL('../', import.meta.url);
const messages = JSON.parse(readFileSync(new URL('messages/en.json', themeDirectory), 'utf8')) as Record<string, string>;
const templates = readdirSync(themeDirectory).filter((name) => name.endsWith('.eta'));

function sourceTexts(): string[] {
  return ['pages', 'oidc', 'authentication', 'security'].flatMap((room) =>
    readdirSync(new URL(`${room}/`, sources), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(new URL(`${room}/${name}`, sources), 'utf8')),
  );
}

describe('the base theme', () => {
  it('has every message that the code and the templates name', () => {
    const named = new Set<string>();
    for (const text of sourceTexts()) for (const [, key = ''] of text.matchAll(/'(\w+(?:Message|Heading))'/g)) named.add(key);
    for (const name of templates) {
      const text = readFileSync(new URL(name, themeDirectory), 'utf8');
      for (const [, key = ''] of text.matchAll(/it\.msg\('(\w+)'/g)) named.add(key);
    }
    expect(named.size).toBeGreaterThan(30);
    expect([...named].filter((key) => messages[key] === undefined)).toEqual([]);
  });

  it('fills parameters in, and shows an unknown key as it is', () => {
    expect(baseTheme().message('invalidParameterMessage', ['redirect_uri'])).toBe('Invalid parameter: redirect_uri');
    expect(baseTheme().message('nothing', [])).toBe('nothing');
  });

  it('escapes what templates write, also in attributes', () => {
    const html = baseTheme().render('error', { heading: '<b>', message: '"><script>x</script>', msg: () => '', resources: '/r' });
    expect(html).toContain('&lt;b&gt;');
    expect(html).not.toContain('<script>');
  });

  it('serves its style sheet under a tag of the content', () => {
    expect(baseTheme().resourceTag).toMatch(/^[0-9a-f]{10}$/);
    expect(baseTheme().resource('login.css')?.contentType).toBe('text/css; charset=utf-8');
    expect(baseTheme().resource('../messages/en.json')).toBeUndefined();
  });
});
