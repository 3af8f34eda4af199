import { totalCpuMs } from '../drivers/cpu.ts';
import { call } from '../drivers/http.ts';
import { benchWalk, LoginWalk } from '../drivers/login-walk.ts';
import { closedLoop } from '../load/loops.ts';
import type { Operation } from '../load/operation.ts';
import type { ServerUnderTest } from '../servers/server.ts';
import { fixed, table } from '../table.ts';
import { type Population, populate, RESOURCE_SERVER } from './populate.ts';

export interface AuthorizationRow {
  readonly server: string;
  readonly operation: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly serverCpuMs: number;
  readonly failures: number;
  readonly firstFailure: string | undefined;
}

export interface AuthorizationLoad extends Population {
  readonly seconds: number;
  readonly callers: number;
}

const UMA = 'urn:ietf:params:oauth:grant-type:uma-ticket';

/** Decisions about single resources, picked without an order that a cache could like, and tokens with their permissions. */
export async function measureAuthorization(server: ServerUnderTest, load: AuthorizationLoad): Promise<readonly AuthorizationRow[]> {
  await populate(server, load);
  const base = server.bases[0] ?? '';
  const { access_token: bearer } = await new LoginWalk(benchWalk('bench', 0)).passwordGrant(base);
  const asked = async (form: Readonly<Record<string, string>>, expected: number): Promise<void> => {
    const answer = await call(`${base}/realms/bench/protocol/openid-connect/token`, {
      headers: { authorization: `Bearer ${bearer}` },
      form: { grant_type: UMA, audience: RESOURCE_SERVER, ...form },
      timeoutMs: 120_000,
    });
    if (answer.status !== expected) throw new Error(`${answer.status} ${answer.text.slice(0, 200)}`);
  };
  // A step that has no divisor in common with their number visits all of them.
  const scattered = (index: number): number => (index * 7_919) % load.resources;
  const operations: Operation[] = [
    {
      name: 'decision, one resource of all',
      run: (at) => asked({ permission: `box ${scattered(at)}#read`, response_mode: 'decision' }, 200),
    },
    { name: 'decision, always the same resource', run: () => asked({ permission: 'box 7#read', response_mode: 'decision' }, 200) },
    { name: 'token for one resource of all', run: (at) => asked({ permission: `box ${scattered(at)}#read` }, 200) },
    { name: 'all permissions of a user', run: () => asked({ response_mode: 'permissions' }, 200) },
  ];
  const rows: AuthorizationRow[] = [];
  for (const operation of operations) {
    const all = operation.name.startsWith('all');
    const loop = { callers: all ? 1 : load.callers, seconds: load.seconds };
    await closedLoop(operation, loop);
    const before = totalCpuMs(server.pids());
    const seen = await closedLoop(operation, loop);
    const cpuMs = totalCpuMs(server.pids()) - before;
    rows.push({
      server: server.name,
      operation: operation.name,
      perSecond: seen.latencies.count / seen.seconds,
      p50Ms: seen.latencies.percentileUs(0.5) / 1_000,
      p95Ms: seen.latencies.percentileUs(0.95) / 1_000,
      p99Ms: seen.latencies.percentileUs(0.99) / 1_000,
      serverCpuMs: cpuMs / Math.max(1, seen.latencies.count + seen.failures),
      failures: seen.failures,
      firstFailure: seen.firstFailure,
    });
  }
  return rows;
}

export function renderAuthorization(rows: readonly AuthorizationRow[]): string {
  return table(
    ['operation', 'server', 'ops/s', 'p50 ms', 'p95 ms', 'p99 ms', 'server CPU ms', 'failed'],
    [...rows]
      .sort((one, other) => one.operation.localeCompare(other.operation))
      .map((row) => [
        row.operation,
        row.server,
        fixed(row.perSecond, 1),
        fixed(row.p50Ms, 1),
        fixed(row.p95Ms, 1),
        fixed(row.p99Ms, 1),
        fixed(row.serverCpuMs, 2),
        String(row.failures),
      ]),
  );
}
