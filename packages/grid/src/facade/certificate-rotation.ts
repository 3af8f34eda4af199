import type { CertificateStore, GridLogLine } from '../api.ts';
import { pemOf, type StoredCertificate } from '../certificates/certificate.ts';
import { currentKey, endOf, nextKey, parseCertificate } from '../certificates/load-credentials.ts';
import { type CertificateFacts, nextStep, phaseOf } from '../certificates/rotation.ts';
import type { Credentials } from '../transport/secure-channel.ts';
import type { CertificateKeeper, KeptMember } from './certificate-keeper.ts';
import type { Time } from './time.ts';

const maxRetryMs = 60_000;
/** Members look at the store at least this often, whatever they were told. */
const maxIdleMs = 3_600_000;
const confirmMs = 2_000;
/** Told when the former certificate is trusted no more; nobody waits for it, since members look by themselves too. */
const retired = 'retired';
/** Strangers may be rejected as often as they like; the store is asked no more often than this. */
const minReloadGapMs = 500;
/** Steps of one run; a rotation takes five. */
const maxSteps = 12;

export interface RotationParts {
  readonly store: CertificateStore;
  readonly intervalMs: number;
  /** What the member started with. */
  readonly credentials: Credentials;
  readonly time: Time;
  readonly log: (line: GridLogLine) => void;
  replace(credentials: Credentials): void;
}

interface Row {
  readonly certificate: StoredCertificate;
  readonly facts: CertificateFacts;
  readonly version: number;
  readonly value: string;
}

interface Rows {
  readonly current: Row | undefined;
  readonly next: Row | undefined;
}

/**
 * Keeps a member's certificate in step with the store, and on the coordinator carries out the rotation that `nextStep` decides. After a
 * switch the former certificate stays trusted until the next one's row is gone: others may still present it.
 */
export class CertificateRotation implements CertificateKeeper {
  readonly #parts: RotationParts;
  #member: KeptMember | undefined;
  #presented: string;
  #trusted: readonly string[];
  #endMs = 0;
  #reads = 0;
  #applied = 0;
  #confirmed: string | undefined;
  #running = false;
  #again = false;
  #stopped = false;
  #reloadedMs = Number.NEGATIVE_INFINITY;
  #rotations = 0;
  #failures = 0;
  #timer: Disposable | undefined;
  #soon: Disposable | undefined;

  constructor(parts: RotationParts) {
    this.#parts = parts;
    this.#presented = parts.credentials.certificate;
    this.#trusted = parts.credentials.trusted;
  }

  start(member: KeptMember): void {
    this.#member = member;
    this.#parts.log({ level: 'info', message: 'Starting JGroups certificate reload manager' });
    member.topic.subscribe(async (phase) => {
      const { current, next } = await this.#load();
      // Not acknowledged where the store says something else by now; the sender asks again.
      if (phase === retired) return;
      if (current === undefined || next === undefined || phaseOf(current.facts, next.facts) !== phase)
        throw new Error('the certificates changed meanwhile');
    });
    this.changed();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.[Symbol.dispose]();
    this.#soon?.[Symbol.dispose]();
  }

  figures(): Record<string, number> {
    return {
      certificateExpirySeconds: Math.floor((this.#endMs - this.#parts.time.wallMs()) / 1_000),
      certificateRotations: this.#rotations,
      certificateRotationFailures: this.#failures,
    };
  }

  /** A handshake failed: the store may know more than this member. */
  rejected(): void {
    const { time } = this.#parts;
    if (this.#stopped || this.#soon !== undefined) return;
    const waitMs = Math.max(0, this.#reloadedMs + minReloadGapMs - time.nowMs());
    this.#soon = time.after(waitMs, () => {
      this.#soon = undefined;
      this.changed();
    });
  }

  /** The view, the lease or the time changed: look at the store, and go on with the rotation where this member coordinates. */
  changed(): void {
    this.#again = true;
    if (!this.#running && !this.#stopped && this.#member !== undefined) void this.#run(this.#member);
  }

  async #run(member: KeptMember): Promise<void> {
    const { time, intervalMs } = this.#parts;
    this.#running = true;
    let delayMs = Math.min(maxIdleMs, intervalMs);
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        delayMs = await this.#steps(member);
      }
    } catch (error) {
      delayMs = Math.min(maxRetryMs, intervalMs);
      this.#failed(error, delayMs);
    }
    this.#running = false;
    if (this.#stopped) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = time.after(Math.max(1, delayMs), () => this.changed());
    if (this.#again) this.changed();
  }

  /** Gives the milliseconds until the next look. */
  async #steps(member: KeptMember): Promise<number> {
    const { time, intervalMs, store } = this.#parts;
    for (let count = 0; count < maxSteps; count += 1) {
      const { current, next } = await this.#load();
      if (this.#stopped) return maxIdleMs;
      const nowMs = time.wallMs();
      const step = nextStep({
        nowMs,
        intervalMs,
        coordinator: member.coordinates(),
        current: current?.facts,
        next: next?.facts,
        confirmed: this.#confirmed,
      });
      if (step.kind === 'wait' || current === undefined) {
        this.#warn(current, nowMs);
        const untilMs = step.kind === 'wait' ? step.untilMs : undefined;
        return Math.min(maxIdleMs, untilMs === undefined ? intervalMs : untilMs - nowMs);
      }
      if (step.kind === 'publish') await this.#publish(next, nowMs, member);
      else if (next !== undefined && step.kind === 'confirm') await this.#confirm(member, phaseOf(current.facts, next.facts));
      else if (next !== undefined && step.kind === 'switch') await store.replace(currentKey, next.value, current.version);
      else if (next !== undefined && (await store.remove(nextKey, next.version))) {
        this.#rotations += 1;
        void member.topic.publish(retired, { timeoutMs: confirmMs }).catch(() => {});
      }
    }
    throw new Error(`not finished after ${maxSteps} steps`);
  }

  async #publish(next: Row | undefined, nowMs: number, member: KeptMember): Promise<void> {
    const { store, intervalMs } = this.#parts;
    const { createCertificate } = await import('../certificates/create-certificate.ts');
    const text = JSON.stringify(await createCertificate(nowMs, intervalMs));
    if (!member.coordinates()) return;
    if (next === undefined) await store.insert(nextKey, text);
    else await store.replace(nextKey, text, next.version);
  }

  async #confirm(member: KeptMember, phase: string): Promise<void> {
    const epoch = member.epoch();
    if (!(await member.topic.publish(phase, { timeoutMs: confirmMs })))
      throw new Error('not all members have confirmed the next certificate');
    // Who joined meanwhile was not asked.
    if (member.epoch() === epoch) this.#confirmed = phase;
  }

  async #load(): Promise<Rows> {
    this.#reads += 1;
    const read = this.#reads;
    this.#reloadedMs = this.#parts.time.nowMs();
    // In this order: a next one that is gone by the second read has become the current one.
    const next = await this.#row(nextKey);
    const current = await this.#row(currentKey);
    if (current !== undefined && read > this.#applied && !this.#stopped) {
      this.#applied = read;
      this.#apply(current, next);
    }
    return { current, next };
  }

  async #row(key: string): Promise<Row | undefined> {
    const stored = await this.#parts.store.get(key);
    if (stored === undefined) return undefined;
    const certificate = parseCertificate(stored.value);
    return {
      certificate,
      facts: { alias: certificate.alias, generatedMs: certificate.generatedMillis, endMs: endOf(certificate) },
      version: stored.version,
      value: stored.value,
    };
  }

  #apply(current: Row, next: Row | undefined): void {
    this.#endMs = current.facts.endMs;
    const certificate = pemOf('CERTIFICATE', current.certificate.crt);
    const trusted = [certificate];
    if (next !== undefined) {
      const other = pemOf('CERTIFICATE', next.certificate.crt);
      const former = this.#presented === certificate ? this.#trusted.find((each) => each !== certificate) : this.#presented;
      if (other !== certificate) trusted.push(other);
      else if (former !== undefined) trusted.push(former);
    }
    if (certificate === this.#presented && trusted.join() === this.#trusted.join()) return;
    this.#presented = certificate;
    this.#trusted = trusted;
    this.#parts.log({ level: 'info', message: 'Reloading JGroups Certificate' });
    this.#parts.replace({ key: pemOf('PRIVATE KEY', current.certificate.prvKey), certificate, trusted });
  }

  #warn(current: Row | undefined, nowMs: number): void {
    if (current === undefined) return;
    const { generatedMs, endMs } = current.facts;
    if (endMs - nowMs > (endMs - generatedMs) / 4) return;
    this.#parts.log({
      level: 'warn',
      message: `the JGroups certificate has not been rotated and expires at ${new Date(endMs).toISOString()}`,
    });
  }

  #failed(error: unknown, retryMs: number): void {
    if (this.#stopped) return;
    this.#failures += 1;
    const reason = error instanceof Error ? error.message : String(error);
    const end = this.#endMs === 0 ? '' : `; it expires at ${new Date(this.#endMs).toISOString()}`;
    this.#parts.log({
      level: 'warn',
      message: `the JGroups certificate could not be rotated or reloaded: ${reason}, trying again in ${Math.ceil(retryMs / 1_000)} s${end}`,
    });
  }
}
