import { loadavg } from 'node:os';
import { conditions, keep } from '../report.ts';
import { fixed, table } from '../table.ts';
import { measureTransport, type TransportRow } from './measure.ts';
import { jgroupsJar, measureMperf } from './mperf.ts';
import type { CarrierName } from './protocol.ts';

const SIZES = [100, 65_536];
const MPERF_TRIES = 4;
const CARRIERS: readonly CarrierName[] = ['TCP', 'UDP'];

function render(rows: readonly TransportRow[]): string {
  return table(
    ['transport', 'over', 'TLS', 'bytes', 'messages/s', 'MB/s', 'CPU µs per message, sender', 'receiver'],
    rows.map((row) => [
      row.product,
      row.carrier,
      row.encrypted ? 'yes' : 'no',
      String(row.bytes),
      fixed(row.messagesPerSecond, 0),
      fixed((row.messagesPerSecond * row.bytes) / 1e6, 1),
      fixed(row.senderCpuUs, 2),
      fixed(row.receiverCpuUs, 2),
    ]),
  );
}

/** MPerf's figures; its members do not always find to each other in time, so that it gets a few tries. */
async function theirs(jar: string, carrier: CarrierName, encrypted: boolean, seconds: number): Promise<TransportRow[]> {
  for (let tries = 1; ; tries += 1)
    try {
      return await measureMperf(jar, carrier, encrypted, SIZES, seconds);
    } catch (error) {
      if (tries < MPERF_TRIES) continue;
      const what = `MPerf over ${carrier}${encrypted ? ' with TLS' : ''}`;
      console.error(`${what} gave no figures in ${tries} tries: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
}

/** `npm run bench -- transport`: one process sends to another as fast as it can, over each transport, beside JGroups where a JVM is present. */
export async function benchTransport(seconds: number, keepIt: boolean): Promise<number> {
  const load = (loadavg()[0] ?? Number.NaN).toFixed(1);
  const rows: TransportRow[] = [];
  const jar = jgroupsJar();
  for (const carrier of CARRIERS)
    for (const encrypted of [false, true]) {
      rows.push(...(await measureTransport(carrier, encrypted, SIZES, seconds)));
      // JGroups has no TLS over UDP: it encrypts there by protocols of its own, with other keys.
      if (jar === undefined || (carrier === 'UDP' && encrypted)) continue;
      rows.push(...(await theirs(jar, carrier, encrypted, seconds)));
    }
  const setting = `Two processes on loopback, one way, the lane of data operations; MPerf with its 100 sender threads, one sender of two members, whose messages go to both. Each row follows a warm-up. Load average before: ${load}.${jar === undefined ? ' No JVM or no Maven here: without JGroups.' : ''}`;
  const text = `# The transport\n\n${conditions()}\n\n${setting}\n\n${render(rows)}\n`;
  console.log(text);
  if (keepIt) {
    keep('transport.md', text);
    keep('transport.json', `${JSON.stringify({ conditions: conditions(), loadBefore: Number(load), rows }, null, 2)}\n`);
  }
  return rows.every((row) => row.messagesPerSecond > 0) ? 0 : 1;
}
