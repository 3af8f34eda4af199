import pg from 'pg';
import { coordinatorOf } from '../membership/rebalance.ts';
import { defaultTiming } from '../membership/timing.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';

/** A member of a cluster, or one that wants to become one, as the database shows it to somebody who is neither. */
export interface InspectedMember {
  readonly id: MemberId;
  readonly name: string;
  readonly address: string;
  /** `absent`: it is in the view, but has no row any more; it will be removed. */
  readonly state: 'joining' | 'active' | 'leaving' | 'revoked' | 'absent';
  readonly coordinator: boolean;
  /** Whether its beat moved while it was watched; false where nobody watched. */
  readonly beating: boolean;
  readonly site?: string | undefined;
  readonly rack?: string | undefined;
  readonly machine?: string | undefined;
}

/** A cluster from outside. */
export interface InspectedCluster {
  readonly name: string;
  /** 0 = no view was ever committed. */
  readonly epoch: number;
  readonly timeline: number;
  readonly phase: 'STABLE' | 'COPY' | 'SWITCH';
  readonly members: readonly InspectedMember[];
  /** Segment -> member ids in order of preference; a cache with k owners uses the first k. */
  readonly table: readonly (readonly MemberId[])[];
  /** What a running rebalance leads to. */
  readonly target: readonly (readonly MemberId[])[] | undefined;
  /** Names of the clusters in this database, this one among them if it is there. */
  readonly clusters: readonly string[];
}

interface Row {
  readonly id: MemberId;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly labels: { readonly site?: string; readonly rack?: string; readonly machine?: string };
  readonly state: string;
  readonly beat: number;
}

interface Reading {
  readonly view: ViewBody | undefined;
  readonly rows: readonly Row[];
  readonly clusters: readonly string[];
}

/** Longer than two beats. */
const watchMs = defaultTiming.beatMs * 2.2;
const statementMs = 5_000;
const undefinedTable = '42P01';

const reading = `
  SELECT (SELECT body FROM grid_view WHERE cluster = $1) AS view,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'host', host, 'port', port, 'labels', labels, 'state', state, 'beat', beat)
      ORDER BY id), '[]') FROM grid_member WHERE cluster = $1) AS rows,
    (SELECT coalesce(jsonb_agg(DISTINCT cluster ORDER BY cluster), '[]') FROM (SELECT cluster FROM grid_view UNION SELECT cluster FROM grid_member) known) AS clusters`;

async function read(client: pg.Client, cluster: string): Promise<Reading> {
  try {
    const { rows } = await client.query<{ view: ViewBody | null; rows: Row[]; clusters: string[] }>(reading, [cluster]);
    const [found] = rows;
    return { view: found?.view ?? undefined, rows: found?.rows ?? [], clusters: found?.clusters ?? [] };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === undefinedTable) return { view: undefined, rows: [], clusters: [] };
    throw error;
  }
}

function stateOf(inView: string | undefined, row: Row | undefined): InspectedMember['state'] {
  if (row === undefined) return 'absent';
  if (row.state === 'revoked' || inView === 'revoked') return 'revoked';
  if (row.state === 'leaving' || inView === 'leaving') return 'leaving';
  return inView === 'active' ? 'active' : 'joining';
}

/**
 * Reads what the database says of a cluster, with `watch` twice within about two seconds, so that it can tell who beats. It changes nothing and is no member.
 * Rejects with the database's error; a database without clusters is an answer with none.
 */
export async function inspectCluster(connection: pg.ClientConfig, name: string, watch = true): Promise<InspectedCluster> {
  const client = new pg.Client({
    application_name: 'keygrid cluster',
    ...connection,
    connectionTimeoutMillis: statementMs,
    query_timeout: statementMs,
  });
  await client.connect();
  try {
    await client.query('SET default_transaction_read_only = on');
    const before = await read(client, name);
    if (!watch || before.rows.length === 0) return clusterOf(name, before, before);
    await new Promise((resolve) => setTimeout(resolve, watchMs));
    const after = await read(client, name);
    return clusterOf(name, before, after);
  } finally {
    await client.end();
  }
}

function clusterOf(name: string, before: Reading, after: Reading): InspectedCluster {
  const { view } = after;
  const beats = new Map(before.rows.map((row) => [row.id, row.beat]));
  const rows = new Map(after.rows.map((row) => [row.id, row]));
  const inView = new Map(view?.members.map((member) => [member.id, member]));
  const coordinator = view === undefined ? undefined : (coordinatorOf(view) ?? view.members[0]?.id);
  const members = [...new Set([...inView.keys(), ...rows.keys()])].toSorted((left, right) => left - right);
  return {
    name,
    epoch: view?.epoch ?? 0,
    timeline: view?.timeline ?? 0,
    phase: view?.phase ?? 'STABLE',
    members: members.map((id): InspectedMember => {
      const [member, row] = [inView.get(id), rows.get(id)];
      return {
        id,
        name: member?.name ?? row?.name ?? '',
        address: `${member?.address.host ?? row?.host}:${member?.address.port ?? row?.port}`,
        state: stateOf(member?.state, row),
        coordinator: id === coordinator,
        beating: row !== undefined && row.beat > (beats.get(id) ?? -1),
        ...(member?.labels ?? row?.labels),
      };
    }),
    table: view?.table ?? [],
    target: view?.target ?? undefined,
    clusters: after.clusters,
  };
}
