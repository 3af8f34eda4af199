import { readdirSync, readFileSync } from 'node:fs';
import { cpuMs, threadCpuMs } from '../drivers/cpu.ts';

/** What the threads of a node are for: JavaScript, its pool (hashes, signatures, names), the engine's helpers (compiling, collecting). */
export const threadKinds = ['main', 'pool', 'engine', 'others'] as const;
export type ThreadKind = (typeof threadKinds)[number];
export type CpuByThread = Readonly<Record<ThreadKind, number>>;

/** By the names that Node gives its threads, as far as Linux keeps them (15 bytes). */
export function kindOf(name: string): ThreadKind {
  if (name.startsWith('libuv-worker')) return 'pool';
  if (name.startsWith('V8Worker') || name.startsWith('DelayedTask')) return 'engine';
  return 'others';
}

/** The threads that a process has now. */
export function threadsOf(pid: number): readonly { readonly thread: number; readonly kind: ThreadKind }[] {
  return readdirSync(`/proc/${pid}/task`)
    .map(Number)
    .flatMap((thread) => {
      try {
        return [{ thread, kind: thread === pid ? 'main' : kindOf(readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8')) }];
      } catch {
        return []; // It ended meanwhile.
      }
    });
}

/** CPU milliseconds that the threads of a process have used so far. What threads used that are gone counts as of others. */
export function cpuByThread(pid: number): CpuByThread {
  const sums = { main: 0, pool: 0, engine: 0, others: 0 };
  for (const { thread, kind } of threadsOf(pid)) if (kind !== 'others') sums[kind] += threadCpuMs(pid, thread);
  const { main, pool, engine } = sums;
  return { ...sums, others: cpuMs(pid) - main - pool - engine };
}

/** What was used between two looks, by each operation. */
export function perOperation(before: CpuByThread, after: CpuByThread, operations: number): CpuByThread {
  // Others are what is left of the whole, which is rounded otherwise than its parts.
  const each = (kind: ThreadKind): number => Math.max(0, after[kind] - before[kind]) / Math.max(1, operations);
  return { main: each('main'), pool: each('pool'), engine: each('engine'), others: each('others') };
}

const NS_PER_MS = 1_000_000;

/** Milliseconds that the main thread of a process could have run but had no processor, so far; NaN where the system does not tell. */
export function waitedMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / NS_PER_MS;
  } catch {
    return Number.NaN;
  }
}
