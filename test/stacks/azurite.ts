import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../packages/grid/src/testing/free-ports.ts';
import { root } from '../../scripts/checks/repository.ts';
import { until } from '../support/test-cluster.ts';

const VERSION = '3.37.0';
/** The account that every Azurite has, published by its makers; it opens nothing else. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const folder = join(root, 'node_modules', '.cache', 'azurite');

/** Azurite weighs 240 MB, so that it is no dependency: it is fetched from npm by the first full run that needs it. */
function install(): void {
  if (existsSync(join(folder, 'node_modules', 'azurite', 'package.json'))) return;
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `azurite@${VERSION}`], {
    stdio: 'ignore',
  });
}

/** The emulator of Azure Storage by its makers, with one account; for tests. */
export class Azurite {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #data: string;
  readonly #key: string;

  private constructor(port: number, child: ChildProcess, data: string, key: string) {
    this.port = port;
    this.#key = key;
    this.#child = child;
    this.#data = data;
  }

  static async start(port?: number, key: string = KEY): Promise<Azurite> {
    install();
    const [free = 0] = await freePorts(1);
    const chosen = port ?? free;
    const data = mkdtempSync(join(tmpdir(), 'keygrid-azurite-'));
    const program = join(folder, 'node_modules', 'azurite', 'dist', 'src', 'blob', 'main.js');
    const child = spawn(
      process.execPath,
      [program, '--blobPort', String(chosen), '--location', data, '--silent', '--skipApiVersionCheck', '--disableTelemetry'],
      { stdio: 'ignore', env: { ...process.env, AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` } },
    );
    await until('Azurite listens', async () => {
      if (child.exitCode !== null) throw new Error(`Azurite ended with ${child.exitCode}`);
      return await fetch(`http://127.0.0.1:${chosen}/`).then(
        () => true,
        () => false,
      );
    });
    return new Azurite(chosen, child, data, key);
  }

  get arguments(): string[] {
    return azureArguments(this.port, this.#key);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
    rmSync(this.#data, { recursive: true, force: true });
  }
}

export function azureArguments(port: number, key: string = KEY): string[] {
  return [
    `-Djboss.jgroups.azure_ping.storage_account_name=${ACCOUNT}`,
    `-Djboss.jgroups.azure_ping.storage_access_key=${key}`,
    '-Djboss.jgroups.azure_ping.use_https=false',
    `-Djboss.jgroups.azure_ping.endpoint_suffix=127.0.0.1:${port}`,
  ];
}
