import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FENCE_PATIENCE_MS } from '../cache/fence-patience.ts';
import { fenceGate } from './fence-gate.ts';

const gate = (fenced: boolean) => fenceGate({ fenced, ready: !fenced, size: 3 });

describe('what a fenced node answers', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

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
  ])('refuses %s with 503, after a moment', async (path) => {
    const refusal = gate(true)(path);
    await vi.advanceTimersByTimeAsync(FENCE_PATIENCE_MS + 100);
    await expect(refusal).resolves.toMatchObject({ code: 'KG_NODE_FENCED', statusCode: 503 });
  });

  it('answers what came during a short fence', async () => {
    const node = { fenced: true, ready: false, size: 3 };
    const refusal = fenceGate(node)('/realms/demo/protocol/openid-connect/token');
    await vi.advanceTimersByTimeAsync(1_000);
    node.fenced = false;
    await vi.advanceTimersByTimeAsync(100);
    await expect(refusal).resolves.toBeUndefined();
  });

  it('waits for the end of a short fence also after a long one', async () => {
    const node = { fenced: true, ready: false, size: 3 };
    const asked = fenceGate(node);
    const path = '/realms/demo/protocol/openid-connect/token';
    const refusal = asked(path);
    await vi.advanceTimersByTimeAsync(FENCE_PATIENCE_MS + 100);
    await expect(refusal).resolves.toMatchObject({ code: 'KG_NODE_FENCED' });
    node.fenced = false;
    expect(asked(path)).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2 * FENCE_PATIENCE_MS);
    node.fenced = true;
    const again = asked(path);
    await vi.advanceTimersByTimeAsync(1_000);
    node.fenced = false;
    await vi.advanceTimersByTimeAsync(100);
    await expect(again).resolves.toBeUndefined();
  });

  it('answers everything while it is a member', () => {
    expect(gate(false)('/realms/demo/protocol/openid-connect/token')).toBeUndefined();
  });
});
