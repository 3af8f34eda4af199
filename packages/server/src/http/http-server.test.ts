import { describe, expect, it } from 'vitest';
import { quietLogger } from '../testing/quiet-logger.ts';
import { ReplyError, ServerError } from './errors.ts';
import { createHttpServer } from './http-server.ts';

const metrics = {
  enabled: false,
  counter: () => ({ add: () => {} }),
  gauge: () => {},
  timer: () => ({ observe: () => {} }),
  summary: () => {},
  collect: () => {},
  scrape: async () => '',
};

async function server(gate?: () => Promise<ServerError>) {
  const app = await createHttpServer({ frontend: { relativePath: '/' }, logger: quietLogger, metrics, gate });
  app.get('/things/:id', async (request) => ({ id: (request.params as { id: string }).id }));
  app.post('/fails', async () => {
    throw new TypeError('secret detail');
  });
  app.get('/refused', async () => {
    throw new ReplyError(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer' });
  });
  app.post('/form', async (request) => request.body);
  return app;
}

describe('the main http server', () => {
  it('answers 404 for an unknown path and 405 for a known one with another method', async () => {
    const app = await server();
    expect((await app.inject({ url: '/nothing' })).json()).toEqual({ error: 'HTTP 404 Not Found' });
    const wrong = await app.inject({ method: 'PUT', url: '/things/7' });
    expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, expect.stringContaining('GET')]);
  });

  it('never shows what went wrong inside', async () => {
    const app = await server();
    const answer = await app.inject({ method: 'POST', url: '/fails' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret detail');
  });

  it('sends the protocol answer that a room throws', async () => {
    const answer = await (await server()).inject({ url: '/refused' });
    expect([answer.statusCode, answer.headers['www-authenticate'], answer.json()]).toEqual([401, 'Bearer', { error: 'invalid_token' }]);
  });

  it('refuses broken percent escapes and zero bytes in the address', async () => {
    const app = await server();
    expect((await app.inject({ url: '/things/1?a=%E0%A4%A' })).statusCode).toBe(400);
    expect((await app.inject({ url: '/things/1?a=%00' })).statusCode).toBe(400);
    expect((await app.inject({ url: '/things/%E0%A4%A' })).statusCode).toBe(400);
  });

  it('refuses a form that is larger than any login needs, and JSON without a charset parameter is what it sends', async () => {
    const app = await server();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const large = await app.inject({ method: 'POST', url: '/form', headers, payload: `a=${'x'.repeat(300_000)}` });
    expect([large.statusCode, large.headers['content-type']]).toEqual([413, 'application/json']);
    expect((await app.inject({ method: 'POST', url: '/form', headers, payload: `a=${'x'.repeat(200_000)}` })).statusCode).toBe(200);
  });

  it('refuses requests with Retry-After while the gate is closed', async () => {
    const app = await server(async () => new ServerError('KG_NODE_FENCED', 'fenced'));
    const answer = await app.inject({ url: '/things/7' });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
  });

  it('strips the trailing slash of Admin REST calls', async () => {
    const app = await server();
    app.get('/admin/realms/:realm/users', async () => ({ ok: true }));
    expect((await app.inject({ url: '/admin/realms/x/users/?first=0' })).json()).toEqual({ ok: true });
  });
});
