import type { GridLogLine } from '../api.ts';
import type { Authority, MemberRow } from '../authority/authority.ts';
import type { Announcement, Discovery } from '../discovery/discovery.ts';
import { DiscoveryWatch, joiningLineMs } from '../discovery/discovery-watch.ts';
import { JoinGate } from '../discovery/join-gate.ts';
import { RepeatedLine } from '../discovery/repeated-line.ts';
import { GridError } from '../errors.ts';
import { defaultTiming, type Timing } from '../membership/timing.ts';
import type { Time } from './time.ts';

export interface AwaitDiscoveryOptions {
  readonly discovery: Discovery;
  readonly own: Announcement;
  readonly authority: Authority;
  readonly time: Time;
  readonly log: (line: GridLogLine) => void;
  readonly timing?: Timing | undefined;
  readonly isProcessGone?: ((row: MemberRow) => boolean) | undefined;
  /** Gives up waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** So long a member may stay unfound before it is worth a line. */
const unfoundMs = 3_000;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Starts the discovery and resolves when this node may ask for membership: its discovery works, and finds one of the living members if there are
 * any. The watch goes on afterwards and is the caller's to stop.
 * @throws GridError GRID_ABORTED
 */
export async function awaitDiscovery(options: AwaitDiscoveryOptions): Promise<DiscoveryWatch> {
  const { discovery, own, authority, time, log, timing = defaultTiming, isProcessGone = () => false, signal } = options;
  const gate = new JoinGate({ own: own.address, frozenMs: timing.leaseMs * timing.margin, isProcessGone });
  const watch = new DiscoveryWatch({ discovery, own, time, log });
  const line = new RepeatedLine(time, log);
  const warn = (message: string): void => line.say({ level: 'warn', message }, joiningLineMs);
  const opened = Promise.withResolvers<void>();
  const abort = (): void => opened.reject(new GridError('GRID_ABORTED', 'the start was given up while discovery was under way'));
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  let judging = false;
  let closedSinceMs: number | undefined;
  const judge = async (): Promise<void> => {
    const { state } = watch;
    if (judging || state.kind !== 'working') return;
    judging = true;
    try {
      const { view, rows } = await authority.execute({ kind: 'read', knownEpoch: 0 });
      const answer = gate.judge(view, rows, state.found, time.nowMs());
      if (answer.open) {
        line.over({ level: 'info', message: `discovery ${discovery.name}: this node may join (${answer.because})` });
        opened.resolve();
      } else {
        // Where several start at once, the first member is a moment old and not found yet.
        closedSinceMs ??= time.nowMs();
        if (time.nowMs() - closedSinceMs < unfoundMs) return;
        const listed = answer.missing.slice(0, 5).map(({ name, address }) => `${name} at ${address.host}:${address.port}`);
        const more = answer.missing.length > listed.length ? ' and others' : '';
        warn(
          `discovery ${discovery.name} finds ${state.found.length} addresses, but none of the members that the database lists (${listed.join(', ')}${more}); this node joins as soon as it finds one`,
        );
      }
    } catch (error) {
      gate.restart();
      warn(`the database does not say who the members are: ${reasonOf(error)}; this node joins as soon as it does`);
    } finally {
      judging = false;
    }
  };
  try {
    watch.start(() => void judge());
    await opened.promise;
  } catch (error) {
    await watch.stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  watch.joined();
  return watch;
}
