import type { Logger } from '../../../observability/logger.ts';
import {
  type RemoteAddress,
  type RemoteConnection,
  type RemoteEngine,
  RemoteRefusalError,
  type WorkMessage,
} from '../remote-connection.ts';
import { HotRodAccessError } from './authenticate.ts';
import { breachOf, type CacheDefinition, definitionXml } from './cache-definitions.ts';
import { closedByServer, HotRodConnection, type HotRodOptions, HotRodServerError } from './connection.ts';
import { InfinispanConnection, isPassing } from './infinispan-connection.ts';
import { operations } from './protocol.ts';
import { cacheConfiguration } from './rest-configuration.ts';
import { MalformedFrame } from './wire.ts';

export interface InfinispanEngineOptions extends HotRodOptions {
  /** The caches that this node needs -> how they are to be. */
  readonly caches: Readonly<Record<string, CacheDefinition>>;
  readonly workCache: string;
  readonly logger: Logger;
}

/** How long the server may take to set up a cache. */
const createTimeoutMs = 15_000;

/** An external Infinispan, by Hot Rod on one connection. */
export function infinispanEngine(options: InfinispanEngineOptions): RemoteEngine {
  return { name: 'Infinispan', defaultPort: 11_222, open: (address, onMessage) => open(options, address, onMessage) };
}

async function open(
  options: InfinispanEngineOptions,
  address: RemoteAddress,
  onMessage: (message: WorkMessage) => void,
): Promise<RemoteConnection> {
  const connection = await connect(options, address);
  try {
    for (const [name, definition] of Object.entries(options.caches)) await ensureCache(connection, options, address, name, definition);
    const opened = new InfinispanConnection(connection, options.workCache);
    await opened.listen(onMessage);
    return opened;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function connect(options: InfinispanEngineOptions, address: RemoteAddress): Promise<HotRodConnection> {
  try {
    return await HotRodConnection.open(address, options);
  } catch (error) {
    throw refusalOf(error, options);
  }
}

/** Errors of a start that would come again with the next try, in words that name the option. */
function refusalOf(error: unknown, { tls }: InfinispanEngineOptions): unknown {
  if (error instanceof HotRodAccessError) return new RemoteRefusalError(error.message, { cause: error });
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (tls !== undefined && /^(?:CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/.test(code)) {
    const way = "see 'spi-cache-remote--default--trust-store-file' and 'spi-cache-remote--default--tls-sni-hostname'";
    return new RemoteRefusalError(`its certificate is not trusted (${message}); ${way}`, { cause: error });
  }
  if (tls !== undefined && /wrong version number|ERR_SSL_WRONG_VERSION|packet length too long/i.test(`${code} ${message}`))
    return new RemoteRefusalError("it does not speak TLS; set 'cache-remote-tls-enabled=false' or enable TLS there", { cause: error });
  if (tls === undefined && (message === closedByServer || /ECONNRESET/.test(message)))
    return new Error("it closes the connection without a word; where it speaks TLS, set 'cache-remote-tls-enabled=true'", { cause: error });
  if (tls === undefined && error instanceof MalformedFrame)
    return new RemoteRefusalError("it does not speak Hot Rod in clear; see 'cache-remote-port' and 'cache-remote-tls-enabled'", {
      cause: error,
    });
  return error;
}

async function ensureCache(
  connection: HotRodConnection,
  options: InfinispanEngineOptions,
  address: RemoteAddress,
  name: string,
  definition: CacheDefinition,
): Promise<void> {
  const log = options.logger;
  if (!(await exists(connection, name))) {
    await create(connection, options, name, definition);
    log.info(`Created the cache '${name}' on the external Infinispan`);
  }
  const standing = await cacheConfiguration(address, name, options);
  if (standing === undefined) {
    log.debug(`the definition of the cache '${name}' cannot be read, and so not checked`);
    return;
  }
  const breach = breachOf(standing, definition);
  if (breach !== undefined)
    throw new RemoteRefusalError(`its cache '${name}' cannot be used: ${breach}. Remove it, so that it is created anew, or correct it`);
}

async function exists(connection: HotRodConnection, name: string): Promise<boolean> {
  try {
    await connection.ping(name);
    return true;
  } catch (error) {
    if (error instanceof HotRodServerError && /CacheNotFound/.test(error.message)) return false;
    if (error instanceof HotRodServerError && /Unauthorized|ISPN000287/.test(error.message))
      throw new RemoteRefusalError(`its cache '${name}' may not be used by this user: ${error.message}`, { cause: error });
    throw error;
  }
}

async function create(
  connection: HotRodConnection,
  options: InfinispanEngineOptions,
  name: string,
  definition: CacheDefinition,
): Promise<void> {
  const parameters = { name, configuration: definitionXml(definition) };
  try {
    await connection.request(
      operations.execute,
      '',
      (writer) => {
        writer.text('@@cache@getorcreate').variable(Object.keys(parameters).length);
        for (const [parameter, value] of Object.entries(parameters)) writer.text(parameter).text(value);
      },
      (reader) => reader.bytes(),
      createTimeoutMs,
    );
  } catch (error) {
    if (!(error instanceof HotRodServerError) || isPassing(error)) throw error;
    const who = options.credentials === undefined ? 'this node' : `the user '${options.credentials.username}'`;
    throw new RemoteRefusalError(`its cache '${name}' is missing, and ${who} may not create it (${error.message})`, {
      cause: error,
    });
  }
}
