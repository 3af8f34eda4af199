import type { MemberRow } from '../authority/authority.ts';
import type { Address, MemberId, MemberRecord, ViewBody } from '../protocol/types.ts';
import { isFound, sameAddress } from './address-match.ts';
import type { FoundAddress } from './discovery.ts';

export interface JoinGateOptions {
  /** Where this node listens: a row of that address is what is left of an earlier life. */
  readonly own: Address;
  /** A beat that stood still for so long, as seen here, belongs to nobody who lives. */
  readonly frozenMs: number;
  readonly isProcessGone: (row: MemberRow) => boolean;
}

export type GateAnswer =
  | { readonly open: true; readonly because: 'first' | 'found' | 'only the dead are listed' }
  /** Members that live, as far as it is known, and that discovery does not find. */
  | { readonly open: false; readonly missing: readonly MemberRecord[] };

/**
 * Whether a starter may ask for membership. The view says who the members are; a starter whose discovery finds none of those who live is not
 * where its operator wants it (another multicast group, another bucket, a name that resolves to other hosts), and stays out until it does.
 * It never makes itself a cluster of its own: that stays the authority's decision. Plain and synchronous; clock values come in.
 */
export class JoinGate {
  readonly #options: JoinGateOptions;
  readonly #beats = new Map<MemberId, { readonly beat: number; readonly sinceMs: number }>();

  constructor(options: JoinGateOptions) {
    this.#options = options;
  }

  /** `view` and `rows` as the authority shows them now, `found` by the last round of discovery, which worked. */
  judge(view: ViewBody | null, rows: readonly MemberRow[], found: readonly FoundAddress[], nowMs: number): GateAnswer {
    this.#observe(rows, nowMs);
    const others = (view?.members ?? []).filter(({ address }) => !sameAddress(address, this.#options.own));
    if (others.length === 0) return { open: true, because: 'first' };
    if (others.some(({ address }) => isFound(address, found))) return { open: true, because: 'found' };
    const missing = others.filter(({ id }) => this.#mayLive(rows, id, nowMs));
    return missing.length === 0 ? { open: true, because: 'only the dead are listed' } : { open: false, missing };
  }

  /** The next reading starts every count anew: the authority was away. */
  restart(): void {
    this.#beats.clear();
  }

  #observe(rows: readonly MemberRow[], nowMs: number): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#beats.keys()) if (!ids.has(id)) this.#beats.delete(id);
    for (const { id, beat } of rows) if (this.#beats.get(id)?.beat !== beat) this.#beats.set(id, { beat, sinceMs: nowMs });
  }

  #mayLive(rows: readonly MemberRow[], id: MemberId, nowMs: number): boolean {
    const row = rows.find((each) => each.id === id);
    if (row === undefined || row.state === 'revoked') return false;
    const sinceMs = this.#beats.get(id)?.sinceMs ?? nowMs;
    return nowMs - sinceMs < this.#options.frozenMs && !this.#options.isProcessGone(row);
  }
}
