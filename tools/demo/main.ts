// `npm start`: a whole cluster on this machine, with progress as it goes and a short table at the end.
import { join, resolve } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';
import { DemoArgumentError, demoHelp, parseDemoArguments } from './arguments.ts';
import { APPLICATION_PORT, DemoCluster, DemoError } from './cluster.ts';
import { summary } from './summary.ts';

async function main(): Promise<number> {
  const wanted = parseDemoArguments(process.argv.slice(2));
  if (wanted.help) {
    process.stdout.write(demoHelp);
    return 0;
  }
  const folder = wanted.data === undefined ? join(root, '.keygrid') : resolve(wanted.data);
  const began = performance.now();
  const cluster = new DemoCluster({ ...wanted, folder, log: (line) => console.log(line) });
  const stopped = new Promise<void>((resolve) => {
    let signals = 0;
    const onSignal = (): void => {
      signals += 1;
      if (signals > 1) {
        cluster.kill();
        return;
      }
      console.log('\nstopping …');
      cluster.stop().then(resolve, resolve);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
  await cluster.start();
  const name = process.env['KC_BOOTSTRAP_ADMIN_USERNAME'];
  console.log(
    summary({
      url: cluster.url,
      nodes: cluster.nodes,
      database: `PostgreSQL on 127.0.0.1:${cluster.databasePort}`,
      application: `http://localhost:${APPLICATION_PORT}`,
      admin: `${name === undefined ? 'admin / admin' : `${name} / the password of KC_BOOTSTRAP_ADMIN_PASSWORD`} in realm master; console at ${cluster.url}/admin/`,
      logFolder: join(folder, 'logs'),
      seconds: (performance.now() - began) / 1000,
    }),
  );
  await stopped;
  console.log('stopped.');
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof DemoArgumentError || error instanceof DemoError)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof DemoArgumentError ? 2 : 1;
}
