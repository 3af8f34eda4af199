import type { MemberRow, ObservedBeat } from '../authority/authority.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import { deafPairs, largestMutualSet } from './agreement.ts';
import type { Grants } from './lease.ts';
import type { Observation } from './observation.ts';
import type { Peers } from './suspicion.ts';
import type { Timing } from './timing.ts';

/** A beat that no missing row can have: such a row must still be missing when the eviction commits. */
const noBeat = -1;

/** What a member knows when it judges others. */
export interface Evidence {
  readonly timing: Timing;
  readonly observation: Observation;
  readonly peers: Peers;
  readonly grants: Grants;
  /** Proof on the same host that the process is gone; asked only about suspects. */
  readonly isProcessGone: (row: MemberRow) => boolean;
}

/**
 * Members that provably serve no more: their row is gone (they fenced themselves first, or were evicted), their process is, or their beat stood
 * still for longer than a lease and this member's own last grant to them has run out as well. The statement checks the beat once more.
 */
export function departed(view: ViewBody, self: MemberId, evidence: Evidence, nowMs: number): ObservedBeat[] {
  const { timing, observation, peers, grants } = evidence;
  return view.members.flatMap(({ id }): ObservedBeat[] => {
    if (id === self) return [];
    if (observation.missing(id, nowMs)) return [{ id, beat: noBeat }];
    const row = observation.rows.get(id);
    if (row === undefined) return [];
    const frozen = observation.frozenMs(id, nowMs) >= timing.leaseMs * timing.margin && grants.mayProposeAgainst(id, nowMs);
    return frozen || (peers.suspects(id, nowMs) && evidence.isProcessGone(row)) ? [{ id, beat: row.beat }] : [];
  });
}

/**
 * For a starter that finds a view whose members all seem dead: undefined unless every one of them is proven gone or was seen frozen for longer
 * than a lease that grants stretched to the utmost.
 */
export function allDeparted(view: ViewBody, evidence: Evidence, nowMs: number): ObservedBeat[] | undefined {
  const { timing, observation } = evidence;
  const gone: ObservedBeat[] = [];
  for (const { id } of view.members) {
    const row = observation.rows.get(id);
    if (observation.missing(id, nowMs)) gone.push({ id, beat: noBeat });
    else if (
      row !== undefined &&
      (observation.frozenMs(id, nowMs) >= (timing.leaseMs + timing.graceMs) * timing.margin || evidence.isProcessGone(row))
    )
      gone.push({ id, beat: row.beat });
    else return undefined;
  }
  return gone;
}

/** Rows outside the view whose beat stood still for long: starters that died before they joined, and members that were moved out. */
export function abandoned(view: ViewBody, { timing, observation }: Evidence, nowMs: number): ObservedBeat[] {
  const members = new Set(view.members.map(({ id }) => id));
  return [...observation.rows.values()]
    .filter(({ id }) => !members.has(id) && observation.frozenMs(id, nowMs) >= timing.staleRowMs)
    .map(({ id, beat }) => ({ id, beat }));
}

const sameMembers = (left: readonly MemberId[], right: readonly MemberId[]): boolean =>
  left.length === right.length && left.every((id, index) => id === right[index]);

/** Members that beat but are cut off from the largest set of members that hear each other, by what all of them wrote with their beats. */
export class CutOff {
  readonly #timing: Timing;
  /** Pairs that do not hear each other, and since when: each has its own time, or one reset after the other would add up to a verdict. */
  #since = new Map<string, number>();

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** Whom to revoke; empty while all agree, while the disagreement is young, or when this member is among the cut-off itself. */
  judge(view: ViewBody, self: MemberId, observation: Observation, nowMs: number): MemberId[] {
    const beating = view.members
      .filter(
        ({ id, state }) => state !== 'revoked' && observation.rows.has(id) && observation.frozenMs(id, nowMs) < this.#timing.beatMs * 2.5,
      )
      .map(({ id }) => id);
    const heard = new Map(beating.map((id) => [id, new Set(observation.rows.get(id)?.heard)]));
    if (nowMs - observation.readMs > this.#timing.observationGapMs) {
      this.#since.clear();
      return [];
    }
    const since = new Map<string, number>();
    const lasting = new Map(beating.map((id) => [id, new Set(beating)]));
    const present = new Map(beating.map((id) => [id, new Set(beating)]));
    let oldestMs = 0;
    let young = false;
    for (const [left, right] of deafPairs(beating, heard)) {
      const pair = `${left} ${right}`;
      const from = this.#since.get(pair) ?? nowMs;
      since.set(pair, from);
      oldestMs = Math.max(oldestMs, nowMs - from);
      present.get(left)?.delete(right);
      present.get(right)?.delete(left);
      if (nowMs - from < this.#timing.disagreementMs) {
        young = true;
        continue;
      }
      lasting.get(left)?.delete(right);
      lasting.get(right)?.delete(left);
    }
    this.#since = since;
    const staying = largestMutualSet(beating, lasting);
    // Rows tell of one cut pair after the other, a beat apart: who lost all its links at once would stay for those that seem to hold, and put
    // out those who hear each other. A young break that would change the verdict is waited for, but not for ever: some only flicker.
    if (young && oldestMs < 1.5 * this.#timing.disagreementMs && !sameMembers(staying, largestMutualSet(beating, present))) return [];
    return staying.includes(self) ? beating.filter((id) => !staying.includes(id)) : [];
  }

  /** A new epoch is a new question. */
  restart(): void {
    this.#since.clear();
  }
}
