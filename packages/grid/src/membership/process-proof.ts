import { readFileSync, readlinkSync } from 'node:fs';
import type { MemberRow } from '../authority/authority.ts';

interface ProcessMark {
  readonly bootId: string;
  readonly pidNamespace: string;
  /** Start times are shown shifted to readers of another time namespace, so they compare only within one. */
  readonly timeNamespace: string;
  readonly pid: number;
  /** Processes of other users may be hidden, which proves nothing. */
  readonly user: number;
  /** Clock ticks since boot; with the pid it names one process for the life of the boot. */
  readonly startTicks: string;
}

/** Field 22 of /proc/PID/stat; the command in brackets may hold blanks, so fields are counted from the last bracket. Undefined: no such process, or a zombie. */
function startTicksOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return undefined;
    throw error;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie runs no code any more; it only waits for its parent.
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** Kernels before 5.6 have only one time namespace, and no link for it. */
function timeNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/time');
  } catch {
    return '';
  }
}

function ownMark(): ProcessMark | undefined {
  try {
    const startTicks = startTicksOf(process.pid);
    // /proc may belong to another pid namespace than the process; then its numbers name somebody else.
    if (startTicks === undefined || readlinkSync('/proc/self') !== String(process.pid)) return undefined;
    return {
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      pidNamespace: readlinkSync('/proc/self/ns/pid'),
      timeNamespace: timeNamespace(),
      pid: process.pid,
      user: process.getuid?.() ?? -1,
      startTicks,
    };
  } catch {
    return undefined;
  }
}

/** The text for `Registration.process`; empty where the system does not tell. */
export function describeProcess(): string {
  const mark = ownMark();
  return mark === undefined ? '' : JSON.stringify(mark);
}

/** Proof (a) of a fast death: same boot and pid namespace as this process, and no process of that pid and start time. False when in doubt. */
export function isProcessGone(row: Pick<MemberRow, 'process'>): boolean {
  const own = ownMark();
  if (own === undefined || row.process === '') return false;
  try {
    const mark = JSON.parse(row.process) as Partial<ProcessMark>;
    if (
      mark.bootId !== own.bootId ||
      mark.pidNamespace !== own.pidNamespace ||
      mark.timeNamespace !== own.timeNamespace ||
      mark.user !== own.user ||
      typeof mark.pid !== 'number' ||
      typeof mark.startTicks !== 'string'
    )
      return false;
    return startTicksOf(mark.pid) !== mark.startTicks;
  } catch {
    return false;
  }
}
