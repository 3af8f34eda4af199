import { committedOf } from '../data/entry.ts';
import { writeOwnersIn } from '../data/node.ts';
import { SEGMENTS, type ViewBody } from '../protocol/types.ts';
import { checkCounter } from '../verification/counters.ts';
import { checkLinearizability } from '../verification/linearizability.ts';
import { registerModel } from '../verification/register-model.ts';
import type { Cluster } from './cluster.ts';
import type { SimulatedNode } from './node.ts';
import type { NodeData } from './node-data.ts';
import type { Recorded, Workload, WorkloadKey } from './workload.ts';

const textDecoder = new TextDecoder();
const maxSteps = 400_000;

/** What the end of a run says about data. Members are alive, agree and are quiet. */
export class DataCheckers {
  readonly #cluster: Cluster;
  readonly #workload: Workload;
  /** Keys whose history was too tangled for the search: no verdict. */
  undecided = 0;
  /** Keys that were judged up to a moment only, because all owners of their segment failed. */
  cutShort = 0;

  constructor(cluster: Cluster, workload: Workload) {
    this.#cluster = cluster;
    this.#workload = workload;
  }

  check(): void {
    this.#registers();
    this.#counters();
    this.#copies();
    this.#topics();
    this.#ended();
  }

  #cutoff({ segment, cache, bornMs }: WorkloadKey): number {
    return this.#cluster.exposure.cutoff(segment, this.#cluster.owners[cache] ?? 2, bornMs);
  }

  /** D1 (with it D2, D3 and D4): every key's history fits one order, up to the moment from which D2 promises nothing. */
  #registers(): void {
    const byKey = Map.groupBy(this.#workload.history, ({ key }) => key);
    for (const [key, all] of byKey) {
      const cutoff = this.#cutoff(key);
      if (cutoff !== Number.POSITIVE_INFINITY) this.cutShort += 1;
      const list = all
        .filter(({ calledAt }) => calledAt < cutoff)
        .map((recorded): Recorded => (recorded.returnedAt < cutoff ? recorded : { ...recorded, output: undefined }))
        // A read that nobody saw says nothing.
        .filter(({ output, input }) => output !== undefined || input.type !== 'get');
      try {
        const verdict = checkLinearizability(registerModel, list, maxSteps);
        if (!verdict.linearizable)
          this.#violate(
            'D1',
            `${key.name}: ${verdict.longest} of ${list.length} operations fit an order; around: ${excerpt(list, verdict.longest)}`,
          );
      } catch {
        this.undecided += 1;
      }
    }
  }

  /** D3 and D2: the list of a key holds what was answered, each at the place that the answer said, and nothing twice. */
  #counters(): void {
    const final = this.#finalLists();
    for (const [key, own] of Map.groupBy(this.#workload.increments, (increment) => increment.key)) {
      const cutoff = this.#cutoff(key);
      const whole = cutoff === Number.POSITIVE_INFINITY;
      const before = own
        .filter(({ calledAt }) => calledAt < cutoff)
        .map((each) => (each.returnedAt < cutoff ? each : { ...each, answer: undefined }));
      const list = final.get(key.name) ?? [];
      for (const breach of checkCounter(before, whole ? list.length : undefined)) this.#violate('D3', `${key.name}: ${breach}`);
      if (!whole) continue;
      const twice = list.find((tag, at) => list.indexOf(tag) !== at);
      if (twice !== undefined) this.#violate('D3', `${key.name}: ${twice} took effect twice`);
      const missing = own.find(({ answer, tag }) => answer !== undefined && list[answer - 1] !== tag);
      if (missing !== undefined)
        this.#violate(
          'D2',
          `${key.name}: ${missing.tag} was answered as number ${missing.answer}; there stands ${list[(missing.answer ?? 0) - 1]}`,
        );
    }
  }

  /** D5 and D7: owners hold the same, others hold nothing. */
  #copies(): void {
    for (const [index, owners] of this.#cluster.owners.entries()) {
      for (let segment = 0; segment < SEGMENTS; segment += 1) {
        let expected: string | undefined;
        for (const { node, data } of this.#members()) {
          const owner = writeOwnersIn(node.installed as ViewBody, owners, segment).includes(data.identity?.id ?? 0);
          const held = describe(data, index, segment);
          if (!owner && held !== '') this.#violate('D7', `${node.name} holds ${held} of segment ${segment}`);
          if (!owner) continue;
          expected ??= held;
          if (held !== expected)
            this.#violate('D5', `segment ${segment}, ${owners} owners: ${node.name} holds [${held}], another owner [${expected}]`);
        }
      }
    }
  }

  /** L4: what a sender was told that all have handled, every life of then that goes on has handled, or knows that it missed something. */
  #topics(): void {
    const lives = this.#members();
    for (const { text, sender, audience, publishedAt, all } of this.#workload.publications) {
      if (all !== true) continue;
      for (const { data } of lives) {
        const id = data.identity?.id ?? 0;
        if (id === sender || !audience.includes(id) || data.heard.has(text) || (data.gaps.get(sender) ?? -1) >= publishedAt) continue;
        this.#violate('L4', `${id} never heard ${text} of ${sender}, which was told that all had`);
      }
    }
  }

  /** R5: every operation has ended, in an answer or an error. */
  #ended(): void {
    for (const node of this.#cluster.nodes)
      if (node.underWay !== 0) this.#violate('R5', `${node.underWay} operations of ${node.name} never ended`);
  }

  #finalLists(): Map<string, string[]> {
    const lists = new Map<string, string[]>();
    for (const { data } of this.#members()) {
      for (const cache of data.caches) {
        for (const segment of cache.segments) {
          if (segment === undefined || !data.core.node.isPrimary(cache, segment.index)) continue;
          for (const [key, head] of segment.entries) {
            const value = committedOf(head)?.value ?? null;
            if (value !== null && key.startsWith('count-')) lists.set(key, textDecoder.decode(value).split(' '));
          }
        }
      }
    }
    return lists;
  }

  #members(): { node: SimulatedNode; data: NodeData }[] {
    return this.#cluster.nodes.flatMap((node) =>
      node.data !== undefined && node.installed !== undefined ? [{ node, data: node.data }] : [],
    );
  }

  #violate(invariant: string, detail: string): void {
    this.#cluster.checkers.violate(invariant, detail);
  }
}

function describe(data: NodeData, cache: number, segment: number): string {
  const rows: string[] = [];
  for (const [key, entry] of data.caches[cache]?.segments[segment]?.entries ?? []) {
    if (entry.value === null && !entry.pending) continue;
    const value = entry.value === null ? 'removed' : textDecoder.decode(entry.value);
    rows.push(`${key}@${entry.epoch}.${entry.sequence}=${value}${entry.pending ? '?' : ''}`);
  }
  return rows.sort().join(' ');
}

function excerpt(list: readonly Recorded[], at: number): string {
  const sorted = [...list].sort((a, b) => a.returnedAt - b.returnedAt);
  return sorted
    .slice(Math.max(0, at - 6), at + 4)
    .map(
      ({ input, output, calledAt, returnedAt }) =>
        `${calledAt.toFixed(1)}-${returnedAt.toFixed(1)} ${JSON.stringify(input)} -> ${JSON.stringify(output)}`,
    )
    .join(' | ');
}
