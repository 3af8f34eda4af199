import { describe, expect, it } from 'vitest';
import { loginServer } from '../testing/login-server.ts';

describe('the frames of keycloak-js', () => {
  it.each(['login-status-iframe.html', '3p-cookies/step1.html', '3p-cookies/step2.html'])(
    '%s may be framed by any origin',
    async (name) => {
      const server = await loginServer();
      const answer = await server.browser().get(`/realms/test/protocol/openid-connect/${name}`);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['x-frame-options']).toBeUndefined();
      expect(String(answer.headers['content-security-policy'])).not.toContain('frame-ancestors');
    },
  );

  it.each([
    ['client_id=app&origin=https://app.example', 204],
    ['client_id=app&origin=http://login.test', 204],
    ['client_id=app&origin=https://evil.example', 403],
    ['client_id=nobody&origin=https://app.example', 403],
    ['client_id=app', 403],
    ['', 403],
  ])('init?%s answers %i', async (query, status) => {
    const server = await loginServer();
    const answer = await server.browser().get(`/realms/test/protocol/openid-connect/login-status-iframe.html/init?${query}`);
    expect(answer.statusCode).toBe(status);
  });
});
