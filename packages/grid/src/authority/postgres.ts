import pg from 'pg';
import { GridError } from '../errors.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import type { Authority, AuthorityAnswer, AuthorityRequest, MemberRow } from './authority.ts';
import { statements } from './postgres-statements.ts';

export interface PostgresAuthorityOptions {
  /** As node-postgres takes it: host, port, user, password, database, ssl or a connection string. */
  readonly connection: pg.ClientConfig;
  readonly cluster: string;
  /** Called with each view that an answer carried, for whoever mirrors it into another table. */
  readonly onView?: ((view: ViewBody) => void) | undefined;
  /** Monotonic milliseconds; for the pause between attempts to connect. */
  readonly now?: (() => number) | undefined;
}

const statementMs = 1_000;
const queryMs = 1_400;
const firstPauseMs = 100;
const maxPauseMs = 1_000;

interface Session {
  readonly client: pg.Client;
  readonly timelines: boolean;
}

/** A session as the server knows it. */
interface Backend {
  readonly pid: number;
  readonly began: string;
}

interface Answer {
  readonly timeline: number;
  /** Numeric, so text in node-postgres. */
  readonly clock_ms: string;
  readonly epoch: string;
  readonly view: ViewBody | null;
  readonly rows: readonly MemberRow[];
}

/**
 * Membership in PostgreSQL, over one connection of its own so that a busy pool cannot stop the beats. Requests run in the order of the calls.
 * Any failure ends the session: requests under way are rejected (outcome unknown) and the next one connects again, after a growing pause.
 */
export class PostgresAuthority implements Authority {
  readonly #options: PostgresAuthorityOptions;
  #session: Promise<Session> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #queued = 0;
  #pauseMs = 0;
  #retryAtMs = 0;
  #lockedId: MemberId | undefined;
  /** Of the latest session. */
  #backend: Backend | undefined;
  #closed = false;

  constructor(options: PostgresAuthorityOptions) {
    this.#options = options;
  }

  /** Creates the tables if they are missing; safe with any number of concurrent callers. */
  async ensureSchema(): Promise<void> {
    const client = new pg.Client(this.#options.connection);
    await client.connect();
    try {
      await client.query(statements.schema);
    } finally {
      await client.end();
    }
  }

  execute(request: AuthorityRequest): Promise<AuthorityAnswer> {
    if (this.#queued >= 16)
      return Promise.reject(new GridError('GRID_OVERLOADED', `${this.#queued} requests wait for the database, at most 16 allowed`));
    this.#queued += 1;
    const result = this.#last.then(() => this.#execute(request));
    this.#last = result.then(
      () => {
        this.#queued -= 1;
      },
      () => {
        this.#queued -= 1;
      },
    );
    return result;
  }

  /** Ends the session, which frees the advisory lock. */
  async close(): Promise<void> {
    this.#closed = true;
    const session = await this.#session?.catch(() => undefined);
    this.#session = undefined;
    await session?.client.end().catch(() => undefined);
  }

  async #execute(request: AuthorityRequest): Promise<AuthorityAnswer> {
    const session = await this.#connected();
    try {
      const { cluster } = this.#options;
      const { accepted, id } = await this.#apply(session, request);
      const known = request.kind === 'change' ? request.expectedEpoch : request.knownEpoch;
      const { rows } = await session.client.query<Answer>(statements.read(session.timelines), [cluster, known]);
      const answer = rows[0] as Answer;
      if (answer.view !== null) this.#options.onView?.(answer.view);
      return {
        accepted,
        id,
        incarnation: id,
        timeline: answer.timeline,
        clockMs: Number(answer.clock_ms),
        epoch: Number(answer.epoch),
        view: answer.view,
        rows: answer.rows,
      };
    } catch (error) {
      this.#drop(session);
      throw error;
    }
  }

  async #apply(session: Session, request: AuthorityRequest): Promise<{ accepted: boolean; id: MemberId }> {
    const { client, timelines } = session;
    const { cluster } = this.#options;
    const run = async (text: string, values: unknown[]) => ({ accepted: ((await client.query(text, values)).rowCount ?? 0) > 0, id: 0 });
    switch (request.kind) {
      case 'read':
        return { accepted: true, id: 0 };
      case 'register': {
        const { name, address, labels, process } = request.registration;
        const { rows } = await client.query<{ id: string }>(statements.register(timelines), [
          cluster,
          name,
          address.host,
          address.port,
          JSON.stringify(labels),
          process,
        ]);
        const id = Number(rows[0]?.id);
        this.#lockedId = id;
        await client.query(statements.lock, [cluster, id % 2 ** 31]);
        return { accepted: true, id };
      }
      case 'beat':
        return run(statements.beat(timelines), [cluster, request.id, request.incarnation, JSON.stringify(request.heard)]);
      case 'change': {
        const { view, expectedEpoch, gone, revoked, restored = [], admitted = [] } = request;
        const body = JSON.stringify(view);
        if (expectedEpoch === 0) return run(statements.insertView(timelines), [cluster, view.timeline, view.epoch, body]);
        return run(statements.change(timelines), [
          cluster,
          expectedEpoch,
          view.timeline,
          view.epoch,
          body,
          gone.map(({ id }) => id),
          gone.map(({ beat }) => beat),
          revoked,
          JSON.stringify(restored),
          admitted,
        ]);
      }
      case 'leave':
        return run(request.remove ? statements.removeSelf : statements.announceLeave, [cluster, request.id, request.incarnation]);
      case 'forget':
        return run(statements.forget, [cluster, request.rows.map(({ id }) => id), request.rows.map(({ beat }) => beat)]);
    }
  }

  #connected(): Promise<Session> {
    const now = this.#options.now ?? (() => performance.now());
    if (this.#closed) return Promise.reject(new GridError('GRID_STOPPED', 'the authority is closed'));
    if (this.#session !== undefined) return this.#session;
    if (now() < this.#retryAtMs)
      return Promise.reject(
        new GridError('GRID_TIMEOUT', `the database is away, next attempt in ${Math.ceil(this.#retryAtMs - now())} ms`),
      );
    const session = this.#connect();
    this.#session = session;
    session.then(
      () => {
        this.#pauseMs = 0;
      },
      () => {
        this.#pauseMs = Math.min(maxPauseMs, Math.max(firstPauseMs, this.#pauseMs * 2));
        this.#retryAtMs = now() + this.#pauseMs;
        if (this.#session === session) this.#session = undefined;
      },
    );
    return session;
  }

  async #connect(): Promise<Session> {
    const options = `-c statement_timeout=${statementMs} -c lock_timeout=${statementMs} -c idle_in_transaction_session_timeout=2000`;
    const client = new pg.Client({
      application_name: 'keygrid membership',
      ...this.#options.connection,
      // A schema of the operator's stays.
      options: [this.#options.connection.options, options].filter((part) => part !== undefined).join(' '),
      connectionTimeoutMillis: statementMs,
      query_timeout: queryMs,
      keepAlive: true,
    });
    let session: Session | undefined;
    client.on('error', () => {
      if (session !== undefined) this.#drop(session);
    });
    try {
      await client.connect();
      // Engines that speak the protocol but show no timeline need synchronous replication for the same guarantees.
      const timelines = await client.query(statements.timeline).then(
        () => true,
        () => false,
      );
      await this.#replaceBackend(client);
      if (this.#lockedId !== undefined) await client.query(statements.lock, [this.#options.cluster, this.#lockedId % 2 ** 31]);
      session = { client, timelines };
      return session;
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Ends the session before this one where it lives on: a statement that it still executes must not take effect after what comes now, and it
   * holds the advisory lock. Engines that do not show sessions, and roles that may not end them, leave it to the server's timeouts.
   */
  async #replaceBackend(client: pg.Client): Promise<void> {
    const former = this.#backend;
    try {
      if (former !== undefined) await client.query(statements.endFormer, [former.pid, former.began]);
      const { rows } = await client.query<Backend>(statements.session);
      this.#backend = rows[0];
    } catch {
      this.#backend = undefined;
    }
  }

  #drop(session: Session): void {
    const current = this.#session;
    void current?.then(
      (held) => {
        if (held === session && this.#session === current) this.#session = undefined;
      },
      () => undefined,
    );
    session.client.end().catch(() => undefined);
  }
}
