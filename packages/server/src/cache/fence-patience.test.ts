import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FENCE_PATIENCE_MS, FencePatience } from './fence-patience.ts';

test('nobody waits where nothing is fenced', () => {
  expect(new FencePatience({ fenced: false }).passed()).toBeUndefined();
});

test('who comes early waits until the fence is down', async () => {
  const node = { fenced: true };
  const patience = new FencePatience(node);
  let passed = false;
  const waiting = patience.passed()?.then(() => {
    passed = true;
  });
  await delay(60);
  expect(passed).toBe(false);
  expect(patience.waiting).toBe(1);
  node.fenced = false;
  await waiting;
  expect(patience.waiting).toBe(0);
  expect(patience.passed()).toBeUndefined();
});

test('the patience counts from the begin of the fence, not from each who comes', async () => {
  let nowMs = 0;
  const node = { fenced: true };
  const patience = new FencePatience(node, () => nowMs);
  const first = patience.passed();
  nowMs = FENCE_PATIENCE_MS;
  await first;
  await patience.passed();
  expect(patience.waiting).toBe(0);
  node.fenced = false;
  expect(patience.passed()).toBeUndefined();
  node.fenced = true;
  // Another fence, another patience.
  const again = patience.passed();
  expect(patience.waiting).toBe(1);
  node.fenced = false;
  await again;
});

test('no more than a thousand wait', async () => {
  const node = { fenced: true };
  const patience = new FencePatience(node);
  const waiting = Array.from({ length: 1_000 }, () => patience.passed());
  await patience.passed();
  expect(patience.waiting).toBe(1_000);
  node.fenced = false;
  await Promise.all(waiting);
});
