import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MulticastDiscovery } from '../../packages/grid/src/discovery/multicast.ts';
import { systemTime } from '../../packages/grid/src/facade/time.ts';
import { findFacility } from '../../scripts/testing/skips.ts';
import { Network } from '../support/network-namespaces.ts';

const program = fileURLToPath(new URL('./multicast-asker.ts', import.meta.url));
const families = [
  { family: 'IPv4', letter: 'm', here: '10.78.1.1', inside: '10.78.1.2', prefix: 24, group: '239.6.7.8' },
  { family: 'IPv6', letter: 'n', here: 'fd78:1::1', inside: 'fd78:1::2', prefix: 64, group: 'ff05::6:78' },
] as const;
const port = 46_655;

/** The last round that the node inside has told. */
function follow(child: ChildProcess): () => string {
  let last = '';
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      last = line;
    });
  return () => last;
}

describe.skipIf(findFacility('network namespaces') === undefined)('multicast discovery between two networks', () => {
  it.each(families)(
    'finds the other end of a cable over $family, and again after the cable was cut',
    async ({ letter, here, inside, prefix, group }) => {
      const network = new Network(letter, [`${here}/${prefix}`], [`${inside}/${prefix}`]);
      const discovery = new MulticastDiscovery({ group, port, ttl: 2, bindHost: here, time: systemTime });
      const own = { cluster: 'ISPN', name: 'here', address: { host: here, port: 7_800 } };
      const round = () => discovery.round(own, AbortSignal.timeout(5_000));
      const [word = 'ip', ...words] = network.within;
      const child = spawn(word, [...words, process.execPath, program, inside, group, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
      try {
        const told = follow(child);
        await expect.poll(round).toEqual([{ host: inside, port: 7_800 }]);
        await expect.poll(told).toBe(JSON.stringify({ found: [{ host: here, port: 7_800 }] }));
        // A cut is no error of the asker's where the system does not tell, and one that says so where it does; both end with the cut.
        execFileSync('ip', ['-n', network.name, 'link', 'set', 'eth0', 'down']);
        // It would answer the late one from this side of the cable.
        await discovery.close();
        const late = new MulticastDiscovery({ group, port, ttl: 2, bindHost: here, time: systemTime });
        const unheard = { ...own, address: { host: here, port: 7_801 } };
        expect(await late.round(unheard, AbortSignal.timeout(5_000)).catch(() => [])).toEqual([]);
        execFileSync('ip', ['-n', network.name, 'link', 'set', 'eth0', 'up']);
        if (prefix === 64) execFileSync('ip', ['-n', network.name, 'address', 'replace', `${inside}/${prefix}`, 'dev', 'eth0', 'nodad']);
        await expect.poll(() => late.round(unheard, AbortSignal.timeout(5_000)).catch(() => [])).toEqual([{ host: inside, port: 7_800 }]);
        await late.close();
      } finally {
        child.stdin?.end();
        child.kill('SIGKILL');
        await discovery.close();
        network.remove();
      }
    },
  );
});
