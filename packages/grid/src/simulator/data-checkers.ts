import { committedOf } from '../data/entry.ts';
import { writeOwnersIn } from '../data/node.ts';
import { SEGMENTS } from '../protocol/types.ts';
import { registerModel } from './data-model.ts';
import type { DataWorkload, Increment, Publication, Recorded } from './data-workload.ts';
import type { DataWorld, SimulatedMember } from './data-world.ts';
import { checkLinearizability } from './linearizability.ts';

const textDecoder = new TextDecoder();

/** D1 (with it D2 and D4): every key's history is linearizable. One line a violation. */
export function checkRegisters(history: readonly Recorded[]): string[] {
  const byKey = new Map<string, Recorded[]>();
  for (const recorded of history) {
    // A read that nobody saw says nothing.
    if (recorded.output === undefined && recorded.input.type === 'get') continue;
    const list = byKey.get(recorded.key);
    if (list === undefined) byKey.set(recorded.key, [recorded]);
    else list.push(recorded);
  }
  const violations: string[] = [];
  for (const [key, list] of byKey) {
    const verdict = checkLinearizability(registerModel, list);
    if (!verdict.linearizable)
      violations.push(`D1 ${key}: ${verdict.longest} of ${list.length} operations fit an order; around: ${excerpt(list, verdict.longest)}`);
  }
  return violations;
}

/** D3: no count is handed out twice, and the last one lies between what was answered and what was tried. */
export function checkCounters(increments: readonly Increment[], final: ReadonlyMap<string, number>): string[] {
  const violations: string[] = [];
  for (const key of new Set(increments.map((increment) => increment.key))) {
    const own = increments.filter((increment) => increment.key === key);
    const answers = own.flatMap((increment) => increment.answer ?? []);
    const value = final.get(key) ?? 0;
    if (new Set(answers).size !== answers.length) violations.push(`D3 ${key}: one count was answered twice`);
    if (value < answers.length || value > own.length)
      violations.push(`D3 ${key}: ${value} at the end after ${answers.length} answered of ${own.length} tried`);
    if (Math.max(0, ...answers) > value) violations.push(`D2 ${key}: ${Math.max(...answers)} was answered, ${value} stands`);
  }
  return violations;
}

/** D5 and D7 in a quiet, stable cluster: owners hold the same, others hold nothing. */
export function checkCopies(world: DataWorld): string[] {
  const { view } = world.oracle;
  const violations: string[] = [];
  for (let segment = 0; segment < SEGMENTS; segment++) {
    let expected: string | undefined;
    for (const member of world.live) {
      const owner = writeOwnersIn(view, member.cache.shape.owners, segment).includes(member.record.id);
      const held = describe(member, segment);
      if (!owner && held !== '') violations.push(`D7 ${member.record.id} holds ${held} of segment ${segment}`);
      if (!owner) continue;
      expected ??= held;
      if (held !== expected) violations.push(`D5 segment ${segment}: ${member.record.id} holds [${held}], another owner [${expected}]`);
    }
  }
  return violations;
}

/** What the primaries hold at the end. */
export function finalCounts(world: DataWorld): Map<string, number> {
  const counts = new Map<string, number>();
  for (const member of world.live) {
    for (const segment of member.cache.segments) {
      if (segment === undefined || !member.core.node.isPrimary(member.cache, segment.index)) continue;
      for (const [key, head] of segment.entries) {
        const value = committedOf(head)?.value ?? null;
        if (value !== null && key.startsWith('count-')) counts.set(key, Number(textDecoder.decode(value)));
      }
    }
  }
  return counts;
}

/** L4: what a sender was told that all have handled, everyone who still lives has handled, or knows that it missed something of that sender. */
export function checkTopics(world: DataWorld, publications: readonly Publication[]): string[] {
  const violations: string[] = [];
  for (const { text, sender, audience, publishedAt, all } of publications) {
    if (all !== true) continue;
    for (const member of world.live) {
      const { id } = member.record;
      if (id === sender || !audience.includes(id) || member.heard.has(text) || (member.gaps.get(sender) ?? -1) >= publishedAt) continue;
      violations.push(`L4 ${id} never heard ${text} of ${sender}, which was told that all had`);
    }
  }
  return violations;
}

/** R5: every operation has ended, in an answer or an error. */
export function checkEnded(world: DataWorld, workload: DataWorkload): string[] {
  return world.live
    .filter(({ record }) => (workload.underWay.get(record.id) ?? 0) !== 0)
    .map(({ record }) => `R5 ${workload.underWay.get(record.id)} operations of ${record.id} never ended`);
}

/** All checkers at the end of a run. */
export function checkAll(world: DataWorld, workload: DataWorkload): string[] {
  return [
    ...checkRegisters(workload.history),
    ...checkCounters(workload.increments, finalCounts(world)),
    ...checkCopies(world),
    ...checkTopics(world, workload.publications),
    ...checkEnded(world, workload),
  ];
}

function describe(member: SimulatedMember, segment: number): string {
  const rows: string[] = [];
  for (const [key, entry] of member.cache.segments[segment]?.entries ?? []) {
    if (entry.value !== null || entry.pending)
      rows.push(
        `${key}@${entry.epoch}.${entry.sequence}=${entry.value === null ? 'removed' : textDecoder.decode(entry.value)}${entry.pending ? '?' : ''}`,
      );
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
