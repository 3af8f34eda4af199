import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../scripts/checks/repository.ts';
import type { LifeResult } from './life.ts';
import { fixed, table } from './table.ts';

/** What stands over every table: the figures mean nothing without it. */
export function conditions(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.versions.node}, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB; Argon2id 7168 KiB, t=5, p=1; RS256 with RSA-2048; load average at the end ${loadavg()
    .map((load) => load.toFixed(1))
    .join(', ')} (1, 5, 15 minutes)`;
}

export function renderLife(results: readonly LifeResult[]): string {
  const starts = table(
    ['server', 'fresh database ms', 'schema present ms', 'three at once ms', 'CPU of a start ms', 'idle MB'],
    results.map((result) => [
      `${result.server} ${result.version}`,
      fixed(result.freshMs, 0),
      fixed(result.schemaPresentMs, 0),
      fixed(result.threeAtOnceMs, 0),
      fixed(result.startCpuMs, 0),
      fixed(result.residentMb, 0),
    ]),
  );
  const further = results.flatMap((result) => [
    ...(result.manyRealms === undefined
      ? []
      : [
          [
            result.server,
            `${result.manyRealms.realms} realms`,
            `start to ready ${fixed(result.manyRealms.startMs, 0)} ms, then ${fixed(result.manyRealms.residentMb, 0)} MB`,
          ],
        ]),
    ...(result.sessions === undefined
      ? []
      : [
          [
            result.server,
            '10,000 sessions on one node',
            `${fixed(result.sessions.warmMb, 0)} MB after 500 logins, ${fixed(result.sessions.afterMb, 0)} MB after 10,000 more`,
          ],
        ]),
  ]);
  const losses = table(
    ['server', 'event', 'requests', 'failed', 'longest ms', 'seconds disturbed', 'sessions lost'],
    results.flatMap((result) =>
      result.events.map((event) => [
        result.server,
        event.name,
        String(event.result.requests),
        String(event.result.failed),
        fixed(event.result.longestMs, 0),
        fixed(event.result.secondsDisturbed, 1),
        String(event.lostSessions),
      ]),
    ),
  );
  const more = further.length === 0 ? '' : `\n\n${table(['server', 'with', 'figures'], further)}`;
  const on = `On PostgreSQL ${[...new Set(results.map(({ postgres }) => postgres))].join(', ')}; memory half a minute after the start.`;
  const failures = results.flatMap(({ server, events }) =>
    events
      .filter(({ result }) => result.firstFailure !== undefined)
      .map(({ name, result }) => `\n\nfirst failure of ${server}, ${name}: ${result.firstFailure}`),
  );
  return `${on}\n\n${starts}${more}\n\n${losses}${failures.join('')}`;
}

/** Keeps a table under bench/results. */
export function keep(name: string, text: string): void {
  const file = join(root, 'bench/results', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`kept in bench/results/${name}`);
}
