import { execFileSync } from 'node:child_process';
import { infinispanLib, keycloakHome } from '../../bench/servers/reference.ts';
import { textOf } from '../checks/repository.ts';

/** One line of test/expected-skips.json. */
export interface ExpectedSkip {
  /** Beginning of the test's full name. */
  readonly test: string;
  /** What the test needs and a machine may lack: a key of `facilities`. */
  readonly needs: string;
  readonly reason: string;
}

/** Optional facilities of a machine -> the programs any one of which provides it. */
export const facilities: Readonly<Record<string, readonly string[]>> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome'],
  haproxy: ['haproxy'],
  nginx: ['nginx'],
  java: ['java'],
  openssl: ['openssl'],
  promtool: ['promtool'],
  prometheus: ['prometheus'],
  helm: ['helm'],
  kubectl: ['kubectl'],
  systemd: ['systemd-analyze'],
  redis: ['redis-server', 'valkey-server'],
  infinispan: ['java'],
  keycloak: ['java'],
  faketime: ['faketime'],
  'network namespaces': ['ip'],
  'network tunnels': ['ip'],
};

/** Facilities that the program alone does not make: what must work with it. */
const probes: Readonly<Record<string, (program: string) => void>> = {
  infinispan: () => {
    if (infinispanLib() === undefined) throw new Error('npm run reference:install fetches it');
  },
  keycloak: () => {
    if (keycloakHome() === undefined) throw new Error('npm run reference:install fetches it');
  },
  'network namespaces': (program) => {
    const name = `keygrid-probe-${process.pid}`;
    execFileSync(program, ['netns', 'add', name], { stdio: 'ignore' });
    execFileSync(program, ['netns', 'delete', name], { stdio: 'ignore' });
  },
  'network tunnels': (program) => {
    const name = `keygrid-tunnel-${process.pid}`;
    execFileSync(program, ['netns', 'add', name], { stdio: 'ignore' });
    try {
      const tunnel = ['link', 'add', 'probe', 'type', 'vxlan', 'id', '1', 'remote', '127.0.0.1', 'dstport', '4789'];
      execFileSync(program, ['-n', name, ...tunnel], { stdio: 'ignore' });
    } finally {
      execFileSync(program, ['netns', 'delete', name], { stdio: 'ignore' });
    }
  },
};

/** Path of the program that provides a facility, undefined where the machine has none. */
export function findFacility(name: string): string | undefined {
  for (const program of facilities[name] ?? []) {
    try {
      const found = execFileSync(process.platform === 'win32' ? 'where' : 'which', [program], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .trim()
        .split('\n')[0];
      if (found === undefined || found === '') continue;
      probes[name]?.(found);
      return found;
    } catch {
      // `which` exits with 1 where there is none, and a probe where the account may not: try the next name.
    }
  }
  return undefined;
}

/** Skipped tests that no line of the list allows, or whose facility is there after all. */
export function unexpectedSkips(skipped: readonly string[]): string[] {
  const expected = JSON.parse(textOf('test/expected-skips.json')) as ExpectedSkip[];
  return skipped.filter((name) => !expected.some((line) => name.startsWith(line.test) && findFacility(line.needs) === undefined));
}
