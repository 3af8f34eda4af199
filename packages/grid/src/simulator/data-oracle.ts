import type { MemberId, MemberRecord, OwnerTable, Phase, ViewBody } from '../protocol/types.ts';
import { MAX_OWNERS, SEGMENTS } from '../protocol/types.ts';

/**
 * Stands in for membership where only the data core is under test: one lineage of views with the phases of a rebalance. It evicts only
 * members whose lease has ended, as the real one must (M3); who that is, the world tells it.
 */
export class ViewOracle {
  view: ViewBody;
  /** The table is whole: no death since the last rebalance ended. */
  healed = true;
  readonly #confirmed = new Map<MemberId, number>();
  readonly #draw: () => number;

  constructor(members: readonly MemberRecord[], draw: () => number) {
    this.#draw = draw;
    this.view = { timeline: 1, epoch: 1, members, phase: 'STABLE', table: tableOf(members, 0), target: null };
  }

  confirm(member: MemberId, epoch: number): void {
    // Confirmations may overtake each other.
    this.#confirmed.set(member, Math.max(epoch, this.#confirmed.get(member) ?? 0));
  }

  /** The members are out: they vanish from both tables; owners who lost everybody start empty. */
  evict(dead: readonly MemberId[]): ViewBody {
    const members = this.view.members.filter(({ id }) => !dead.includes(id));
    const prune = (table: OwnerTable): OwnerTable => {
      const fallback = tableOf(members, this.view.epoch);
      return table.map((list, segment) => {
        const left = list.filter((id) => !dead.includes(id));
        return left.length > 0 ? left : (fallback[segment] ?? []);
      });
    };
    this.healed = false;
    return this.#next(members, this.view.phase, prune(this.view.table), this.view.target === null ? null : prune(this.view.target));
  }

  join(member: MemberRecord): ViewBody {
    return this.#next([...this.view.members, member], this.view.phase, this.view.table, this.view.target);
  }

  /** One step of the rebalance, if every member has confirmed the current epoch; undefined = nothing to do yet. */
  advance(): ViewBody | undefined {
    const { members, phase, table, target, epoch } = this.view;
    if (phase === 'STABLE' || target === null) {
      const wanted = tableOf(members, this.#draw() < 0.5 ? 0 : epoch);
      if (JSON.stringify(wanted) === JSON.stringify(table) && this.healed) return undefined;
      return this.#next(members, 'COPY', table, wanted);
    }
    if (members.some(({ id }) => this.#confirmed.get(id) !== epoch)) return undefined;
    if (phase === 'COPY') return this.#next(members, 'SWITCH', table, target);
    this.healed = target.every((list) => list.length === Math.min(MAX_OWNERS, members.length));
    return this.#next(members, 'STABLE', target, null);
  }

  #next(members: readonly MemberRecord[], phase: Phase, table: OwnerTable, target: OwnerTable | null): ViewBody {
    this.view = { timeline: 1, epoch: this.view.epoch + 1, members, phase, table, target };
    return this.view;
  }
}

/** Round robin, turned by `shift` so that rebalances have something to do. */
function tableOf(members: readonly MemberRecord[], shift: number): OwnerTable {
  const table: MemberId[][] = [];
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const list: MemberId[] = [];
    for (let rank = 0; rank < Math.min(MAX_OWNERS, members.length); rank++) {
      const member = members[(segment + shift + rank) % members.length];
      if (member !== undefined) list.push(member.id);
    }
    table.push(list);
  }
  return table;
}
