import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuMs } from '../drivers/cpu.ts';
import type { TransportRow } from './measure.ts';
import type { CarrierName } from './protocol.ts';

/** The version that Keycloak 26.7.4 brings along. */
const VERSION = '5.5.5.Final';
const PASSWORD = 'mperf-bench';
const WITHIN_MS = 120_000;
const PROMPT_MS = 1_000;
const configs: Readonly<Record<CarrierName, string>> = { TCP: 'tcp.xml', UDP: 'udp.xml' };

function runs(program: string, words: readonly string[]): boolean {
  try {
    execFileSync(program, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** JGroups from Maven Central, undefined where there is no JVM or no Maven. */
export function jgroupsJar(): string | undefined {
  const jar = join(homedir(), '.m2/repository/org/jgroups/jgroups', VERSION, `jgroups-${VERSION}.jar`);
  if (!runs('java', ['-version'])) return undefined;
  if (!existsSync(jar) && runs('mvn', ['-v']))
    runs('mvn', ['-q', '-B', 'dependency:get', `-Dartifact=org.jgroups:jgroups:${VERSION}`, '-Dtransitive=false']);
  return existsSync(jar) ? jar : undefined;
}

/** One member of MPerf: answers are keys on its terminal. */
class Member {
  readonly #child: ChildProcess;
  out = '';

  constructor(words: readonly string[]) {
    this.#child = spawn('java', [...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    const take = (chunk: Buffer): void => {
      this.out += chunk.toString();
    };
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async until(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    const began = performance.now();
    for (;;) {
      const found = pattern.exec(this.out.slice(from));
      if (found !== null) return found;
      if (performance.now() - began > WITHIN_MS || this.#child.exitCode !== null)
        throw new Error(`MPerf did not say ${pattern}:\n${this.out.slice(-2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await exited;
  }
}

/** The file of the jar that a stack includes for its transport, with the keys that JGroups' own TLS takes. */
function encryptedTransport(jar: string, folder: string): string {
  const text = execFileSync('unzip', ['-p', jar, 'tcp-default.xml'], { encoding: 'utf8' });
  const [file, store] = [join(folder, 'tcp-tls.xml'), join(folder, 'mperf.p12')];
  if (!existsSync(store)) {
    const words = ['-genkeypair', '-alias', 'mperf', '-keyalg', 'RSA', '-keysize', '2048', '-storetype', 'PKCS12', '-dname', 'CN=mperf'];
    execFileSync('keytool', [...words, '-keystore', store, '-storepass', PASSWORD], { stdio: 'ignore' });
  }
  const stores = ['keystore', 'truststore'].map(
    (kind) => `tls.${kind}_path="${store}" tls.${kind}_password="${PASSWORD}" tls.${kind}_type="pkcs12"`,
  );
  const marked = text.replace(/<TCP(?=\s)/, `<TCP tls.enabled="true" tls.client_auth="NEED" tls.protocols="TLSv1.3" ${stores.join(' ')}`);
  if (marked === text) throw new Error(`tcp-default.xml of JGroups ${VERSION} has no TCP element`);
  writeFileSync(file, marked);
  return file;
}

/**
 * JGroups' own MPerf: the first of two members multicasts to both, the second one's count is taken. Its 100 sender threads and its warm-up are its
 * defaults; each run of a size follows one of the same length that is not counted.
 */
export async function measureMperf(
  jar: string,
  carrier: CarrierName,
  encrypted: boolean,
  sizes: readonly number[],
  seconds: number,
): Promise<TransportRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-mperf-'));
  const members: Member[] = [];
  try {
    const rows: TransportRow[] = [];
    for (const bytes of sizes) {
      const words = [
        ...['-cp', jar, '-Djava.net.preferIPv4Stack=true', '-Djgroups.bind_addr=127.0.0.1'],
        ...(encrypted ? [`-Dtransport-config=${encryptedTransport(jar, folder)}`] : []),
        'org.jgroups.tests.perf.MPerf',
        ...['-props', configs[carrier], '-time', String(seconds), '-size', String(bytes)],
      ];
      const sender = new Member([...words, '-name', 'A']);
      members.push(sender);
      await sender.until(/\*\* \[A\|\d+\] \(1\)/);
      const receiver = new Member([...words, '-name', 'B']);
      members.push(receiver);
      // Where the second one did not discover the first in time, it founded a cluster of its own, and both merge some time later.
      const [, first] = await receiver.until(/\[[AB]\|\d+\] \(2\) \[([AB]), [AB]\]/);
      if (first !== 'A') throw new Error('the members merged in the other order');
      receiver.type('8');
      // It throws away what was typed before it asks for the number.
      await new Promise((resolve) => setTimeout(resolve, PROMPT_MS));
      receiver.type('1');
      await receiver.until(/num_senders=1/);
      let cpu: readonly number[] = [];
      let from = 0;
      for (let run = 0; run < 2; run += 1) {
        from = receiver.out.length;
        cpu = [sender, receiver].map(({ pid }) => cpuMs(pid));
        receiver.type('1');
        await receiver.until(/Average\/cluster:/, from);
      }
      const [senderMs = 0, receiverMs = 0] = [sender, receiver].map(({ pid }, at) => cpuMs(pid) - (cpu[at] ?? 0));
      const [, count = '0', rate = '0'] = await receiver.until(/\nB: ([\d,]+) msgs,.*?msgs\/sec=([\d,.]+)/, from);
      const messages = Number(count.replaceAll(',', ''));
      rows.push({
        product: `JGroups ${VERSION} MPerf`,
        carrier,
        encrypted,
        bytes,
        messagesPerSecond: Number(rate.replaceAll(',', '')),
        senderCpuUs: (senderMs * 1_000) / messages,
        receiverCpuUs: (receiverMs * 1_000) / messages,
      });
      await Promise.all(members.splice(0).map((member) => member.stop()));
    }
    return rows;
  } finally {
    await Promise.all(members.map((member) => member.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}
