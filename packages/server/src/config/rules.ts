import { isAbsolute, join } from 'node:path';
import { clusterTls } from './conditions.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { ValueView } from './option.ts';

/** What a rule over several options may look at. */
export interface RuleInput {
  readonly view: ValueView;
  readonly isSet: (name: string) => boolean;
  readonly fileExists: (path: string) => boolean;
  readonly confDirectory: string;
}

type Rule = (input: RuleInput) => string | undefined;

/** Stores of the transport that are used without an option where they lie in conf/. */
export const defaultKeyStore = 'cache-mtls-keystore.p12';
export const defaultTrustStore = 'cache-mtls-truststore.p12';

/** File and password of a store go together; the file may be the one that lies in conf/. */
function storePair(fileOption: string, passwordOption: string, standard: string): Rule {
  return ({ isSet, view, fileExists, confDirectory }) => {
    const hasFile = isSet(fileOption) || (clusterTls.holds(view) && fileExists(join(confDirectory, standard)));
    if (hasFile && !isSet(passwordOption)) return `The option '${fileOption}' requires '${passwordOption}' to be enabled.`;
    if (isSet(passwordOption) && !hasFile) return `The option '${passwordOption}' requires '${fileOption}' to be enabled.`;
    return undefined;
  };
}

function requiredWith(name: string, other: string): Rule {
  return ({ isSet }) => (isSet(other) && !isSet(name) ? `The option '${name}' is required when '${other}' is set.` : undefined);
}

function startsWithSlash(name: string): Rule {
  return ({ view }) => {
    const path = view.text(name);
    if (path === undefined || /^\/[A-Za-z0-9._~!$&'()*+,;=@%/-]*$/.test(path)) return undefined;
    return `Invalid value for option '--${name}': ${path}. The path must start with '/' and hold only characters of a URL path`;
  };
}

/** Rules over several options, in the order in which they are reported. */
const rules: readonly Rule[] = [
  storePair('cache-embedded-mtls-key-store-file', 'cache-embedded-mtls-key-store-password', defaultKeyStore),
  storePair('cache-embedded-mtls-trust-store-file', 'cache-embedded-mtls-trust-store-password', defaultTrustStore),
  ({ view }) =>
    Number(view.text('cache-embedded-mtls-rotation-interval-days')) > 0
      ? undefined
      : "JGroups MTLS certificate rotation in 'cache-embedded-mtls-rotation-interval-days' option must positive.",
  ({ view, isSet }) =>
    (view.feature('multi-site') || view.feature('clusterless')) && !isSet('cache-remote-host')
      ? "The following options are required: \n\t- cache-remote-host: Required when feature 'multi-site' or 'clusterless' is set."
      : undefined,
  requiredWith('cache-remote-password', 'cache-remote-username'),
  requiredWith('cache-remote-username', 'cache-remote-password'),
  ({ view, fileExists, confDirectory }) => {
    const file = view.text('cache-config-file');
    if (file === undefined) return undefined;
    if (isAbsolute(file)) return fileExists(file) ? undefined : `Cache config file '${file}' does not exist`;
    return fileExists(join(confDirectory, file)) ? undefined : `Cache config file '${file}' does not exist in the conf directory`;
  },
  ({ view, isSet }) =>
    view.enabled('proxy-protocol-enabled') && isSet('proxy-headers')
      ? 'proxy protocol cannot be enabled when using the `proxy-headers` option'
      : undefined,
  startsWithSlash('http-relative-path'),
  startsWithSlash('http-management-relative-path'),
  ({ view }) =>
    view.enabled('hostname-backchannel-dynamic') && !/^https?:\/\//.test(view.text('hostname') ?? '')
      ? "The option 'hostname-backchannel-dynamic' needs a full URL in 'hostname'."
      : undefined,
  ({ isSet }) =>
    isSet('https-certificate-file') !== isSet('https-certificate-key-file')
      ? "The options 'https-certificate-file' and 'https-certificate-key-file' go together: one of them is not set."
      : undefined,
];

/** Throws the first breach. */
export function checkRules(input: RuleInput): void {
  for (const rule of rules) {
    const problem = rule(input);
    if (problem !== undefined) throw new ConfigurationError(problem);
  }
}

/** What `start` demands before it opens anything in production: a database, and TLS or the decision to do without. */
export function checkProduction({ view, isSet }: RuleInput): void {
  if (view.text('db') === undefined) {
    throw new ConfigurationError('No database is configured.', [
      "Set 'db-url' to a PostgreSQL database (jdbc:postgresql://host/name) or choose 'db=dev-file' for an embedded one; 'start-dev' needs neither.",
    ]);
  }
  const hasKeys = isSet('https-certificate-file') || isSet('https-key-store-file');
  if (!hasKeys && !view.enabled('http-enabled')) {
    throw new ConfigurationError('No key material for HTTPS is configured.', [
      "Set 'https-certificate-file' and 'https-certificate-key-file' (or 'https-key-store-file'), or 'http-enabled=true' where a proxy ends TLS; 'start-dev' needs neither.",
    ]);
  }
}

/** Notes on a configuration that works but is likely not what was meant. */
export function productionWarnings({ view, isSet }: RuleInput): readonly string[] {
  const secure = isSet('https-certificate-file') || isSet('https-key-store-file') || isSet('proxy-headers');
  if (secure || /^https:\/\//.test(view.text('hostname') ?? '')) return [];
  return [
    'WARNING: Neither HTTPS nor proxy-headers is configured, so browsers see an insecure context: cookies cannot cross sites, and behind a proxy cross-origin requests fail.',
  ];
}
