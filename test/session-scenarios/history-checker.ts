/** What one client did and was told. Times are milliseconds of one clock: `sentAt` before the request left, `toldAt` after its answer came. */
export interface Event {
  readonly kind: 'login' | 'use' | 'logout' | 'exchange' | 'write' | 'read';
  /** Session, code or register that it is about. */
  readonly about: string;
  readonly sentAt: number;
  readonly toldAt: number;
  /** `unknown`: no answer, or one that says "try again"; the effect may have taken place, then or later. */
  readonly told: 'yes' | 'no' | 'unknown';
  /** Of `write` and `read`: the value. */
  readonly value?: number | undefined;
}

export interface CheckOptions {
  /** Spans in which every copy of a session may have gone (volatile sessions): a session may end in them. */
  readonly sessionsMayEnd: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Whether what clients were told is what every node said afterwards: a session that was opened is there until its logout was sent, and never
 * again after the logout was told; a code works once; a setting that was told to be written is read by every later request.
 */
export function violationsOf(events: readonly Event[], { sessionsMayEnd }: CheckOptions): string[] {
  const violations: string[] = [];
  for (const [about, own] of grouped(events)) {
    const exchanged = own.filter((event) => event.kind === 'exchange' && event.told === 'yes');
    if (exchanged.length > 1) violations.push(`${about} was exchanged ${exchanged.length} times`);
    violations.push(...sessionViolations(about, own, sessionsMayEnd), ...registerViolations(about, own));
  }
  return violations;
}

function sessionViolations(about: string, events: readonly Event[], sessionsMayEnd: CheckOptions['sessionsMayEnd']): string[] {
  const opened = events.find((event) => event.kind === 'login' && event.told === 'yes');
  if (opened === undefined) return [];
  const logouts = events.filter((event) => event.kind === 'logout');
  const endSent = Math.min(...logouts.map((event) => event.sentAt));
  const endTold = Math.min(...logouts.filter((event) => event.told === 'yes').map((event) => event.toldAt));
  const found: string[] = [];
  for (const use of events) {
    if (use.kind !== 'use') continue;
    if (use.told === 'yes' && use.sentAt > endTold)
      found.push(`${about} was used ${Math.round(use.sentAt - endTold)} ms after its logout was told`);
    const mayHaveEnded = sessionsMayEnd.some(({ from, to }) => opened.toldAt <= to && use.toldAt >= from);
    if (use.told === 'no' && use.sentAt > opened.toldAt && use.toldAt < endSent && !mayHaveEnded)
      found.push(`${about} was refused ${Math.round(use.sentAt - opened.toldAt)} ms after its login was told, and nobody logged out`);
  }
  return found;
}

/** A register whose writer writes ever greater values. */
function registerViolations(about: string, events: readonly Event[]): string[] {
  const writes = events.filter((event) => event.kind === 'write');
  const found: string[] = [];
  for (const read of events) {
    if (read.kind !== 'read' || read.told !== 'yes' || read.value === undefined) continue;
    const least = Math.max(
      0,
      ...writes.filter((write) => write.told === 'yes' && write.toldAt < read.sentAt).map((write) => write.value ?? 0),
    );
    const most = Math.max(0, ...writes.filter((write) => write.sentAt < read.toldAt).map((write) => write.value ?? 0));
    if (read.value < least) found.push(`${about} was read as ${read.value} after the write of ${least} was told`);
    if (read.value > most) found.push(`${about} was read as ${read.value}, which nobody had written`);
  }
  return found;
}

function grouped(events: readonly Event[]): Map<string, Event[]> {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const group = groups.get(event.about);
    if (group === undefined) groups.set(event.about, [event]);
    else group.push(event);
  }
  return groups;
}
