import { describe, expect, it } from 'vitest';
import { Grants, Lease } from './lease.ts';
import { defaultTiming } from './timing.ts';

const { leaseMs, graceMs, margin } = defaultTiming;

describe('a lease', () => {
  it('counts from the moment the beat was sent', () => {
    const lease = new Lease(defaultTiming);
    lease.accepted(100);
    expect(lease.endMs(Number.NEGATIVE_INFINITY)).toBe(100 + leaseMs);
  });

  it('is stretched by grants, but never beyond the grace after the last beat', () => {
    const lease = new Lease(defaultTiming);
    lease.accepted(0);
    expect(lease.endMs(6_000)).toBe(6_000);
    expect(lease.endMs(60_000)).toBe(graceMs);
  });

  it('is void while suspended, until the next accepted beat', () => {
    const lease = new Lease(defaultTiming);
    lease.accepted(0);
    lease.suspend();
    expect(lease.endMs(6_000)).toBe(Number.NEGATIVE_INFINITY);
    lease.accepted(1_000);
    expect(lease.endMs(0)).toBe(1_000 + leaseMs);
  });
});

describe('grants', () => {
  it('last as long as the earliest of all others, and not at all if one is missing', () => {
    const grants = new Grants(defaultTiming);
    grants.receive(2, 7, 1_000);
    expect(grants.endMs(7, [2, 3])).toBe(Number.NEGATIVE_INFINITY);
    grants.receive(3, 7, 500);
    expect(grants.endMs(7, [2, 3])).toBe(500 + leaseMs);
  });

  it('count for their own epoch only, and no more once a greater one was seen', () => {
    const grants = new Grants(defaultTiming);
    grants.receive(2, 7, 1_000);
    expect(grants.endMs(8, [2])).toBe(Number.NEGATIVE_INFINITY);
    grants.see(8);
    expect(grants.endMs(7, [2])).toBe(Number.NEGATIVE_INFINITY);
  });

  it('bind the one who gave them for longer than they can be used', () => {
    const grants = new Grants(defaultTiming);
    grants.give(2, 0);
    expect(grants.mayProposeAgainst(2, leaseMs)).toBe(false);
    expect(grants.mayProposeAgainst(2, leaseMs * margin)).toBe(true);
    expect(grants.mayProposeAgainst(3, 0)).toBe(true);
  });

  it('stay binding for a member that has left the view meanwhile', () => {
    const grants = new Grants(defaultTiming);
    grants.give(2, 0);
    grants.keepOnly(new Set([3]), 100);
    expect(grants.mayProposeAgainst(2, 200)).toBe(false);
  });
});
