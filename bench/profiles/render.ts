import { fixed, table } from '../table.ts';
import type { RowProfile } from './measure.ts';
import type { RoomShare, Share } from './summary.ts';
import { threadKinds } from './threads.ts';

/** Rooms with less than this of a row's busy time are added up in one line. */
const LEAST_SHARE = 0.01;

const percent = (part: number, of: number): string => (of > 0 ? `${((part / of) * 100).toFixed(1)} %` : '-');

function roomsOf({ profile, operations }: RowProfile): string {
  const least = profile.busyMs * LEAST_SHARE;
  const isSmall = ({ selfMs, withRuntimeMs }: RoomShare): boolean => Math.max(selfMs, withRuntimeMs) < least;
  const small = profile.rooms.filter(isSmall);
  const rest: RoomShare = {
    name: `${small.length} further ones`,
    selfMs: small.reduce((sum, { selfMs }) => sum + selfMs, 0),
    withRuntimeMs: small.reduce((sum, { withRuntimeMs }) => sum + withRuntimeMs, 0),
  };
  return table(
    ['room', 'self, µs per operation', 'of busy', 'with the runtime below it', 'of busy'],
    [...profile.rooms.filter((room) => !isSmall(room)), ...(small.length === 0 ? [] : [rest])].map(({ name, selfMs, withRuntimeMs }) => [
      name,
      fixed((selfMs * 1_000) / operations, 1),
      percent(selfMs, profile.busyMs),
      fixed((withRuntimeMs * 1_000) / operations, 1),
      percent(withRuntimeMs, profile.busyMs),
    ]),
  );
}

function functionsOf(head: string, shares: readonly Share[], { profile, operations }: RowProfile): string {
  return table(
    [head, 'where', 'µs per operation', 'of busy'],
    shares.map(({ name, place, ms }) => [`\`${name}\``, place, fixed((ms * 1_000) / operations, 1), percent(ms, profile.busyMs)]),
  );
}

function section(row: RowProfile): string {
  const { profile, operations, failures } = row;
  const head = `${operations} operations in ${fixed(row.seconds, 1)} s${failures === 0 ? '' : `, ${failures} failed`}; main thread: ${fixed(profile.totalMs, 0)} ms in ${profile.samples} samples, idle ${percent(profile.idleMs, profile.totalMs)}; of the busy ${fixed(profile.busyMs, 0)} ms the collector ${percent(profile.collectorMs, profile.busyMs)}, native code without JavaScript below it ${percent(profile.programMs, profile.busyMs)}.`;
  return [
    `## ${row.name}`,
    head,
    roomsOf(row),
    functionsOf('function, self time', profile.functions, row),
    functionsOf('own function, with what it calls', profile.own, row),
  ].join('\n\n');
}

/** All rows side by side, then each by itself. `kept` is the server CPU ms per operation of the kept run that the rows were chosen from. */
export function renderProfiles(rows: readonly RowProfile[], kept: ReadonlyMap<string, number>): string {
  const overview = table(
    ['operation', 'kept run, CPU ms', 'here', ...threadKinds, 'main, busy by the clock', 'waited', 'idle', 'collector', 'native'],
    rows.map(({ name, operations, cpu, waitedMs, profile }) => [
      name,
      fixed(kept.get(name) ?? Number.NaN, 3),
      fixed(
        threadKinds.reduce((sum, kind) => sum + cpu[kind], 0),
        3,
      ),
      ...threadKinds.map((kind) => fixed(cpu[kind], 3)),
      fixed(profile.busyMs / Math.max(1, operations), 3),
      fixed(waitedMs / Math.max(1, operations), 3),
      percent(profile.idleMs, profile.totalMs),
      percent(profile.collectorMs, profile.busyMs),
      percent(profile.programMs, profile.busyMs),
    ]),
  );
  return [overview, ...rows.map(section)].join('\n\n');
}
