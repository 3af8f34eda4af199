import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { ServerError } from '../http/errors.ts';
import { OutageBridge } from './outage.ts';
import { changedNothing, connectionBroke } from './sql-errors.ts';

const away = new Error('away');
const always = (): boolean => true;

describe('a short outage of the database', () => {
  it('is bridged', async () => {
    const bridge = new OutageBridge(5_000);
    let tries = 0;
    const result = await bridge.run(async () => {
      tries += 1;
      if (tries < 3) throw away;
      return 'done';
    }, always);
    expect({ result, tries }).toEqual({ result: 'done', tries: 3 });
  });

  it('is not, where the work may have taken effect', async () => {
    let tries = 0;
    const running = new OutageBridge(5_000).run(
      async () => {
        tries += 1;
        throw away;
      },
      () => false,
    );
    await expect(running).rejects.toBe(away);
    expect(tries).toBe(1);
  });

  it('is bridged from its begin on: who comes later fails at once, until it is over', async () => {
    let nowMs = 0;
    const bridge = new OutageBridge(100, () => nowMs);
    const fails = async (): Promise<never> => {
      nowMs += 60;
      throw away;
    };
    await expect(bridge.run(fails, always)).rejects.toBe(away);
    const before = nowMs;
    await expect(bridge.run(fails, always)).rejects.toBe(away);
    expect(nowMs).toBe(before + 60);
    await bridge.run(async () => {}, always);
    let tries = 0;
    await bridge.run(async () => {
      tries += 1;
      if (tries === 1) throw away;
    }, always);
    expect(tries).toBe(2);
  });

  it('is not bridged where that is switched off', async () => {
    await expect(new OutageBridge(0).run(() => Promise.reject(away), always)).rejects.toBe(away);
  });
});

function refusal(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('refused', 1, 'error'), { code });
}

describe('what a failure says of the statement', () => {
  it.each([
    ['an orderly shutdown of the database', refusal('57P01')],
    ['a database that starts', refusal('57P03')],
    ['a refused connection', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })],
    ['one of these, translated', new ServerError('KG_DATABASE_UNAVAILABLE', 'away', { cause: refusal('57P01') })],
  ])('%s: it changed nothing', (_, error) => {
    expect(changedNothing(error)).toBe(true);
  });

  it.each([
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['a reset connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })],
    ['a crash of the database', refusal('57P02')],
  ])('%s: it may have changed something', (_, error) => {
    expect(changedNothing(error)).toBe(false);
    expect(connectionBroke(error)).toBe(true);
  });

  it.each([
    ['a full pool', new Error('timeout exceeded when trying to connect')],
    ['a time limit', refusal('57014')],
    ['a taken name', refusal('23505')],
  ])('%s: it is no outage', (_, error) => {
    expect(changedNothing(error)).toBe(false);
    expect(connectionBroke(error)).toBe(false);
  });
});
