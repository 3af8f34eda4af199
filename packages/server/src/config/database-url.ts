import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import type { Configuration } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';

export interface DatabaseHost {
  readonly host: string;
  readonly port: number;
}

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** Where the database is and how it is spoken to; what `pg` needs, and the hosts to try in order. */
export interface DatabaseTarget {
  readonly hosts: readonly DatabaseHost[];
  readonly database: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly schema?: string | undefined;
  readonly sslMode: SslMode;
  /** Path of the authority's certificate (sslrootcert). */
  readonly sslRootCertificateFile?: string | undefined;
  /** Of several hosts only one that takes writes (targetServerType=primary, target_session_attrs=read-write). */
  readonly primaryOnly: boolean;
  readonly applicationName?: string | undefined;
}

const SSL_MODES: readonly SslMode[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];
const MAX_URL_CHARACTERS = 4_096;
const MAX_HOSTS = 16;
const HOST_PATTERN = /^(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]{1,253}))?(?::(\d{1,5}))?$/;

/** A URL with its password taken out, fit for a message. */
function shown(url: string): string {
  return url.replace(/:\/\/([^:/@]*):[^@]*@/, '://$1:*******@').replaceAll(/((?:^|[?&])[^=&]*passw(?:or)?d[^=&]*=)[^&]*/gi, '$1*******');
}

function decoded(text: string, url: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigurationError(`Invalid value for option '--db-url': ${shown(url)} holds a broken percent escape`);
  }
}

function parseHosts(text: string, url: string): readonly DatabaseHost[] {
  const parts = text === '' ? ['localhost'] : text.split(',');
  if (parts.length > MAX_HOSTS) throw new ConfigurationError(`Invalid value for option '--db-url': more than ${MAX_HOSTS} hosts`);
  return parts.map((part) => {
    const match = HOST_PATTERN.exec(part);
    const port = Number(match?.[3] ?? 5_432);
    if (match === null || port < 1 || port > 65_535) {
      throw new ConfigurationError(`Invalid value for option '--db-url': ${shown(url)}. '${part}' is not a host with an optional port`);
    }
    return { host: match[1] ?? match[2] ?? 'localhost', port };
  });
}

function sslModeOf(parameters: URLSearchParams, url: string): SslMode {
  const mode = parameters.get('sslmode');
  if (mode === null) return parameters.get('ssl') === 'true' ? 'verify-full' : 'prefer';
  const known = SSL_MODES.find((candidate) => candidate === mode);
  if (known === undefined) {
    throw new ConfigurationError(
      `Invalid value for option '--db-url': ${shown(url)}. sslmode '${mode}' is none of ${SSL_MODES.join(', ')}`,
    );
  }
  return known;
}

/**
 * Reads `jdbc:postgresql://h1:p1,h2:p2/db?params`, `jdbc:postgresql:db`, and `postgres://user:password@host/db`. Parameters: user, password, sslmode, ssl,
 * sslrootcert, currentSchema, targetServerType, target_session_attrs, ApplicationName. Others belong to other drivers and are left alone.
 */
export function parseDatabaseUrl(url: string): DatabaseTarget {
  if (url.length > MAX_URL_CHARACTERS)
    throw new ConfigurationError(`Invalid value for option '--db-url': longer than ${MAX_URL_CHARACTERS} characters`);
  const match = /^(?:jdbc:postgresql:|(postgres(?:ql)?):)(\/\/)?([^?#]*)(?:\?([^#]*))?$/.exec(url);
  if (match === null || (match[1] !== undefined && match[2] === undefined)) {
    throw new ConfigurationError(
      `Invalid value for option '--db-url': ${shown(url)}. Expected jdbc:postgresql://host:port/database or postgres://user:password@host:port/database`,
    );
  }
  const body = match[3] ?? '';
  const at = body.lastIndexOf('@', body.includes('/') ? body.indexOf('/', body.lastIndexOf('@')) : body.length);
  const userInfo = at < 0 ? undefined : body.slice(0, at);
  const place = at < 0 ? body : body.slice(at + 1);
  const slash = match[2] === undefined ? -1 : place.indexOf('/');
  const hostText = match[2] === undefined ? '' : slash < 0 ? place : place.slice(0, slash);
  const databaseText = match[2] === undefined ? place : slash < 0 ? '' : place.slice(slash + 1);
  const parameters = new URLSearchParams(match[4] ?? '');
  const [userText, ...passwordParts] = userInfo?.split(':') ?? [];
  const user = userText === undefined || userText === '' ? parameters.get('user') : decoded(userText, url);
  const password = passwordParts.length > 0 ? decoded(passwordParts.join(':'), url) : parameters.get('password');
  const hosts = parseHosts(hostText, url);
  const wanted = parameters.get('targetServerType') ?? parameters.get('target_session_attrs') ?? '';
  return {
    hosts,
    database: databaseText === '' ? (user ?? 'keycloak') : decoded(databaseText, url),
    user: user ?? undefined,
    password: password ?? undefined,
    schema: parameters.get('currentSchema') ?? undefined,
    sslMode: sslModeOf(parameters, url),
    sslRootCertificateFile: parameters.get('sslrootcert') ?? undefined,
    primaryOnly: ['primary', 'master', 'read-write'].includes(wanted) || hosts.length > 1,
    applicationName: parameters.get('ApplicationName') ?? parameters.get('application_name') ?? undefined,
  };
}

/** The target that the `db-*` options describe; they win over what the URL says. Meant for db=postgres. */
export function databaseTarget(configuration: Configuration): DatabaseTarget {
  const host = configuration.get('db-url-host') ?? 'localhost';
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const made = `jdbc:postgresql://${bracketed}:${configuration.get('db-url-port') ?? 5_432}/${configuration.get('db-url-database') ?? 'keycloak'}`;
  const url = configuration.get('db-url') ?? `${made}${configuration.get('db-url-properties') ?? ''}`;
  const target = parseDatabaseUrl(url);
  const verify = configuration.get('db-tls-mode') === 'verify-server';
  return {
    ...target,
    user: configuration.get('db-username') ?? target.user,
    password: configuration.get('db-password') ?? target.password,
    schema: configuration.get('db-schema') ?? target.schema,
    sslMode: verify ? 'verify-full' : target.sslMode,
    sslRootCertificateFile: configuration.get('db-tls-trust-store-file') ?? target.sslRootCertificateFile,
  };
}

/** The `ssl` setting of `pg`: false, or what to verify. Reads the authority's certificate; a missing file is refused with its name. */
export function sslSettings(
  target: DatabaseTarget,
): false | { rejectUnauthorized: boolean; ca?: string; checkServerIdentity?: () => undefined } {
  const { sslMode, sslRootCertificateFile } = target;
  if (sslMode === 'disable' || sslMode === 'allow' || sslMode === 'prefer') return false;
  if (sslMode === 'require' && sslRootCertificateFile === undefined) return { rejectUnauthorized: false };
  const trust = sslRootCertificateFile === undefined ? {} : { ca: readCertificate(sslRootCertificateFile) };
  return sslMode === 'verify-full'
    ? { rejectUnauthorized: true, ...trust }
    : { rejectUnauthorized: true, ...trust, checkServerIdentity: () => undefined };
}

/** The target as a single `pg` connection takes it: the first of its hosts. */
export function databaseConnection(target: DatabaseTarget): ClientConfig {
  const [host] = target.hosts;
  return {
    host: host?.host,
    port: host?.port,
    database: target.database,
    user: target.user,
    password: target.password,
    ssl: sslSettings(target),
    ...(target.schema === undefined ? {} : { options: `-c search_path=${target.schema}` }),
  };
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `The certificate file ${path} of the database connection cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
