// A rival's callers in a process of their own, so that nothing of the benchmark itself is counted with them.
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';
import type { Rival, RivalOperation } from './rival.ts';

export type RivalCommand =
  | { readonly kind: 'run'; readonly operation: RivalOperation; readonly callers: number; readonly seconds: number }
  | { readonly kind: 'stop' };

const [name = '', databaseUrl = ''] = process.argv.slice(2);
const opened = await (name === 'redis' ? openRedis : openPostgres)(databaseUrl);

async function execute(rival: Rival, command: RivalCommand): Promise<unknown> {
  if (command.kind === 'stop') return rival.stop();
  const before = await rival.cpuMs();
  const answer = await rival.run(command.operation, command.callers, command.seconds);
  return { ...answer, cpuMs: (await rival.cpuMs()) - before };
}

process.on('message', (command: RivalCommand) => {
  if (typeof opened === 'string') return;
  void execute(opened, command).then(
    (answer) => {
      process.send?.({ answer });
      if (command.kind === 'stop') process.disconnect();
    },
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.send?.({ answer: typeof opened === 'string' ? { missing: opened } : { name: opened.name, setting: opened.setting } });
