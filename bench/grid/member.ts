// One member in a process of its own: runs what the benchmark says over the channel to its parent.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Grid } from '@keygrid/grid';
import { loadCredentials } from '../../packages/grid/src/certificates/load-credentials.ts';
import { DatabaseCertificateStore } from '../../packages/grid/src/testing/database-store.ts';
import { TlsChannel } from '../../packages/grid/src/transport/secure-channel.ts';
import { BareRpc } from './bare-rpc.ts';
import { callerLoop } from './caller-loop.ts';
import { type GridOperation, gridOperations, openCaches } from './operations.ts';
import type { EndAnswer, MemberCommand } from './protocol.ts';

const STALL_RESOLUTION_MS = 5;
const [nodeName = '', connectionString = ''] = process.argv.slice(2);
const store = new DatabaseCertificateStore(connectionString);
const grid = await Grid.start({
  nodeName,
  bindPort: 0,
  authority: { kind: 'postgres', connection: { connectionString } },
  tls: { store },
});
const bare = new BareRpc(new TlsChannel(await loadCredentials(store, Date.now())));
const caches = openCaches(grid);
const stalls = monitorEventLoopDelay({ resolution: STALL_RESOLUTION_MS });
stalls.enable();
let cpu = process.cpuUsage();
let operations: readonly GridOperation[] | undefined;

async function run(command: Extract<MemberCommand, { kind: 'run' }>): Promise<unknown> {
  operations ??= gridOperations(caches, bare);
  const operation = operations.find(({ name }) => name === command.operation);
  if (operation === undefined) throw new Error(`there is no operation "${command.operation}"`);
  await operation.prepare?.();
  return callerLoop(operation, command.callers, command.seconds);
}

function end(): EndAnswer {
  const used = process.cpuUsage(cpu);
  return { cpuUs: used.user + used.system, longestStallMs: Math.max(0, stalls.max / 1e6 - STALL_RESOLUTION_MS) };
}

async function execute(command: MemberCommand): Promise<unknown> {
  switch (command.kind) {
    case 'connect':
      while (grid.view.members.length < command.ports.length + 1 || grid.view.phase !== 'STABLE')
        await new Promise((resolve) => setTimeout(resolve, 10));
      return bare.connect(command.ports);
    case 'run':
      return run(command);
    case 'begin':
      stalls.reset();
      cpu = process.cpuUsage();
      return undefined;
    case 'end':
      return end();
    case 'stop':
      bare.close();
      await grid.stop();
      await store.close();
      return undefined;
  }
}

process.on('message', (command: MemberCommand) => {
  execute(command).then(
    (answer) => {
      process.send?.({ answer });
      if (command.kind === 'stop') process.disconnect();
    },
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ answer: { port: await bare.listen() } });
