import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadCredentials } from '../../packages/grid/src/certificates/load-credentials.ts';
import { MemoryCertificateStore } from '../../packages/grid/src/testing/memory-certificate-store.ts';
import type { CarrierName, PeerCommand, PeerCount, PeerSettings } from './protocol.ts';

/** One line of the table. */
export interface TransportRow {
  readonly product: string;
  readonly carrier: CarrierName;
  readonly encrypted: boolean;
  readonly bytes: number;
  readonly messagesPerSecond: number;
  /** CPU microseconds per message of each process. */
  readonly senderCpuUs: number;
  readonly receiverCpuUs: number;
}

class Peer {
  readonly port: Promise<number>;
  readonly #child: ChildProcess;

  constructor(settings: PeerSettings) {
    this.#child = fork(fileURLToPath(new URL('./peer.ts', import.meta.url)), [JSON.stringify(settings)]);
    this.port = this.#next<number>();
  }

  ask<T>(command: PeerCommand): Promise<T> {
    const answer = this.#next<T>();
    this.#child.send(command);
    return answer;
  }

  async stop(): Promise<void> {
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.send({ kind: 'stop' } satisfies PeerCommand);
    await exited;
  }

  #next<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('a peer ended early'));
      this.#child.once('exit', gone);
      this.#child.once('message', ({ answer }: { answer: T }) => {
        this.#child.off('exit', gone);
        resolve(answer);
      });
    });
  }
}

/** One process sends to another over the transport of the grid, each size in turn; before each a warm-up that is not counted. */
export async function measureTransport(
  carrier: CarrierName,
  encrypted: boolean,
  sizes: readonly number[],
  seconds: number,
): Promise<TransportRow[]> {
  const credentials = encrypted ? await loadCredentials(new MemoryCertificateStore(), Date.now()) : undefined;
  const [receiver, sender] = [new Peer({ id: 1, carrier, credentials }), new Peer({ id: 2, carrier, credentials })];
  const [receiverPort, senderPort] = await Promise.all([receiver.port, sender.port]);
  await Promise.all([receiver.ask({ kind: 'connect', port: senderPort }), sender.ask({ kind: 'connect', port: receiverPort })]);
  const rows: TransportRow[] = [];
  for (const bytes of sizes) {
    await sender.ask({ kind: 'send', bytes, seconds: seconds / 2 });
    await Promise.all([receiver.ask({ kind: 'count' }), sender.ask({ kind: 'count' })]);
    const sent = await sender.ask<number>({ kind: 'send', bytes, seconds });
    const used = await sender.ask<PeerCount>({ kind: 'count' });
    let { messages, durationMs, cpuUs } = await receiver.ask<PeerCount>({ kind: 'count' });
    // What was under way when the sender ended.
    while (messages < sent) {
      const more = await receiver.ask<PeerCount>({ kind: 'count' });
      messages += more.messages;
      cpuUs += more.cpuUs;
    }
    rows.push({
      product: 'Keygrid',
      carrier,
      encrypted,
      bytes,
      messagesPerSecond: (messages * 1_000) / durationMs,
      senderCpuUs: used.cpuUs / sent,
      receiverCpuUs: cpuUs / messages,
    });
  }
  await Promise.all([receiver.stop(), sender.stop()]);
  return rows;
}
