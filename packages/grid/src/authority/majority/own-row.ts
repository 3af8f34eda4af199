import type { MemberId, ViewBody } from '../../protocol/types.ts';
import type { MemberRow, Registration, RowState } from '../authority.ts';
import type { Ask } from './messages.ts';

/** The row of one life of this process, and the lineage of views that it may join. */
export class OwnRow {
  #row: MemberRow;
  #lineage = 0;

  constructor(id: MemberId, registration: Registration) {
    this.#row = { id, incarnation: id, ...registration, state: 'alive', beat: 0, heard: [] };
  }

  get id(): MemberId {
    return this.#row.id;
  }

  get heard(): readonly MemberId[] {
    return this.#row.heard;
  }

  /**
   * Timeline of the only lineage that may let this row in, 0 = of none yet. Members of one that died may have let it in without its hearing of that,
   * so it can join no other one, nor found one: it becomes somebody new first (M10).
   */
  get lineage(): number {
    return this.#lineage;
  }

  /** Binds the row to the lineage of a view that it has heard of; false where that was clear before. */
  bind(view: ViewBody | null): boolean {
    if (view === null || this.#lineage !== 0) return false;
    this.#lineage = view.timeline;
    return true;
  }

  /** The lineage that it is bound to has given way to another one, or to none. */
  isAstray(newest: ViewBody | null): boolean {
    return this.#lineage !== 0 && newest?.timeline !== this.#lineage;
  }

  beat(heard: readonly MemberId[], state: RowState): void {
    const { beat, state: before } = this.#row;
    this.#row = { ...this.#row, heard, beat: beat + 1, state: before === 'leaving' ? before : state };
  }

  asAsk(): Ask {
    return { kind: 'row', row: this.#row, lineage: this.#lineage };
  }
}
