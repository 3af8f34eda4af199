import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '../../bench/drivers/http.ts';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../scripts/checks/repository.ts';
import { until } from './test-cluster.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A Prometheus that scrapes every second, with the alerts of deploy/. */
export interface Prometheus {
  /** Instant query. */
  query(expression: string): Promise<readonly Series[]>;
  /** State of every alert rule: its health, and what went wrong. */
  rules(): Promise<readonly { readonly name: string; readonly health: string; readonly lastError?: string }[]>;
  stop(): Promise<void>;
}

/** Starts `program` on targets `host:port`. */
export async function startPrometheus(program: string, targets: readonly string[]): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'keygrid-prometheus-'));
  const [port] = await freePorts(1);
  const configuration = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(root, 'deploy/prometheus/alerts.yml')],
    scrape_configs: [{ job_name: 'keygrid', static_configs: [{ targets }] }],
  };
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder },
  );
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const base = `http://127.0.0.1:${port}`;
  const api = async (path: string): Promise<unknown> => (JSON.parse((await call(`${base}/api/v1/${path}`)).text) as { data: unknown }).data;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until('Prometheus is ready', async () => (await call(`${base}/-/ready`).catch(() => undefined))?.status === 200);
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${output}`);
  }
  return {
    query: async (expression) => ((await api(`query?query=${encodeURIComponent(expression)}`)) as { result: Series[] }).result,
    rules: async () => {
      const { groups } = (await api('rules')) as { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
      return groups.flatMap((group) => group.rules);
    },
    stop,
  };
}
