import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../../scripts/checks/repository.ts';
import { totalCpuMs } from '../../drivers/cpu.ts';
import { type RunAnswer, VALUE_BYTES } from '../protocol.ts';
import type { OpenRival, Rival, RivalOperation } from './rival.ts';

const sources = join(root, 'bench/grid/rivals/infinispan');
/** Outside of the checkout's tracked files. */
const workshop = join(root, '.keygrid/bench/infinispan');
const members = 3;
const startMs = 60_000;

/** One JVM; a line out for each line in. */
class Member {
  readonly child: ChildProcess;
  readonly #waiting: ((line: string) => void)[] = [];

  constructor(classPath: string, hosts: string, port: number, name: string) {
    const properties = { 'bench.hosts': hosts, 'bench.node': name, 'jgroups.bind.address': '127.0.0.1', 'jgroups.bind.port': String(port) };
    const flags = Object.entries(properties).map(([key, value]) => `-D${key}=${value}`);
    const program = [...flags, '-Djava.net.preferIPv4Stack=true', '-Xmx1g', '-cp', classPath, 'InfinispanDriver'];
    this.child = spawn('java', [...program, join(sources, 'infinispan.xml'), String(VALUE_BYTES)], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.child.on('error', () => undefined);
    if (this.child.stdout !== null)
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        if (line.startsWith('{')) this.#waiting.shift()?.(line);
      });
  }

  next<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('a JVM ended early'));
      this.child.once('exit', gone);
      this.#waiting.push((line) => {
        this.child.off('exit', gone);
        resolve(JSON.parse(line) as T);
      });
    });
  }

  ask<T>(line: string): Promise<T> {
    const answer = this.next<T>();
    this.child.stdin?.write(`${line}\n`);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.stdin?.write('stop\n');
    const limit = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(limit);
  }
}

/** Class path of the driver and of what it needs, from Maven Central; compiled anew if absent. */
function classPath(): string {
  mkdirSync(workshop, { recursive: true });
  const listed = join(workshop, 'classpath.txt');
  if (!existsSync(listed)) {
    const goal = ['-q', '-B', '-f', join(sources, 'pom.xml'), 'dependency:build-classpath', `-Dmdep.outputFile=${listed}`];
    execFileSync('mvn', goal, { stdio: 'ignore', timeout: 300_000 });
  }
  const libraries = readFileSync(listed, 'utf8').trim();
  execFileSync('javac', ['-nowarn', '-cp', libraries, '-d', workshop, join(sources, 'InfinispanDriver.java')], { stdio: 'ignore' });
  return `${workshop}:${libraries}`;
}

/** Three embedded members in JVMs of their own, without TLS; the driver is a thread a caller in the first of them. */
export const openInfinispan: OpenRival = async () => {
  let path: string;
  try {
    path = classPath();
  } catch {
    return 'Infinispan: no JDK, no Maven, or nothing to be had from Maven Central';
  }
  const ports = await freePorts(members);
  const hosts = ports.map((port) => `127.0.0.1[${port}]`).join(',');
  const all: Member[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(all.map((member) => member.stop())));
  try {
    for (const [index, port] of ports.entries()) {
      const member = new Member(path, hosts, port, `n${index + 1}`);
      all.push(member);
      await member.next();
    }
    const driver = all[0] as Member;
    for (const endsAt = performance.now() + startMs; (await driver.ask<{ size: number }>('size')).size < members; ) {
      if (performance.now() > endsAt) throw new Error('they do not find each other');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return {
      name: 'Infinispan embedded',
      setting:
        'Infinispan 16.0.5 embedded in three JVMs, owners 2, its TCP stack without TLS; a thread a caller; two reads in three are local',
      run: (operation: RivalOperation, callers, seconds) => driver.ask<RunAnswer>(`run ${operation} ${callers} ${seconds}`),
      cpuMs: () => totalCpuMs(all.map(({ child }) => child.pid ?? 0)),
      stop,
    } satisfies Rival;
  } catch (error) {
    await stop();
    return `Infinispan: ${(error as Error).message}`;
  }
};
