import type { FreshDatabase } from '../servers/database.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  /** Of a primary key of one column. */
  readonly isId: boolean;
}
interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** What is copied, how often, and how the copies differ. */
export interface Copy {
  /** Ids of the rows that everything else hangs on. */
  readonly roots: readonly string[];
  readonly count: number;
  /** The part of names that tells copies apart, and what stands in its place before the number of the copy. */
  readonly from: string;
  readonly to: string;
  /** Tables that are left alone. */
  readonly without?: readonly string[];
}

/** Of the servers' own running: nothing of these belongs to what is copied. */
const NEVER = ['admin_event_entity', 'offline_user_session', 'offline_client_session', 'outbox', 'jgroups_ping', 'revoked_token'];
const TEXTS = new Set(['text', 'varchar', 'bpchar']);
const JSON_TYPES = new Set(['json', 'jsonb']);
/** Copies of events lie so far apart in time. */
const EVENT_STEP_MS = 1_000;
/** Copies of one statement. */
const BATCH = 5_000;

const READ_TABLES = `select t.relname as "table", a.attname as name, y.typname as type,
    coalesce(i.indnatts = 1 and a.attnum = any(i.indkey), false) as "isId"
  from pg_class t
  join pg_namespace s on s.oid = t.relnamespace and s.nspname = current_schema()
  join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
  join pg_type y on y.oid = a.atttypid
  left join pg_index i on i.indrelid = t.oid and i.indisprimary
  where t.relkind = 'r' order by t.relname, a.attnum`;

/** Ids inside JSON are replaced there, too. */
const COPIED_JSON = `create or replace function pg_temp.copied_json(value text, n integer, old text, new text) returns text language plpgsql as $$
declare found text;
begin
  for found in select distinct one[1] from regexp_matches(value, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'g') as one
    where one[1] in (select id from pg_temp.copied_ids)
  loop value := replace(value, found, md5(found || new || n)::uuid::text); end loop;
  return replace(value, old, new || n);
end $$`;

async function tablesOf(database: FreshDatabase, without: readonly string[]): Promise<readonly Table[]> {
  const tables = new Map<string, Column[]>();
  for (const row of await database.query(READ_TABLES)) {
    const columns = tables.get(String(row['table'])) ?? [];
    columns.push({ name: String(row['name']), type: String(row['type']), isId: row['isId'] === true });
    tables.set(String(row['table']), columns);
  }
  for (const name of [...NEVER, ...without]) tables.delete(name);
  return [...tables].map(([name, columns]) => ({ name, columns }));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Whether a row of a table names one of the ids; undefined where it cannot. */
export function namesAnId({ columns }: Table): string | undefined {
  const texts = columns.filter(({ type }) => TEXTS.has(type));
  if (texts.length === 0) return undefined;
  return texts.map(({ name }) => `source.${quoted(name)} in (select id from pg_temp.copied_ids)`).join(' or ');
}

/** The statement that copies the rows that were set aside: $1 and $2 are the first and the last number, $3 and $4 the parts of names. */
export function copyStatement(table: Table): string {
  const values = table.columns.map(({ name, type }) => {
    const value = `source.${quoted(name)}`;
    if (JSON_TYPES.has(type)) return `pg_temp.copied_json(${value}::text, n, $3::text, $4::text)::${type}`;
    if (TEXTS.has(type))
      return `case when ${value} in (select id from pg_temp.copied_ids) then md5(${value} || $4::text || n)::uuid::text
        else replace(${value}, $3::text, $4::text || n) end`;
    return name === 'event_time' ? `${value} - n * ${EVENT_STEP_MS}` : value;
  });
  return `insert into ${quoted(table.name)} (${table.columns.map(({ name }) => quoted(name)).join(', ')})
    select ${values.join(', ')} from pg_temp.set_aside as source cross join generate_series($1::integer, $2::integer) as n`;
}

/** The ids of all rows that name the roots, that name those rows, and so on. */
async function collectIds(database: FreshDatabase, tables: readonly Table[], roots: readonly string[]): Promise<void> {
  await database.query('create temporary table if not exists copied_ids (id text primary key)');
  await database.query('truncate pg_temp.copied_ids');
  await database.query('insert into pg_temp.copied_ids select unnest($1::text[])', [roots]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const table of tables) {
      const id = table.columns.find(({ isId, type }) => isId && TEXTS.has(type));
      const condition = namesAnId(table);
      if (id === undefined || condition === undefined) continue;
      const added = await database.query(
        `insert into pg_temp.copied_ids select source.${quoted(id.name)} from ${quoted(table.name)} as source where ${condition}
         on conflict do nothing returning id`,
      );
      grew ||= added.length > 0;
    }
  }
}

/**
 * Copies rows and everything that hangs on them within the tables of a server, whichever it is: a thing that the server itself has made through
 * its interface stands there many times, each with ids of its own. The server must not run meanwhile.
 */
export async function copyRows(database: FreshDatabase, { roots, count, from, to, without = [] }: Copy): Promise<void> {
  if (count <= 0) return;
  const tables = await tablesOf(database, without);
  await collectIds(database, tables, roots);
  await database.query('analyze pg_temp.copied_ids');
  await database.query(COPIED_JSON);
  await database.query('begin');
  // Rows name each other across tables; the order of the copies is not that of the foreign keys.
  await database.query("set local session_replication_role = 'replica'");
  // Compiling a statement takes longer than running it.
  await database.query('set local jit = off');
  for (const table of tables) {
    const condition = namesAnId(table);
    if (condition === undefined) continue;
    await database.query(
      `create temporary table set_aside on commit drop as select * from ${quoted(table.name)} as source where ${condition}`,
    );
    const found = (await database.query('select 1 from pg_temp.set_aside limit 1')).length > 0;
    for (let first = 1; found && first <= count; first += BATCH)
      await database.query(copyStatement(table), [first, Math.min(count, first + BATCH - 1), from, to]);
    await database.query('drop table pg_temp.set_aside');
  }
  await database.query('commit');
}
