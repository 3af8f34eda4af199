import type { MemberId, ViewBody } from '../protocol/types.ts';
import type { AuthorityAnswer, AuthorityRequest, MemberRow } from './authority.ts';

/**
 * Ids of each timeline stand above all ids of the older ones: a sequence that went back with a fail-over gives out no id that somebody uses whose
 * registration is forgotten.
 */
export const idsPerTimeline = 1_000_000;

/** The tables of an authority as plain data: what each request means, without SQL. The simulator's database and the single-node authority are made of it. */
export class AuthorityState {
  #rows = new Map<MemberId, MemberRow>();
  #view: ViewBody | null = null;
  #sequence = 0;
  #timeline = 1;

  get view(): ViewBody | null {
    return this.#view;
  }

  get rows(): ReadonlyMap<MemberId, MemberRow> {
    return this.#rows;
  }

  get timeline(): number {
    return this.#timeline;
  }

  /** A copy that later requests do not change: what an asynchronous replica may have. */
  copy(): AuthorityState {
    const copy = new AuthorityState();
    copy.#rows = new Map(this.#rows);
    copy.#view = this.#view;
    copy.#sequence = this.#sequence;
    copy.#timeline = this.#timeline;
    return copy;
  }

  /** A replica takes over; what it does not have never happened. */
  promote(timeline: number): void {
    this.#timeline = timeline;
  }

  /** One request, executed alone and at once. */
  execute(request: AuthorityRequest): AuthorityAnswer {
    const identity = request.kind === 'register' ? this.#register(request) : undefined;
    const accepted = request.kind === 'register' || this.#apply(request);
    const known = request.kind === 'change' ? request.expectedEpoch : request.knownEpoch;
    return {
      accepted,
      id: identity?.id ?? 0,
      incarnation: identity?.incarnation ?? 0,
      timeline: this.#timeline,
      epoch: this.#view?.epoch ?? 0,
      view: this.#view !== null && this.#view.epoch > known ? this.#view : null,
      rows: [...this.#rows.values()].sort((left, right) => left.id - right.id),
    };
  }

  #register(request: Extract<AuthorityRequest, { kind: 'register' }>): MemberRow {
    this.#sequence += 1;
    const id = Math.max(0, this.#timeline - 1) * idsPerTimeline + this.#sequence;
    const row: MemberRow = { id, incarnation: id, ...request.registration, state: 'alive', beat: 0, heard: [] };
    this.#rows.set(row.id, row);
    return row;
  }

  #apply(request: Exclude<AuthorityRequest, { kind: 'register' }>): boolean {
    switch (request.kind) {
      case 'read':
        return true;
      case 'beat': {
        const row = this.#rows.get(request.id);
        if (row === undefined || row.state === 'revoked' || row.incarnation !== request.incarnation) return false;
        if (this.#view !== null && this.#view.timeline !== this.#timeline) return false;
        this.#rows.set(row.id, { ...row, beat: row.beat + 1, heard: request.heard });
        return true;
      }
      case 'change': {
        if ((this.#view?.epoch ?? 0) !== request.expectedEpoch || request.view.timeline !== this.#timeline) return false;
        if (!request.gone.every(({ id, beat }) => !this.#rows.has(id) || this.#rows.get(id)?.beat === beat)) return false;
        if (request.admitted?.some((id) => this.#rows.get(id)?.state !== 'alive')) return false;
        this.#view = request.view;
        for (const { id } of request.gone) this.#rows.delete(id);
        for (const { id, incarnation, name, address, labels } of request.restored ?? []) {
          if (this.#rows.has(id)) continue;
          this.#rows.set(id, { id, incarnation, name, address, labels, process: '', state: 'alive', beat: 0, heard: [] });
        }
        for (const id of request.revoked) this.#mark(id, 'revoked');
        return true;
      }
      case 'leave': {
        if (this.#rows.get(request.id)?.incarnation !== request.incarnation) return false;
        if (request.remove) this.#rows.delete(request.id);
        else this.#mark(request.id, 'leaving');
        return true;
      }
      case 'forget': {
        for (const { id, beat } of request.rows) if (this.#rows.get(id)?.beat === beat) this.#rows.delete(id);
        return true;
      }
    }
  }

  #mark(id: MemberId, state: MemberRow['state']): void {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#rows.set(id, { ...row, state });
  }
}
