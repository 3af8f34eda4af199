import type { MembershipEvent } from './world.ts';

/** Tells once when a member stops or begins to serve. */
export class Fence {
  /** Nothing may be served. */
  up = true;

  change(mayServe: boolean, isMember: boolean): Extract<MembershipEvent, { kind: 'fenced' | 'unfenced' }> | undefined {
    if (mayServe !== this.up) return undefined;
    this.up = !mayServe;
    if (mayServe) return { kind: 'unfenced' };
    return { kind: 'fenced', reason: isMember ? 'the lease has ended' : 'not a member' };
  }
}
