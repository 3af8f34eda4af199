// A process that founds or joins one cluster after the other, so that hundreds of cold starts do not pay for hundreds of processes.
import { Grid, type GridNode } from '@keygrid/grid';
import { DatabaseCertificateStore } from '../../packages/grid/src/testing/database-store.ts';

export type ColdStartCommand = { readonly kind: 'start'; readonly cluster: string; readonly members: number } | { readonly kind: 'stop' };

export interface ColdStartAnswer {
  /** When Grid.start was called, on the machine's monotonic clock. */
  readonly beganAt: number;
  readonly stableMs: number;
  /** Epoch -> ids of members, as this one was told. */
  readonly views: readonly (readonly [epoch: number, ids: string])[];
  readonly coordinator: string;
}

const [name = '', connectionString = ''] = process.argv.slice(2);
const store = new DatabaseCertificateStore(connectionString);
/** Lineage is the question here, not time: a busy machine gets as long as a start may take. */
const limitMs = 60_000;
let grid: GridNode | undefined;

async function start(clusterName: string, members: number): Promise<ColdStartAnswer> {
  const beganAt = Number(process.hrtime.bigint()) / 1e6;
  const started = await Grid.start({
    nodeName: name,
    clusterName,
    bindPort: 0,
    authority: { kind: 'postgres', connection: { connectionString } },
    tls: { store },
  });
  grid = started;
  const views: (readonly [number, string])[] = [];
  const note = (): void => void views.push([started.view.epoch, started.view.members.map(({ id }) => id).join(' ')]);
  note();
  started.on('view', note);
  for (const endsAt = performance.now() + limitMs; started.view.members.length < members || started.view.phase !== 'STABLE'; ) {
    if (performance.now() > endsAt) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const stableMs = Number(process.hrtime.bigint()) / 1e6 - beganAt;
  return { beganAt, stableMs, views, coordinator: started.view.members.find(({ coordinator }) => coordinator)?.name ?? '' };
}

process.on('message', (command: ColdStartCommand) => {
  const work = command.kind === 'start' ? start(command.cluster, command.members) : (grid?.stop(0) ?? Promise.resolve());
  work.then(
    (answer) => process.send?.({ answer: answer ?? true }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ answer: true });
