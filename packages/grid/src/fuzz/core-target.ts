import { type Packet, TestCluster } from '../data/test-cluster.ts';
import { decodeDataMessage, encodeDataMessage } from '../data/wire-messages.ts';
import type { Phase } from '../protocol/types.ts';
import type { Random } from '../simulator/random.ts';
import { mutate } from './mutate.ts';
import { dataBody } from './samples.ts';
import type { Target } from './targets.ts';

const casesPerCluster = 2_000;
const keys = Array.from({ length: 24 }, (_, index) => `key-${index}`);
const victim = 2;
const sender = 1;

/**
 * Frames that members really send to a member in the middle of things, mutated and given to its core. What is refused must leave no trace; what
 * gets through came from somebody with the cluster's key, and may be believed, but must not make the core fail later, in a timer of its own.
 */
export class CoreTarget implements Target {
  readonly name: string;
  readonly #phase: Phase;
  #cluster = new TestCluster([]);
  #real: Uint8Array[] = [];
  #cases = casesPerCluster;

  constructor(name: string, phase: Phase = 'STABLE') {
    this.name = name;
    this.#phase = phase;
  }

  make(random: Random): Uint8Array {
    if (this.#cases >= casesPerCluster) this.#begin();
    this.#cases += 1;
    const real = random.chance(0.8) ? random.pick(this.#real) : dataBody(random);
    return mutate(random, real, random.pick(this.#real));
  }

  take(bytes: Uint8Array, random: Random): number {
    const cluster = this.#cluster;
    const core = cluster.core(victim);
    // A look at everything is dear: now and then is enough over so many cases.
    const before = random.chance(0.02) ? this.#digest() : undefined;
    try {
      const message = decodeDataMessage(bytes);
      core.receive(sender, message, cluster.nowMs);
    } catch (error) {
      if (before !== undefined && before !== this.#digest()) throw new Error('a refused frame changed state', { cause: error });
      throw error;
    } finally {
      core.flush();
      cluster.packets = [];
      if (random.chance(0.01)) {
        cluster.nowMs += 50;
        core.tick(cluster.nowMs);
      }
    }
    return bytes.length;
  }

  #digest(): string {
    const { segments } = this.#cluster.cache(victim);
    let text = JSON.stringify(this.#cluster.core(victim).figures());
    for (const segment of segments) {
      if (segment === undefined) continue;
      text += `${segment.index}:${segment.sequence}/${segment.appliedSequence}/${segment.committedSequence}/${segment.results.size};`;
      for (const [key, { epoch, sequence, value }] of segment.entries) text += `${key}@${epoch}.${sequence}=${value?.length}`;
    }
    return text;
  }

  /** Three members with data and writes under way; in COPY one of them is pulling what it will own. */
  #begin(): void {
    this.#cases = 0;
    const cluster = new TestCluster([1, 2, 3]);
    this.#cluster = cluster;
    const seen: Packet[] = [];
    const note = (packet: Packet): boolean => {
      if (packet.to === victim) seen.push(packet);
      return false;
    };
    cluster.drop = note;
    const stable = this.#phase === 'STABLE';
    const owners = stable ? [2, 1] : [1, 3];
    cluster.install({ members: [1, 2, 3], owners });
    cluster.deliver();
    for (const key of keys) {
      cluster.run(1, 'put', key, { text: `value of ${key}` });
      if (stable) cluster.run(3, 'get', key);
    }
    if (!stable) {
      cluster.install({ members: [1, 2, 3], owners, phase: this.#phase, target: [2, 1] });
      let left = 400;
      // The transfer stops in the middle.
      cluster.deliver(() => left-- > 0);
      cluster.submit(3, 'put', keys[0] ?? '', { text: 'under way' });
      for (let step = 0; step < 20; step += 1) {
        const packet = cluster.packets.shift();
        if (packet === undefined) break;
        note(packet);
        cluster.core(packet.to).receive(packet.from, packet.message, cluster.nowMs);
      }
    }
    for (const key of keys) cluster.submit(2, 'put', key, { text: 'not committed' });
    for (const packet of cluster.packets) note(packet);
    this.#real = seen.map(({ message }) => encodeDataMessage(message));
    cluster.packets = [];
  }
}
