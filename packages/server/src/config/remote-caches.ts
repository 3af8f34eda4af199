import { existsSync, readFileSync } from 'node:fs';
import { usesRemoteCaches } from './cluster-mode.ts';
import type { Configuration } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { saslMechanismNames } from './options/spi.ts';
import { trustedCertificates } from './stack/key-stores.ts';

const trustStoreOption = 'spi-cache-remote--default--trust-store-file';

/** How the external caches are reached, and what they hold. */
export interface RemoteCaches {
  readonly type: 'infinispan' | 'redis';
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  readonly tls:
    | {
        readonly servername: string | undefined;
        readonly trustStore: { readonly path: string; readonly password: string | undefined } | undefined;
      }
    | undefined;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly saslMechanism: (typeof saslMechanismNames)[number] | undefined;
  readonly realm: string;
  readonly backupSites: readonly string[];
  /** Copies of the entries of a cache, where an option asks for a number. */
  readonly owners: Readonly<Record<string, number | undefined>>;
  /** Replicas of Redis that must have a write before it is answered. */
  readonly replicas: number;
}

const defaultPorts = { infinispan: 11_222, redis: 6_379 } as const;
/** Addresses that are asked one after the other. */
const maxAddresses = 32;

/** Undefined where the nodes keep their state themselves. */
export function remoteCaches(configuration: Configuration): RemoteCaches | undefined {
  if (!usesRemoteCaches(configuration)) return undefined;
  const type = configuration.get('cache-remote-type');
  const hosts = configuration.get('cache-remote-host');
  if (hosts === undefined) return undefined;
  const port = configuration.isSet('cache-remote-port') ? configuration.get('cache-remote-port') : defaultPorts[type];
  const username = configuration.get('cache-remote-username');
  const password = configuration.get('cache-remote-password');
  const trustStorePath = configuration.get(trustStoreOption);
  const tls = configuration.get('cache-remote-tls-enabled')
    ? {
        servername: configuration.get('spi-cache-remote--default--tls-sni-hostname'),
        trustStore:
          trustStorePath === undefined
            ? undefined
            : { path: trustStorePath, password: configuration.get('spi-cache-remote--default--trust-store-password') },
      }
    : undefined;
  return {
    type,
    addresses: addressesOf(hosts, port),
    tls,
    credentials: username === undefined || password === undefined ? undefined : { username, password },
    saslMechanism: configuration.get('spi-cache-remote--default--sasl-mechanism'),
    realm: configuration.get('spi-cache-remote--default--auth-realm'),
    backupSites: configuration.get('cache-remote-backup-sites') ?? [],
    owners: {
      authenticationSessions: configuration.get('spi-cache-embedded--default--authentication-sessions-owners'),
      actionTokens: configuration.get('spi-cache-embedded--default--action-tokens-owners'),
      loginFailures: configuration.get('spi-cache-embedded--default--login-failures-owners'),
      sessions: configuration.get('spi-cache-embedded--default--sessions-owners'),
      clientSessions: configuration.get('spi-cache-embedded--default--client-sessions-owners'),
    },
    replicas: configuration.get('spi-cache-remote--redis--replicas'),
  };
}

/** `a`, `a:11222`, `[::1]:11222`, and several of them with commas or semicolons between. @throws ConfigurationError */
export function addressesOf(text: string, port: number): readonly { readonly host: string; readonly port: number }[] {
  const entries = text.split(/[,;]/).map((entry) => entry.trim());
  if (entries.length > maxAddresses)
    throw new ConfigurationError(`'cache-remote-host' names ${entries.length} hosts, at most ${maxAddresses} are allowed.`);
  return entries.map((entry) => {
    const [, bracketed, plain, bare, own] =
      /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)|([0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*))(?::(\d{1,5}))?$/.exec(entry) ?? [];
    const host = bracketed ?? plain ?? bare;
    const number = own === undefined ? port : Number(own);
    if (host === undefined || !(number >= 1 && number <= 65_535))
      throw new ConfigurationError(`'cache-remote-host' holds '${entry}', which is no host and no host with a port.`);
    return { host, port: number };
  });
}

/** Authorities of the external caches where a trust store is set; undefined = those of the runtime. @throws ConfigurationError */
export async function remoteAuthorities({ tls }: RemoteCaches): Promise<readonly string[] | undefined> {
  if (tls?.trustStore === undefined) return undefined;
  const { path, password } = tls.trustStore;
  if (!existsSync(path)) throw new ConfigurationError(`The '${trustStoreOption}' file '${path}' does not exist.`);
  const pem = readFileSync(path, 'latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return pem ?? trustedCertificates({ path, password: password ?? '' }, trustStoreOption);
}
