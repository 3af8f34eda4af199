import { describe, expect, it } from 'vitest';
import { type CertificateFacts, nextStep, phaseOf, type RotationFacts, rotationDueMs } from './rotation.ts';

const intervalMs = 1_000;
const old: CertificateFacts = { alias: 'old', generatedMs: 0, endMs: 2_000 };
const fresh: CertificateFacts = { alias: 'fresh', generatedMs: 1_000, endMs: 3_000 };
const facts = (over: Partial<RotationFacts>): RotationFacts => ({
  nowMs: 1_000,
  intervalMs,
  coordinator: true,
  current: old,
  next: undefined,
  confirmed: undefined,
  ...over,
});
const kind = (over: Partial<RotationFacts>) => nextStep(facts(over)).kind;

describe('the next step of a rotation', () => {
  it('waits until the interval is over, then publishes', () => {
    expect(nextStep(facts({ nowMs: 999 }))).toEqual({ kind: 'wait', untilMs: 1_000 });
    expect(kind({ nowMs: 1_000 })).toBe('publish');
  });

  it('never waits longer than half of the life', () => {
    expect(rotationDueMs({ ...old, endMs: 600 }, intervalMs)).toBe(300);
  });

  it('is nothing on members that do not coordinate', () => {
    expect(nextStep(facts({ coordinator: false, next: fresh, nowMs: 9_000 }))).toEqual({ kind: 'wait', untilMs: undefined });
  });

  it('asks for confirmation of what is published, and switches only when all confirmed exactly that', () => {
    expect(kind({ next: fresh })).toBe('confirm');
    expect(kind({ next: fresh, confirmed: 'old other' })).toBe('confirm');
    expect(kind({ next: fresh, confirmed: phaseOf(old, fresh) })).toBe('switch');
  });

  it('retires the former one only when all confirmed the switch; the earlier confirmation does not count', () => {
    expect(kind({ current: fresh, next: fresh, confirmed: phaseOf(old, fresh) })).toBe('confirm');
    expect(kind({ current: fresh, next: fresh, confirmed: phaseOf(fresh, fresh) })).toBe('retire');
  });

  it('replaces a next certificate that expired while nobody was there', () => {
    expect(kind({ next: fresh, nowMs: 3_000 })).toBe('publish');
  });
});
