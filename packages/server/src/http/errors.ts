/**
 * Every error of the server that is not part of a protocol answer: code -> HTTP status, what it means, what to do.
 * docs/reference/errors.md is made from this table. OAuth errors (RFC 6749) and Admin REST errors keep their own wire forms.
 */
export const serverErrors = {
  KG_STATE_UNAVAILABLE: {
    status: 503,
    meaning: 'The cluster state cannot be read or written now.',
    remedy: 'Retry after the time given; readiness of the node says when it serves again.',
  },
  KG_HASHING_OVERLOAD: {
    status: 503,
    meaning: 'More password checks are waiting than this node allows.',
    remedy: 'Retry after the time given, or add a node.',
  },
  KG_LOGIN_BUSY: {
    status: 503,
    meaning: 'More logins of one user are under way than brute-force protection can tell apart.',
    remedy: 'Retry after the time given. See the brute-force settings of the realm where this is ordinary use.',
  },
  KG_MAIL_NOT_SENT: {
    status: 500,
    meaning: 'A mail could not be handed to the mail server of the realm.',
    remedy: 'See the mail settings of the realm (smtpServer) and the log of the mail server.',
  },
  KG_BAD_THEME: {
    status: 500,
    meaning: 'A theme cannot be used.',
    remedy: 'The message names file, line and reason; mend the file and restart. Until then the default theme is used.',
  },
  KG_WRITER_OVERLOAD: {
    status: 503,
    meaning: 'More session writes are waiting than this node allows.',
    remedy: 'Retry after the time given; see the latency of the database.',
  },
  KG_DATABASE_UNAVAILABLE: {
    status: 503,
    meaning: 'The database did not answer in time, or was away for longer than five seconds.',
    remedy: 'See the database and the connection options (db-url, db-pool-max-size).',
  },
  KG_NODE_FENCED: {
    status: 503,
    meaning: 'This node has not been able to prove its membership for five seconds and does not answer for realms.',
    remedy: 'The balancer should use another node; readiness is down.',
  },
  KG_STATE_MODE: {
    status: 500,
    meaning: 'A node that runs on the same database keeps state in another way.',
    remedy: 'Stop all nodes, then start all of them with the same features and the same option cache.',
  },
  KG_REMOTE_CACHE: {
    status: 500,
    meaning: 'The external caches cannot be used.',
    remedy: 'The message names the reason and the option; see docs/guide/remote.md.',
  },
  KG_STORE_CONFLICT: {
    status: 409,
    meaning: 'Another writer changed the same object first.',
    remedy: 'Read it again and repeat the change.',
  },
  KG_STORE_DUPLICATE: { status: 409, meaning: 'An object of that name exists already.', remedy: 'Choose another name.' },
  KG_UNKNOWN_CACHE: {
    status: 404,
    meaning:
      'A program that runs the server asked for a cache that the cache configuration file does not declare, or for one of the server itself.',
    remedy:
      'Declare it in conf/cache-ispn.xml, alike on every node; the message lists those that are declared. See docs/guide/own-caches.md.',
  },
  KG_CLUSTER_EMPTY: {
    status: 404,
    meaning: 'A command looked for a cluster that has no members.',
    remedy: 'Check the database options and the name of the cluster; the message lists the names that the database knows.',
  },
  KG_DATABASE_FOREIGN: {
    status: 500,
    meaning: 'The database holds the schema of a Keycloak server.',
    remedy: 'Use an empty database or schema, and move the realms by export and import.',
  },
  KG_DATABASE_VERSION: {
    status: 500,
    meaning: 'The database schema is newer than this server, or the engine is too old.',
    remedy: 'Use a server of at least that version, and PostgreSQL 14 to 18.',
  },
  KG_BAD_CONFIGURATION: {
    status: 500,
    meaning: 'An option cannot be used as it stands.',
    remedy: 'The message names the option, the value and what is allowed.',
  },
  KG_BAD_IMPORT: {
    status: 400,
    meaning: 'A realm file cannot be imported.',
    remedy: 'The message names the file, the field and the value.',
  },
  KG_OUTBOUND_REFUSED: {
    status: 502,
    meaning: 'An address that this server was to call is not one that it may call.',
    remedy: 'See the options spi-connections-http-client--default--allowed-hosts and --private-redirect-hosts.',
  },
  KG_OUTBOUND_FAILED: {
    status: 502,
    meaning: 'Another server that was asked (for keys, revocations, a login) gave no whole answer in time.',
    remedy: 'The message names the address and the limit; see the other server and the options spi-connections-http-client--default--*.',
  },
  KG_CONSOLE_NOT_BUILT: {
    status: 404,
    meaning: 'The consoles are not among the files of this server: a checkout in which they were never built.',
    remedy: 'Run npm run build:console; npm start and npm test do so by themselves.',
  },
  KG_BAD_REQUEST: { status: 400, meaning: 'The request cannot be read.', remedy: 'The message names the part.' },
  KG_PAYLOAD_TOO_LARGE: { status: 413, meaning: 'The request body is larger than allowed.', remedy: 'Send less.' },
  KG_NOT_FOUND: { status: 404, meaning: 'There is nothing at this address.', remedy: 'Check the path and the realm name.' },
  KG_LIMIT_EXCEEDED: { status: 400, meaning: 'A value is larger than its limit.', remedy: 'The message names the value and the limit.' },
} as const;

export type ServerErrorCode = keyof typeof serverErrors;

export interface ServerErrorOptions extends ErrorOptions {
  /** Sent as Retry-After. */
  readonly retryAfterSeconds?: number | undefined;
}

/** An error with a code of the catalogue; `message` names the offending value and never holds a secret. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;
  readonly statusCode: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ServerErrorCode, message: string, options: ServerErrorOptions = {}) {
    super(message, options);
    this.name = 'ServerError';
    this.code = code;
    this.statusCode = serverErrors[code].status;
    this.retryAfterSeconds = options.retryAfterSeconds ?? (this.statusCode === 503 ? 1 : undefined);
  }
}

/**
 * What a protocol room throws to answer in its own wire form (OAuth JSON, Admin REST JSON, an HTML page): the error handler
 * sends exactly this and logs nothing above debug.
 */
export class ReplyError extends Error {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;

  constructor(statusCode: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`reply ${statusCode}`);
    this.name = 'ReplyError';
    this.statusCode = statusCode;
    this.body = body;
    this.headers = headers;
  }
}
