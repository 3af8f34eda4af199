// Rotates the certificate every second while three members work, the coordinator dies twice and members join:
// node packages/grid/src/testing/rotate-under-load.ts --minutes 5 (needs KEYGRID_TEST_DB_URL). Exit code 1 where anything was lost.
import { parseArgs } from 'node:util';
import { currentKey } from '../certificates/load-credentials.ts';
import { DatabaseCertificateStore } from './database-store.ts';
import { ProcessCluster } from './process-cluster.ts';
import { RotationLoad } from './rotation-load.ts';

const rotationMs = 1_000;
const settleMs = 30_000;
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '5' } } });
const durationMs = Number(values.minutes) * 60_000;
if (!(durationMs > 0)) throw new Error(`--minutes is ${values.minutes}, more than 0 is wanted`);

const cluster = await ProcessCluster.create('rotate');
const store = new DatabaseCertificateStore(cluster.databaseUrl);
cluster.rotationIntervalMs = rotationMs;
const load = new RotationLoad(cluster);
let failed = true;
try {
  const names = ['n1', 'n2', 'n3'];
  await Promise.all(names.map((name) => cluster.begin(name)));
  await cluster.settle(settleMs);
  for (const name of names) load.begin(name);
  const third = () => new Promise((resolve) => setTimeout(resolve, durationMs / 3));
  for (const newcomer of ['n4', 'n5']) {
    await third();
    const dead = await cluster.coordinator();
    console.log(`${load.operations} operations so far, ${load.failures.length} failed`);
    await cluster.kill(dead);
    console.log(`killed the coordinator ${dead}, ${newcomer} joins`);
    await cluster.begin(newcomer);
    load.begin(newcomer);
  }
  await third();
  await load.end();
  for (const line of load.failures.slice(0, 20)) console.log(line);
  await cluster.settle(settleMs);
  const lost = await load.lost('n5');
  const rotations = (await store.get(currentKey))?.version ?? 0;
  console.log(
    `${values.minutes} minutes: ${rotations} switches of the certificate, ${load.operations} operations, ${load.failures.length} failed, ${lost.length} of ${load.written.size} entries lost`,
  );
  failed = load.failures.length > 0 || lost.length > 0 || rotations < 1;
} finally {
  await store.close();
  await cluster.remove();
}
process.exitCode = failed ? 1 : 0;
