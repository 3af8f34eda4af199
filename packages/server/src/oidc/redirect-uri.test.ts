import { describe, expect, it } from 'vitest';
import type { Client } from '../model/index.ts';
import { acceptedRedirectUri, isRegistered, isRegisteredPostLogout } from './redirect-uri.ts';

const BASE = 'https://login.test';
const registered = ['http://app.test/cb', 'http://app.test/w/*', '/rel/*', 'custom:/cb'];
const client = (overrides: Partial<Client> = {}) =>
  ({ redirectUris: registered, rootUrl: 'http://root.test', attributes: {}, ...overrides }) as Client;

describe('redirect URIs', () => {
  it.each([
    'http://app.test/cb',
    'http://app.test/w/x',
    'http://app.test/w/',
    'http://app.test/w',
    'http://app.test/w/x?a=b',
    'http://app.test/w/x?next=../y',
    'http://app.test/w/x#f',
    'http://app.test/w/%5cevil',
    'http://app.test/w/a%20b',
    'http://root.test/rel/x',
    'custom:/cb',
  ])('takes %s', (uri) => {
    expect(acceptedRedirectUri(client(), uri, BASE)).toBe(uri);
  });

  it.each([
    ['another host', 'http://evil.test/cb'],
    ['another path', 'http://app.test/other'],
    ['a query where the registered one is exact', 'http://app.test/cb?x=1'],
    ['a fragment where the registered one is exact', 'http://app.test/cb#x'],
    ['a trailing slash', 'http://app.test/cb/'],
    ['another case', 'HTTP://APP.test/cb'],
    ['the default port spelt out', 'http://app.test:80/cb'],
    ['a dot segment', 'http://app.test/w/../x'],
    ['an encoded dot segment', 'http://app.test/w/%2e%2e/x'],
    ['a doubly encoded dot segment', 'http://app.test/w/%252e%252e/x'],
    ['encoded slashes around dots', 'http://app.test/w/a%2f..%2fb'],
    ['dots with a path parameter', 'http://app.test/w/a/..;/b'],
    ['encoded backslashes around dots', 'http://app.test/w/a%5c..%5cb'],
    ['a trailing dot segment', 'http://app.test/w/..'],
    ['endless encoding', `http://app.test/w/%${'25'.repeat(9)}2e`],
    ['broken encoding', 'http://app.test/w/%zz'],
    ['a backslash', 'http://app.test/w/\\evil'],
    ['a space', 'http://app.test/w/x y'],
    ['a trailing space', 'http://app.test/cb '],
    ['a leading space', ' http://app.test/cb'],
    ['an encoded line end', 'http://app.test/w/x%0d%0aSet-Cookie:a=b'],
    ['an encoded zero byte', 'http://app.test/cb%00'],
    ['a letter outside ASCII', 'http://app.test/w/é'],
    ['user info', 'http://user@app.test/w/x'],
    ['user info with more than one @', 'http://a@b@app.test/w/x'],
    ['user info that looks like the host', 'http://app.test@evil.test/cb'],
    ['a relative reference', '/rel/x'],
    ['a scheme-relative reference', '//app.test/cb'],
    ['a script', 'javascript:alert(1)'],
    ['too much text', `http://app.test/w/${'x'.repeat(5000)}`],
    ['nothing', ''],
  ])('refuses %s', (_name, uri) => {
    expect(acceptedRedirectUri(client(), uri, BASE)).toBeUndefined();
  });

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:9999/cb', true],
    ['http://127.0.0.1/w/*', 'http://127.0.0.1:9999/w/x', true],
    ['http://[::1]/z', 'http://[::1]:9999/z', true],
    ['http://localhost/y', 'http://localhost:9999/y', true],
    ['http://localhost:8000/x', 'http://localhost:8000/x', true],
    ['http://localhost:8000/x', 'http://localhost:9999/x', false],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:9999/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:9999@evil.test/cb', false],
    ['http://app.test/cb', 'http://app.test:9999/cb', false],
  ])('with %s registered, %s matches: %s (loopback ports)', (entry, uri, expected) => {
    expect(isRegistered(uri, [entry], client(), BASE)).toBe(expected);
  });

  it.each([
    ['http://h.test*', 'http://h.test/', true],
    ['http://h.test*', 'http://h.test', true],
    ['http://h.test*', 'http://h.test.evil/', false],
    ['http://h.test*', 'http://h.test@evil.test/', false],
    ['*', 'https://any.test/x', true],
    ['*', 'javascript:alert(1)', false],
    ['*', 'custom:/x', false],
    ['*', '/rel', false],
    ['javascript:*', 'javascript:alert(1)', false],
    ['jAvaScript:*', 'jAvaScript:alert(1)', false],
    ['*', 'jAvaScript:alert(1)', false],
    ['http://q.test/a?*', 'http://q.test/a?b', false],
    ['http://h.test/*', 'http://h.test/?code=evil', false],
    ['http://h.test/*', 'http://h.test/?a=b&%73tate=evil', false],
    ['http://h.test/*', 'http://h.test/#access_token=evil', false],
    ['*', 'http://h.test/?iss=evil', false],
    ['http://h.test/*', 'http://h.test/?postcode=1#/state', true],
  ])('with %s registered, %s matches: %s (wildcards)', (entry, uri, expected) => {
    expect(isRegistered(uri, [entry], client(), BASE)).toBe(expected);
  });

  it('puts relative entries under the server where the client has no root URL', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of the built-in clients
    const console = client({ rootUrl: '${authBaseUrl}', redirectUris: ['/admin/master/console/*'] });
    expect(acceptedRedirectUri(console, `${BASE}/admin/master/console/#/master/realms`, BASE)).toBeDefined();
    expect(acceptedRedirectUri(client({ rootUrl: undefined, redirectUris: ['/x'] }), `${BASE}/x`, BASE)).toBe(`${BASE}/x`);
  });

  it('uses the only registered one when the request names none', () => {
    expect(acceptedRedirectUri(client({ redirectUris: ['http://one.test/cb'] }), undefined, BASE)).toBe('http://one.test/cb');
    expect(acceptedRedirectUri(client({ redirectUris: ['http://one.test/*'] }), undefined, BASE)).toBe('http://one.test');
    expect(acceptedRedirectUri(client(), undefined, BASE)).toBeUndefined();
    expect(acceptedRedirectUri(client({ redirectUris: [] }), undefined, BASE)).toBeUndefined();
  });
});

describe('redirect URIs after a logout', () => {
  it.each([
    ['http://out.test/bye', 'http://out.test/bye', true],
    ['http://out.test/bye##http://two.test/*', 'http://two.test/x', true],
    ['+', 'http://app.test/cb', true],
    ['+##http://out.test/', 'http://app.test/cb', true],
    ['', 'http://app.test/cb', true],
    ['-', 'http://app.test/cb', false],
    ['http://out.test/bye', 'http://app.test/cb', false],
  ])('%s lets %s pass: %s', (attribute, uri, expected) => {
    expect(isRegisteredPostLogout(client({ attributes: { 'post.logout.redirect.uris': attribute } }), uri, BASE)).toBe(expected);
  });
});
