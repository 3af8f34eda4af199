import { describe, expect, it } from 'vitest';
import { quietLogger } from '../../testing/quiet-logger.ts';
import { RemoteRefusalError } from './remote-connection.ts';
import { RemoteLink } from './remote-link.ts';
import { FakeEngine } from './testing/fake-engine.ts';

function newLink(ports: readonly number[]) {
  const engine = new FakeEngine();
  const seen: string[] = [];
  const ticks: (() => void)[] = [];
  const link = new RemoteLink({
    engine,
    addresses: ports.map((port) => ({ host: 'h', port })),
    logger: quietLogger,
    every: (_intervalMs, tick) => {
      ticks.push(tick);
      return { [Symbol.dispose]: () => undefined };
    },
    onMessage: () => undefined,
    onUp: () => void seen.push('up'),
    onDown: () => void seen.push('down'),
  });
  return { engine, link, seen, tick: () => ticks.forEach((one) => void one()) };
}

describe('the link to an external engine', () => {
  it('starts on the first address that takes it', async () => {
    const { engine, link, seen } = newLink([1, 2]);
    engine.refusals.push(new Error('nobody there'));
    await link.start();
    expect(engine.asked).toEqual([1, 2]);
    expect(seen).toEqual(['up']);
    await link[Symbol.asyncDispose]();
  });

  it('ends a start that cannot succeed at once, in one line', async () => {
    const { engine, link } = newLink([1, 2]);
    engine.refusals.push(new RemoteRefusalError('it refuses the user'));
    await expect(link.start()).rejects.toMatchObject({
      code: 'KG_REMOTE_CACHE',
      message: 'The external Fake (h:1, h:2) cannot be used: it refuses the user',
    });
    expect(engine.asked).toEqual([1]);
  });

  it('goes to the next address when the connection is lost, and requests wait for it', async () => {
    const { engine, link, seen } = newLink([1, 2]);
    await link.start();
    engine.refusals.push(new Error('not yet'), new Error('not yet'));
    engine.opened[0]?.close(new Error('gone'));
    await expect.poll(() => link.connected).toBe(false);
    await link.use((connection) => connection.put('c', 'k', 'v', 1));
    expect(engine.asked.slice(0, 3)).toEqual([1, 2, 1]);
    expect(seen).toEqual(['up', 'down', 'up']);
    await link[Symbol.asyncDispose]();
  });

  it('leaves a server that does not answer its ping', async () => {
    const { engine, link, tick } = newLink([1, 2]);
    await link.start();
    const [first] = engine.opened;
    if (first !== undefined) first.hangs = true;
    tick();
    await expect.poll(() => engine.opened.length).toBe(2);
    expect(engine.asked).toEqual([1, 2]);
    await link[Symbol.asyncDispose]();
  });

  it('does not let messages wait: they are sent at once or not at all', async () => {
    const { engine, link } = newLink([1]);
    await link.start();
    expect(await link.once(async () => 'sent', 1_000)).toBe('sent');
    await expect(link.once(() => new Promise(() => undefined), 20)).rejects.toThrow('no answer within 20 ms');
    engine.refusals.push(...Array.from({ length: 100 }, () => new Error('gone')));
    engine.opened[0]?.close();
    await expect.poll(() => link.connected).toBe(false);
    await expect(link.once(async () => 'sent', 1_000)).rejects.toThrow('there is no connection');
    await link[Symbol.asyncDispose]();
  });

  it('answers 503 in place of what the server refuses', async () => {
    const { link } = newLink([1]);
    await link.start();
    const refused = link.use(() => Promise.reject(new RemoteRefusalError('OOM')));
    await expect(refused).rejects.toMatchObject({ code: 'KG_STATE_UNAVAILABLE', statusCode: 503 });
    await link[Symbol.asyncDispose]();
  });

  it('refuses at once what would make too many wait', async () => {
    const { engine, link } = newLink([1]);
    await link.start();
    engine.refusals.push(...Array.from({ length: 1_000 }, () => new Error('gone for good')));
    engine.opened[0]?.close();
    await expect.poll(() => link.connected).toBe(false);
    const waiting = Array.from({ length: 1_001 }, () => link.use((connection) => connection.ping()).catch((error: Error) => error.message));
    expect(await waiting[1_000]).toContain('1000 requests wait for it');
    await link[Symbol.asyncDispose]();
    expect(await waiting[0]).toContain('there is no connection');
  });
});
