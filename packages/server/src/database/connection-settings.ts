import pg from 'pg';
import { sslSettings } from '../config/database-url.ts';
import type { DatabaseOptions } from './database.ts';
import { Hosts } from './hosts.ts';

const int8Oid = 20;

/** What every connection is opened with, those of the pool and the one that listens. */
export function connectionSettings(
  options: DatabaseOptions,
): pg.ClientConfig & { readonly Client: new (config?: string | pg.ClientConfig) => pg.Client } {
  const { target } = options;
  const hosts = new Hosts(target.hosts);
  return {
    Client: clientOf(hosts, target.primaryOnly),
    database: target.database,
    user: target.user,
    password: target.password,
    ssl: sslSettings(target),
    application_name: target.applicationName ?? 'keygrid',
    ...(target.schema === undefined ? {} : { options: `-c search_path=${quotedSetting(target.schema)}` }),
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    lock_timeout: 1_000,
    idle_in_transaction_session_timeout: 2_000,
    keepAlive: true,
    types: {
      // Counts, epochs and sequence numbers: all far below 2^53.
      getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === int8Oid ? Number : pg.types.getTypeParser(oid, format)),
    },
  };
}

/** Backslash-escapes for the startup packet's option string, around a quoted identifier. */
function quotedSetting(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`.replaceAll('\\', '\\\\').replaceAll(' ', '\\ ');
}

function clientOf(hosts: Hosts, primaryOnly: boolean): new (config?: string | pg.ClientConfig) => pg.Client {
  return class HostClient extends pg.Client {
    readonly #target = hosts.current;

    constructor(config?: string | pg.ClientConfig) {
      const given = typeof config === 'object' ? config : {};
      // The pool hides the password from enumeration, so a copy has to name it.
      super({ ...given, password: given.password, host: hosts.current.host, port: hosts.current.port });
    }

    override connect(): Promise<this>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<this> | undefined {
      const connected = this.#connectToPrimary();
      if (!callback) return connected;
      // The pool takes a call without an argument for success.
      connected.then(
        () => (callback as () => void)(),
        (error: Error) => callback(error),
      );
      return undefined;
    }

    async #connectToPrimary(): Promise<this> {
      try {
        await super.connect();
        if (primaryOnly && hosts.count > 1) {
          const answer = await super.query('SHOW transaction_read_only');
          if (answer.rows[0]?.transaction_read_only === 'on') throw new Error(`${this.#target.host} takes no writes`);
        }
        return this;
      } catch (error) {
        hosts.leave(this.#target);
        throw error;
      }
    }
  };
}
