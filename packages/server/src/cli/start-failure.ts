import type { Configuration } from '../config/configuration.ts';
import { type DatabaseTarget, databaseTarget } from '../config/database-url.ts';
import type { OptionName } from '../config/options/index.ts';
import { ServerError } from '../http/errors.ts';

const DEFAULT_CLUSTER_PORT = 7_800;
const MAX_CAUSES = 10;

/** The part of a system, database or listener error that says what went wrong. */
interface Fault {
  readonly code: string;
  readonly message: string;
  readonly port?: number | undefined;
  readonly address?: string | undefined;
  /** The name that was looked up. */
  readonly hostname?: string | undefined;
}

const hostOptions = ['http-host', 'http-management-host', 'cache-embedded-network-bind-address'] as const;

/** The error and what caused it, outermost first. */
export function causeChain(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let at: unknown = error; at !== undefined && chain.length < MAX_CAUSES; at = at instanceof Error ? at.cause : undefined)
    chain.push(at);
  return chain;
}

function faultOf(error: unknown): Fault | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const { code, message } = error;
  const port = 'port' in error && typeof error.port === 'number' ? error.port : undefined;
  const address = 'address' in error && typeof error.address === 'string' ? error.address : undefined;
  const hostname = 'hostname' in error && typeof error.hostname === 'string' ? error.hostname : undefined;
  return { code, message, port, address, hostname };
}

function portOptions(configuration: Configuration, port: number): readonly string[] {
  const ports: readonly (readonly [OptionName, number])[] = [
    ['http-port', configuration.get('http-port')],
    ['https-port', configuration.get('https-port')],
    ['http-management-port', configuration.get('http-management-port')],
    ['cache-embedded-network-bind-port', configuration.get('cache-embedded-network-bind-port') ?? DEFAULT_CLUSTER_PORT],
  ];
  return ports.filter(([, value]) => value === port).map(([name]) => name);
}

/** A listener that could not be opened, in one line with the option that chose it. */
function explainListener(fault: Fault, configuration: Configuration): string | undefined {
  const { code, port, address, hostname } = fault;
  const host = hostname ?? (code === 'EADDRNOTAVAIL' ? address : undefined);
  if (host !== undefined) {
    const options = hostOptions.filter((name) => configuration.get(name) === host);
    if (options.length === 0) return undefined;
    return `The host '${host}' (option ${options.map((name) => `'${name}'`).join(' and ')}) is none of this machine (${code}): give an address of it, or 0.0.0.0 for all.`;
  }
  if (port === undefined) return undefined;
  const names = portOptions(configuration, port);
  const [option] = names;
  const chosenBy = names.length === 0 ? '' : ` (option ${names.map((name) => `'${name}'`).join(' and ')})`;
  const another = option === undefined ? 'choose another port' : `choose another with --${option}=<port>`;
  const where = `Port ${port} on ${address ?? 'this machine'}${chosenBy}`;
  if (code === 'EADDRINUSE') {
    if (names.length > 1) return `${where} is wanted by more than one listener of this server, or in use by another program: ${another}.`;
    return `${where} is in use by another program: stop that program, or ${another}.`;
  }
  if (code === 'EACCES') return `${where} may not be opened by this account: ports below 1024 need a privilege; ${another}.`;
  return undefined;
}

function where(target: DatabaseTarget): string {
  return target.hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'no answer came in time',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ECONNRESET: 'the connection was broken off',
};

/** A database that cannot be used, with what it is, who asked, and the options to look at. */
function explainDatabase(fault: Fault, configuration: Configuration): string | undefined {
  if (configuration.get('db') === 'dev-file') return undefined;
  const target = databaseTarget(configuration);
  const user = target.user === undefined ? 'no user name' : `user '${target.user}'`;
  const reason = unreachable[fault.code];
  if (reason !== undefined) {
    return `The database at ${where(target)} cannot be reached: ${reason}. Check that it runs, and the option 'db-url' (or 'db-url-host' and 'db-url-port').`;
  }
  switch (fault.code) {
    case '3D000':
      return `There is no database '${target.database}' at ${where(target)}. Create it (CREATE DATABASE "${target.database}"), or name another with 'db-url' or 'db-url-database'.`;
    case '28P01':
    case '28000':
      return `The database at ${where(target)} refuses ${user}: ${fault.message}. Check 'db-username' and 'db-password'.`;
    case '42501':
      return `The database '${target.database}' at ${where(target)} does not let ${user} do what is needed: ${fault.message}. Grant CREATE on the database and its schema.`;
    case '53300':
      return `The database at ${where(target)} takes no more connections. Raise its max_connections, or lower 'db-pool-max-size' on the nodes.`;
    default:
      return undefined;
  }
}

/** One sentence for a failure that has a known way out; undefined for all others. */
export function explainFailure(error: unknown, configuration: Configuration): string | undefined {
  for (const cause of causeChain(error)) {
    // Says all in its own line; what lies under it could be taken for the database.
    if (cause instanceof ServerError && cause.code === 'KG_REMOTE_CACHE') return cause.message;
    const fault = faultOf(cause);
    const explained = fault && (explainListener(fault, configuration) ?? explainDatabase(fault, configuration));
    if (explained !== undefined) return explained;
  }
  return undefined;
}
