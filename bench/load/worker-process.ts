// A driver in a process of its own, so that what it costs is told apart from what the server costs. Started by crew.ts.
import { closeConnections } from '../drivers/http.ts';
import { closedLoop, openLoop } from './loops.ts';
import type { Load, WorkerAnswer, WorkerTask } from './messages.ts';
import type { Operation, Target } from './operation.ts';
import { operationsOf } from './operations.ts';

let operations: readonly Operation[] = [];

async function run(operation: Operation, load: Load): Promise<WorkerAnswer> {
  const before = process.cpuUsage();
  const { latencies, failures, firstFailure, seconds } =
    load.model === 'closed' ? await closedLoop(operation, load) : await openLoop(operation, load);
  const used = process.cpuUsage(before);
  return {
    buckets: latencies.buckets(),
    failures,
    seconds,
    cpuMs: (used.user + used.system) / 1_000,
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

process.on('message', (task: WorkerTask) => {
  if (task.kind === 'target') {
    operations = operationsOf(task.target satisfies Target);
    process.send?.({ ready: true });
    return;
  }
  const operation = operations.find((one) => one.name === task.operation);
  if (operation === undefined) throw new Error(`there is no operation "${task.operation}"`);
  run(operation, task.load).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on('disconnect', () => {
  closeConnections();
  process.exit(0);
});
