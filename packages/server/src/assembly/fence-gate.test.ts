import { describe, expect, it } from 'vitest';
import { fenceGate } from './fence-gate.ts';

const gate = (fenced: boolean) => fenceGate({ fenced, ready: !fenced, size: 3 });

describe('what a fenced node answers', () => {
  it.each([
    '/realms/demo/.well-known/openid-configuration',
    '/realms/demo/protocol/openid-connect/certs',
    '/resources/abc/login/style.css',
    '/auth/resources/abc/login/style.css',
    '/',
  ])('still answers %s', (path) => {
    expect(gate(true)(path)).toBeUndefined();
  });

  it.each([
    '/realms/demo/protocol/openid-connect/token',
    '/realms/demo/protocol/openid-connect/auth?a=/.well-known/x',
    '/admin/realms/demo',
    '/auth/realms/demo/account',
  ])('refuses %s with 503', (path) => {
    expect(gate(true)(path)).toMatchObject({ code: 'KG_NODE_FENCED', statusCode: 503 });
  });

  it('answers everything while it is a member', () => {
    expect(gate(false)('/realms/demo/protocol/openid-connect/token')).toBeUndefined();
  });
});
