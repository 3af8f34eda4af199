import { describe, expect, it } from 'vitest';
import { type AdminResult, renderAdmin } from './command.ts';
import { copyStatement, namesAnId } from './copy-rows.ts';
import { copiesOf } from './populate.ts';

const column = (name: string, type: string, isId = false) => ({ name, type, isId });

describe('copying rows', () => {
  it('finds rows by any of their texts, and not those of tables without', () => {
    const table = { name: 'client', columns: [column('id', 'text', true), column('realm_id', 'varchar'), column('version', 'int4')] };
    expect(namesAnId(table)).toBe(
      'source."id" in (select id from pg_temp.copied_ids) or source."realm_id" in (select id from pg_temp.copied_ids)',
    );
    expect(namesAnId({ name: 'numbers', columns: [column('n', 'int8')] })).toBeUndefined();
  });

  it('gives ids and names of their own to copies, within documents too, and takes the rest over', () => {
    const columns = [column('id', 'text', true), column('body', 'jsonb'), column('enabled', 'bool'), column('event_time', 'int8')];
    const statement = copyStatement({ name: 'event_entity', columns });
    expect(statement).toContain('insert into "event_entity" ("id", "body", "enabled", "event_time")');
    expect(statement).toContain('md5(source."id" || $4::text || n)::uuid::text');
    expect(statement).toContain(
      'pg_temp.copied_json(source."body"::text, n, $3::text, $4::text)::jsonb, source."enabled", source."event_time" - n',
    );
  });
});

it.each([
  { realms: 1_000, clients: 20_000, users: 100_000 },
  { realms: 20, clients: 400, users: 2_000 },
  { realms: 7, clients: 100, users: 99 },
])('makes exactly $clients clients and $users users in $realms realms, about half of them in one', (population) => {
  const { small, big } = copiesOf(population);
  const others = population.realms - 1;
  expect(small.clients * others + big.clients).toBe(population.clients);
  expect(small.users * others + big.users).toBe(population.users);
  expect(big.users).toBeGreaterThanOrEqual(population.users / 2);
  expect(big.clients).toBeGreaterThanOrEqual(small.clients);
});

it('shows the servers beside each other, a call at a time', () => {
  const cost = (name: string, p95Ms: number) => ({
    ...{ name, operations: 1, failures: 0, firstFailure: undefined, perSecond: 1, p50Ms: 1, p95Ms, p99Ms: 9, serverCpuMs: 1 },
    ...{ databaseCpuMs: 1, transactions: 1, statements: 1, walBytes: 0 },
  });
  const result = (server: string, p95Ms: number): AdminResult => ({
    server,
    conditions: '',
    filled: { seconds: 1, startMs: 2 },
    costs: [cost('a realm', p95Ms), cost('a user', p95Ms)],
  });
  const lines = renderAdmin([result('one', 3), result('other', 4)]).split('\n');
  const names = lines.slice(2, 6).map((line) =>
    line
      .split('|')
      .slice(1, 3)
      .map((cell) => cell.trim()),
  );
  expect(names).toEqual([
    ['a realm', 'one'],
    ['a realm', 'other'],
    ['a user', 'one'],
    ['a user', 'other'],
  ]);
});
