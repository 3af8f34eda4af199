// One node that asks a multicast group, in whatever network it is started: `node multicast-asker.ts HOST GROUP PORT [TTL]`. A line of JSON for each round.
import { MulticastDiscovery } from '../../packages/grid/src/discovery/multicast.ts';
import { systemTime } from '../../packages/grid/src/facade/time.ts';

const [bindHost = '', group = '', port = '', ttl = '2'] = process.argv.slice(2);
const discovery = new MulticastDiscovery({ group, port: Number(port), ttl: Number(ttl), bindHost, time: systemTime });
const own = { cluster: 'ISPN', name: 'inside', address: { host: bindHost, port: 7_800 } };
let stopped = false;
process.stdin.on('end', () => {
  stopped = true;
});
process.stdin.resume();
while (!stopped) {
  const line = await discovery.round(own, AbortSignal.timeout(5_000)).then(
    (found) => ({ found }),
    (error: unknown) => ({ error: String(error) }),
  );
  console.log(JSON.stringify(line));
}
await discovery.close();
