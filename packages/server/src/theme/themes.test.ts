import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { themeText } from './theme.ts';
import { createThemes } from './themes.ts';

const home = mkdtempSync(join(tmpdir(), 'keygrid-themes-'));
afterAll(() => rmSync(home, { recursive: true }));

let count = 0;
/** Themes of a folder with these files. */
function themesOf(files: Readonly<Record<string, string>>, defaultName?: string) {
  count += 1;
  const directory = join(home, String(count));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const faults: string[] = [];
  const themes = createThemes({ directory, defaultName, onFault: (fault) => faults.push(fault.replace(`${directory}/`, '')) });
  return { themes, faults };
}

describe('a theme of the operator', () => {
  const files = {
    'house/login/theme.properties': 'parent=base\nstyles=login.css css/house.css\n',
    'house/login/messages/messages_en.properties': 'doLogIn=Step in\n',
    'house/login/messages/messages_fr.properties': 'doLogIn=Entrer \\u00e9\n',
    'house/login/resources/css/house.css': 'body { color: red }',
    'flat/login/theme.properties': '# a flat of the house\nparent=house\n',
    'flat/login/error.eta': '<% layout("./layout") %><b id="flat"><%= it.message %></b>',
  };

  it('takes from its parents what it does not have itself', () => {
    const { themes, faults } = themesOf(files);
    expect(faults).toEqual([]);
    const flat = themes.of('login', 'flat');
    expect(themeText(flat, {}, 'en', 'doLogIn', [])).toBe('Step in');
    expect(themeText(flat, {}, 'fr', 'doLogIn', [])).toBe('Entrer é');
    expect(themeText(flat, {}, 'de', 'password', [])).toBe('Passwort');
    expect(flat.styles).toEqual(['login.css', 'css/house.css']);
    expect(flat.resource('css/house.css')?.body.toString()).toContain('red');
    expect(flat.resource('login.css')).toBeDefined();
    const page = { message: '<i>', heading: 'h', msg: (key: string) => key, resources: '/r', styles: [], languages: [] };
    expect(flat.render('error', page)).toMatch(/<h1 id="kc-page-title">h<\/h1>[\s\S]*<b id="flat">&lt;i&gt;<\/b>/);
    expect(themes.byTag('login', flat.resourceTag)?.name).toBe('flat');
  });

  it('can be the default; a name that leads nowhere gets the default and is told once', () => {
    const { themes, faults } = themesOf(files, 'house');
    expect(themes.of('login', undefined).name).toBe('house');
    expect([themes.of('login', 'gone').name, themes.of('login', 'gone').name]).toEqual(['house', 'house']);
    expect(faults).toEqual(['There is no usable login theme "gone"; house is used instead']);
    expect(themes.of('login', 'keycloak').name).toBe('base');
    expect(themes.list('email').map(({ name }) => name)).toEqual(['base']);
  });
});

describe('a broken theme', () => {
  const cases: readonly (readonly [string, Record<string, string>, string])[] = [
    ['an unclosed tag', { 'x/login/error.eta': 'one\n<p>\n<% if (it.a) { ' }, 'x/login/error.eta:3: unclosed tag'],
    ['bad syntax', { 'x/login/error.eta': 'one\n<%= it.ok %>\n<% if it.a { %>\n<% } %>' }, 'x/login/error.eta:3: '],
    [
      'a bad line of texts',
      { 'x/login/messages/messages_en.properties': 'a=b\n=c\n' },
      'x/login/messages/messages_en.properties:2: a line must',
    ],
    ['a bad escape', { 'x/login/messages/messages_de.properties': '\n# c\na=\\u00g1\n' }, 'messages_de.properties:3: \\u must be followed'],
    [
      'a parent that is not there',
      { 'x/login/theme.properties': '# c\nparent=gone' },
      'x/login/theme.properties:2: parent=gone leads to no theme',
    ],
    ['a circle of parents', { 'x/login/theme.properties': 'parent=x' }, 'x/login/theme.properties:1: parent=x leads round in a circle'],
  ];

  it.each(cases)('with %s is told of with file and line, and the default stands in', (_name, files, told) => {
    const { themes, faults } = themesOf(files);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(told);
    expect(themes.of('login', 'x').name).toBe('base');
  });

  it('whose template fails with what it is given names file and line', () => {
    const { themes } = themesOf({ 'x/login/error.eta': 'one\n<%= it.gone.deeper %>' });
    expect(() => themes.of('login', 'x').render('error', {})).toThrow(/x\/login\/error\.eta:2: .*deeper/);
  });
});
