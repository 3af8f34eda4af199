import { expect, it } from 'vitest';
import { ServerError } from '../http/errors.ts';
import { loginServer } from '../testing/login-server.ts';

it('answers overload with a page that says when to come back', async () => {
  const server = await loginServer();
  const browser = server.browser();
  const page = await browser.get(server.authUrl());
  Object.assign(server.context.passwordLogin, {
    check: async () => {
      throw new ServerError('KG_HASHING_OVERLOAD', 'too many', { retryAfterSeconds: 3 });
    },
  });
  const answer = await browser.submit(page, { username: 'alice', password: 'secret' });
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '3']);
  expect(answer.body).toContain('The server is busy');
  expect(answer.headers['content-type']).toContain('text/html');
});

it('refuses plain http from outside where the realm demands https', async () => {
  const server = await loginServer({ realm: { sslRequired: 'all' } });
  const answer = await server.browser().get(server.authUrl());
  expect([answer.statusCode, answer.body.includes('HTTPS required')]).toEqual([403, true]);
});

it('serves no login for a realm that is switched off', async () => {
  const server = await loginServer({ realm: { enabled: false } });
  expect((await server.browser().get(server.authUrl())).statusCode).toBe(400);
});

it('lets browsers keep the style sheet that a page names', async () => {
  const server = await loginServer();
  const browser = server.browser();
  const href = /<link rel="stylesheet" href="([^"]*)"/.exec((await browser.get(server.authUrl())).body)?.[1] ?? '';
  const sheet = await browser.get(href);
  expect([sheet.statusCode, sheet.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
  expect((await browser.get('/resources/old/login/login.css')).headers['cache-control']).toBe('public, max-age=60');
  expect((await browser.get('/resources/old/login/..%2fmessages%2fen.json')).statusCode).toBe(404);
});

it.each([
  ['PUT', 'protocol/openid-connect/auth'],
  ['DELETE', 'protocol/openid-connect/logout'],
  ['PUT', 'login-actions/authenticate'],
  ['POST', 'protocol/openid-connect/login-status-iframe.html'],
] as const)('answers %s %s with 405', async (method, path) => {
  const server = await loginServer();
  const answer = await server.app.inject({ method, url: `/realms/test/${path}` });
  expect([answer.statusCode, answer.json()]).toEqual([405, { error: 'HTTP 405 Method Not Allowed' }]);
});

it.each(['application/json', 'text/plain', 'application/xml'])('reads a body of type %s as an empty form', async (type) => {
  const server = await loginServer();
  const url = '/realms/test/protocol/openid-connect/auth';
  const answer = await server.app.inject({ method: 'POST', url, payload: '{', headers: { 'content-type': type } });
  expect([answer.statusCode, answer.body.includes('Invalid Request')]).toEqual([400, true]);
});

it.each([
  ['login_hint=%E0%A4%A', ''],
  ['login_hint=a%00b', '{"error":"Blocking invalid query parameter value"}'],
])('refuses the query %s before it reaches anything', async (query, body) => {
  const server = await loginServer();
  const answer = await server.browser().get(`${server.authUrl()}&${query}`);
  expect([answer.statusCode, answer.body]).toEqual([400, body]);
});
