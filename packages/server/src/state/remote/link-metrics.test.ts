import { expect, it } from 'vitest';
import { createMetrics } from '../../observability/create-metrics.ts';
import { quietLogger } from '../../testing/quiet-logger.ts';
import { LinkMetrics } from './link-metrics.ts';
import { RemoteRefusalError } from './remote-connection.ts';
import { RemoteLink } from './remote-link.ts';
import { FakeEngine } from './testing/fake-engine.ts';

it('counts what a link does, by operation and outcome, and what became of its connections', async () => {
  const metrics = createMetrics({ enabled: true });
  const observer = new LinkMetrics(metrics);
  const engine = new FakeEngine();
  await using link = new RemoteLink({
    engine,
    addresses: [1, 2].map((port) => ({ host: 'h', port })),
    logger: quietLogger,
    every: () => ({ [Symbol.dispose]: () => undefined }),
    onMessage: () => undefined,
    onUp: () => undefined,
    onDown: () => undefined,
    observer,
  });
  observer.watch(link);
  const samples = async (): Promise<Record<string, number>> => {
    const text = await metrics.scrape();
    return Object.fromEntries([...text.matchAll(/^keygrid_remote_(\S+) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
  };

  engine.refusals.push(new Error('nobody there'));
  await link.start();
  engine.faults.push('before');
  await link.use((connection) => connection.put('c', 'k', 'v', 1));
  expect(await link.use((connection) => connection.get('c', 'k'))).toMatchObject({ value: 'v' });
  const refused = link.use((connection) => connection.get('c', 'k').then(() => Promise.reject(new RemoteRefusalError('OOM'))));
  await expect(refused).rejects.toThrow('OOM');
  await link.use(async (connection) => {
    for await (const [key] of connection.entries('c')) expect(key).toBe('k');
  });
  observer.echo(true, 2);
  expect(await samples()).toMatchObject({
    connected: 1,
    connections_total: 1,
    connection_failures_total: 1,
    connections_lost_total: 0,
    waiting_requests: 0,
    pending_steps: 0,
    repeated_requests_total: 1,
    'unavailable_total{reason="refused"}': 1,
    'steps_seconds_count{operation="put",outcome="unanswered"}': 1,
    'steps_seconds_count{operation="put",outcome="answered"}': 1,
    'steps_seconds_count{operation="get",outcome="answered"}': 2,
    'steps_seconds_count{operation="entries",outcome="answered"}': 1,
    'echo_seconds_count{outcome="heard"}': 1,
  });

  engine.refusals.push(new Error('not yet'), new Error('not yet'));
  engine.opened[0]?.close();
  await expect.poll(() => link.connected).toBe(false);
  const waiting = link.use((connection) => connection.ping());
  expect(await samples()).toMatchObject({ connected: 0, connections_lost_total: 1, waiting_requests: 1 });
  await waiting;
  expect(await samples()).toMatchObject({ connected: 1, connections_total: 2, connection_failures_total: 3, waiting_requests: 0 });
});
