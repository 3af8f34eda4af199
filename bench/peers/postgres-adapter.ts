import type { Adapter, AdapterPayload } from 'oidc-provider';
import pg from 'pg';

const CREATE = `create table if not exists oidc_payload (
  model text not null, id text not null, payload jsonb not null, grant_id text, uid text, user_code text, expires_at timestamptz, consumed_at bigint,
  primary key (model, id))`;

/** One row an artefact, as the peer's own examples keep it. */
export async function postgresAdapter(url: string): Promise<(model: string) => Adapter> {
  const pool = new pg.Pool({ connectionString: url, max: 20 });
  await pool.query(CREATE);
  await pool.query('create index if not exists oidc_payload_grant on oidc_payload (grant_id)');
  const found = async (where: string, values: unknown[]): Promise<AdapterPayload | undefined> => {
    const { rows } = await pool.query<{ payload: AdapterPayload; consumed_at: string | null }>({
      name: `find-${where}`,
      text: `select payload, consumed_at from oidc_payload where ${where} and (expires_at is null or expires_at > now())`,
      values,
    });
    const [row] = rows;
    return row === undefined ? undefined : { ...row.payload, ...(row.consumed_at === null ? {} : { consumed: Number(row.consumed_at) }) };
  };
  return (model) => ({
    upsert: async (id, payload, expiresIn) => {
      await pool.query({
        name: 'upsert',
        text: `insert into oidc_payload (model, id, payload, grant_id, uid, user_code, expires_at)
          values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
          on conflict (model, id) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
        values: [model, id, payload, payload.grantId ?? null, payload.uid ?? null, payload.userCode ?? null, expiresIn ?? null],
      });
    },
    find: (id) => found('model = $1 and id = $2', [model, id]),
    findByUid: (uid) => found('model = $1 and uid = $2', [model, uid]),
    findByUserCode: (code) => found('model = $1 and user_code = $2', [model, code]),
    consume: async (id) => {
      await pool.query('update oidc_payload set consumed_at = extract(epoch from now()) where model = $1 and id = $2', [model, id]);
    },
    destroy: async (id) => {
      await pool.query('delete from oidc_payload where model = $1 and id = $2', [model, id]);
    },
    revokeByGrantId: async (grantId) => {
      await pool.query('delete from oidc_payload where grant_id = $1', [grantId]);
    },
  });
}
