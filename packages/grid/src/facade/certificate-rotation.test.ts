import { describe, expect, it } from 'vitest';
import type { GridLogLine, Topic } from '../api.ts';
import { currentKey, loadCredentials, nextKey, parseCertificate } from '../certificates/load-credentials.ts';
import { MemoryCertificateStore } from '../testing/memory-certificate-store.ts';
import type { Credentials } from '../transport/secure-channel.ts';
import { CertificateRotation } from './certificate-rotation.ts';

const intervalMs = 3_600_000;
type Handler = (payload: unknown, sender: string) => void | Promise<void>;

/** Members on one store, with a clock and timers that the test turns, and topics that reach all others at once. */
class Fleet {
  readonly store = new MemoryCertificateStore();
  readonly lines: GridLogLine[] = [];
  readonly held: Credentials[] = [];
  readonly mostTrusted: number[] = [];
  nowMs = 1_000_000;
  coordinator = 0;
  deaf = false;
  readonly #handlers: Handler[] = [];
  readonly #timers = new Map<number, { atMs: number; work: () => void }>();
  readonly members: CertificateRotation[] = [];
  #count = 0;

  async begin(): Promise<void> {
    const index = this.members.length;
    const credentials = await loadCredentials(this.store, this.nowMs, intervalMs);
    this.held[index] = credentials;
    const member = new CertificateRotation({
      store: this.store,
      intervalMs,
      credentials,
      time: {
        nowMs: () => this.nowMs,
        wallMs: () => this.nowMs,
        every: () => ({ [Symbol.dispose]: () => {} }),
        after: (delayMs, work) => {
          this.#count += 1;
          const id = this.#count;
          this.#timers.set(id, { atMs: this.nowMs + delayMs, work });
          return { [Symbol.dispose]: () => void this.#timers.delete(id) };
        },
      },
      log: (line) => this.lines.push(line),
      replace: (fresh) => {
        this.held[index] = fresh;
        this.mostTrusted.push(fresh.trusted.length);
      },
    });
    this.members.push(member);
    const topic: Topic = {
      publish: async (payload) => {
        if (this.deaf) return false;
        const others = this.#handlers.filter((_, each) => each !== index);
        return Promise.all(others.map((handler) => handler(payload, ''))).then(
          () => true,
          () => false,
        );
      },
      subscribe: (handler) => {
        this.#handlers[index] = handler;
        return { [Symbol.dispose]: () => {} };
      },
      onGap: () => ({ [Symbol.dispose]: () => {} }),
    };
    member.start({ topic, coordinates: () => this.coordinator === index, epoch: () => 1 });
  }

  pass(durationMs: number): void {
    this.nowMs += durationMs;
    for (const [id, { atMs, work }] of this.#timers) {
      if (atMs > this.nowMs) continue;
      this.#timers.delete(id);
      work();
    }
  }

  async alias(key: string): Promise<string | undefined> {
    const row = await this.store.get(key);
    return row === undefined ? undefined : parseCertificate(row.value).alias;
  }
}

async function fleetOf(count: number): Promise<Fleet> {
  const fleet = new Fleet();
  for (let index = 0; index < count; index += 1) await fleet.begin();
  await expect.poll(() => fleet.members.every((member) => (member.figures()['certificateExpirySeconds'] ?? 0) > 0)).toBe(true);
  return fleet;
}

describe('the rotation of a running member', () => {
  it('gives all members the next certificate, and never more than two to trust', async () => {
    const fleet = await fleetOf(3);
    const old = fleet.held[0]?.certificate;
    fleet.pass(intervalMs);
    await expect.poll(() => fleet.members[0]?.figures()['certificateRotations']).toBe(1);
    expect(new Set(fleet.held.map((each) => each.certificate)).size).toBe(1);
    expect(fleet.held[0]?.certificate).not.toBe(old);
    expect(Math.max(...fleet.mostTrusted)).toBe(2);
    expect(await fleet.store.get(nextKey)).toBeUndefined();
    await expect.poll(() => fleet.held.map((each) => each.trusted.length)).toEqual([1, 1, 1]);
  });

  it('is not switched while a member does not confirm, says so, and tries again a minute later', async () => {
    const fleet = await fleetOf(2);
    const before = await fleet.alias(currentKey);
    fleet.deaf = true;
    fleet.pass(intervalMs);
    await expect.poll(() => fleet.members[0]?.figures()['certificateRotationFailures']).toBe(1);
    expect(await fleet.alias(currentKey)).toBe(before);
    expect(fleet.lines.filter((line) => line.level === 'warn').map((line) => line.message)).toEqual([
      expect.stringMatching(/not all members have confirmed.*trying again in 60 s; it expires at /),
    ]);
    fleet.deaf = false;
    fleet.pass(60_000);
    await expect.poll(() => fleet.members[0]?.figures()['certificateRotations']).toBe(1);
  });

  it.each(['published', 'switched'])('goes on under a new coordinator when the former one died after it %s', async (when) => {
    const fleet = await fleetOf(2);
    const other = new MemoryCertificateStore();
    await loadCredentials(other, fleet.nowMs, intervalMs);
    const value = (await other.get(currentKey))?.value ?? '';
    await fleet.store.insert(nextKey, value);
    if (when === 'switched') await fleet.store.replace(currentKey, value, 1);
    fleet.coordinator = 1;
    fleet.members[1]?.changed();
    await expect.poll(() => fleet.members[1]?.figures()['certificateRotations']).toBe(1);
    expect(await fleet.alias(currentKey)).toBe(parseCertificate(value).alias);
    expect(await fleet.alias(nextKey)).toBeUndefined();
  });
});
