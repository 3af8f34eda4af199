import { boolean, choice, int, string } from '../kinds.ts';
import { type AttributeRule, harmless, refusedAttributes, used, withoutEffect } from '../stack/protocol.ts';
import type { XmlElement } from './xml.ts';

/** What becomes of an element of the cache configuration file. */
export type ElementRule =
  | {
      readonly kind: 'read';
      readonly becomes: string;
      readonly attributes: Readonly<Record<string, AttributeRule>>;
      readonly children: Readonly<Record<string, ElementRule>>;
      /** Children of any name are kept as they are: the protocols of a stack. */
      readonly open?: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly because: string /** What exactly, out of the element. */;
      readonly named?: (element: XmlElement) => string;
    }
  /** Accepted with all that is inside; `noted` = said at start. */
  | { readonly kind: 'ignored'; readonly because: string; readonly noted: boolean };

type Attributes = Readonly<Record<string, AttributeRule>>;
type Children = Readonly<Record<string, ElementRule>>;

const read = (becomes: string, attributes: Attributes, children: Children = {}): ElementRule => ({
  kind: 'read',
  becomes,
  attributes,
  children,
});
const refused = (because: string, named?: (element: XmlElement) => string): ElementRule =>
  named === undefined ? { kind: 'refused', because } : { kind: 'refused', because, named };
const noted = (because: string): ElementRule => ({ kind: 'ignored', because, noted: true });
const silent = (because: string): ElementRule => ({ kind: 'ignored', because, noted: false });

/** Longest time that a file may set: a hundred years. */
const MAX_MS = 3_155_760_000_000;
/** Most owners that the grid keeps of an entry. */
const MAX_OWNERS = 16;
const milliseconds = () => int('ms', { min: -1, max: MAX_MS });
const count = () => int('count', { min: -1 });

const encodings = 'values are encoded by the server';
const stores = 'caches have no stores here: the database keeps what must last';
const bytes = 'bounds are counts of entries (max-count), not bytes';
const operations = 'each operation on an entry is atomic';
const threads = 'one event loop does the work';

/** The roles that an element names, for the message that refuses them. */
function namedRoles(element: XmlElement): string {
  const names: string[] = [];
  const visit = ({ name, attributes, children }: XmlElement): void => {
    const role = name === 'role' ? attributes.get('name') : attributes.get('roles');
    if (role !== undefined) names.push(...role.value.split(/\s+/).filter((one) => one !== ''));
    children.forEach(visit);
  };
  visit(element);
  return names.length === 0 ? '' : ` (roles ${names.map((name) => `'${name}'`).join(', ')})`;
}

const security = refused('access to caches is not restricted by roles: whoever has a certificate of the cluster is a member', namedRoles);

const bound = {
  'max-count': used(count(), 'the bound of entries a node, as `cache-embedded-<name>-max-count`; -1 = none'),
  'when-full': used(choice('strategy', ['REMOVE', 'NONE']), 'REMOVE evicts; NONE only without max-count'),
  ...refusedAttributes(bytes, ['max-size']),
  ...harmless('entries lie on the heap', ['storage', 'address-count']),
};
const oldBound = read('the bound of entries a node', {
  size: used(count(), 'the bound of entries a node; -1 = none'),
  ...harmless('counted in entries', ['eviction', 'strategy']),
});

const cacheChildren: Children = {
  encoding: silent(encodings),
  expiration: read('how long entries live', {
    lifespan: used(milliseconds(), 'milliseconds from the last write; -1 = for ever'),
    'max-idle': used(milliseconds(), 'milliseconds from the last use; -1 = for ever'),
    ...harmless('expired entries are never given out, and removed as their time comes', ['interval', 'touch']),
  }),
  memory: read('the bound of a cache', bound, {
    object: oldBound,
    heap: oldBound,
    binary: refused(bytes),
    'off-heap': refused(bytes),
  }),
  eviction: read('the bound of a cache, in files of older servers', {
    size: used(count(), 'the bound of entries a node; -1 = none'),
    'max-entries': used(count(), 'the same'),
    ...harmless('counted in entries', ['strategy', 'type']),
  }),
  locking: silent(operations),
  transaction: noted(operations),
  'state-transfer': read('how a new owner gets its entries', {
    enabled: used(boolean(), 'false only where the entries stand in the database'),
    ...withoutEffect('a transfer goes on until it is done, and starts anew at another owner where one dies', ['timeout']),
    ...withoutEffect('chunks are bounded by their bytes', ['chunk-size']),
    ...withoutEffect('a member serves when it has its entries', ['await-initial-transfer']),
  }),
  'partition-handling': silent('a cluster cannot split'),
  security,
  authorization: security,
  persistence: refused(stores),
  'file-store': refused(stores),
  'remote-store': refused(`${stores}; an external Infinispan is configured by cache-remote-host`),
  'string-keyed-jdbc-store': refused(stores),
  store: refused(stores),
  loaders: refused(stores),
  indexing: read('nothing', { enabled: used(choice('enabled', ['false']), 'only false is possible: caches have no indexes') }),
  backups: refused('caches are not copied to another cluster: members of both sites join one, with site names'),
  'backup-for': refused('caches are not copied to another cluster: members of both sites join one, with site names'),
  groups: noted('client sessions lie beside their user session; other caches place each key by itself'),
  'custom-interceptors': refused('it names Java classes, which are not run here'),
  'data-container': refused('it names Java classes, which are not run here'),
  compatibility: noted(encodings),
  'store-as-binary': noted(encodings),
  'deadlock-detection': silent(operations),
  versioning: silent(operations),
  unsafe: silent('every operation gives its result'),
  jmx: silent('there is no JMX; /metrics shows the figures'),
  tracing: noted('there are no traces'),
  query: noted('caches have no indexes'),
  property: noted('it belongs to the Java implementation'),
};

const cacheAttributes: Attributes = {
  name: used(string('name'), 'the name of the cache'),
  configuration: used(string('name'), 'a configuration whose settings this cache begins with'),
  ...harmless('caches are counted where metrics-enabled is true', ['statistics', 'statistics-available']),
  ...harmless('local caches are simple ones', ['simple-cache']),
  ...harmless('every operation gives its result', ['unreliable-return-values']),
  ...withoutEffect('caches start with the server', ['start', 'jndi-name', 'module', 'aliases', 'deadlock-detection-spin', 'batching']),
};
const clusteredAttributes: Attributes = {
  ...cacheAttributes,
  mode: used(choice('mode', ['SYNC', 'ASYNC']), 'SYNC; ASYNC is accepted, and every write waits for its copies all the same'),
  ...withoutEffect('calls between members have time limits of their own', [
    'remote-timeout',
    'async-marshalling',
    'queue-size',
    'queue-flush-interval',
  ]),
};
const segmentedAttributes: Attributes = {
  ...clusteredAttributes,
  ...withoutEffect('every cache has the same number of segments', ['segments', 'key-partitioner']),
  ...withoutEffect('owners are placed by site, rack and machine', ['consistent-hash-factory', 'consistent-hash-strategy']),
};
const cache = (becomes: string, attributes: Attributes): ElementRule => read(becomes, attributes, cacheChildren);
const local = cache('a cache of this node alone', cacheAttributes);
const invalidation = cache('a cache of this node alone, whose entries a write on another node removes', clusteredAttributes);
const replicated = cache('a cache of which every member has a copy', segmentedAttributes);
const distributed = cache('a cache with some owners of each entry', {
  ...segmentedAttributes,
  owners: used(int('owners', { min: 1, max: MAX_OWNERS }), 'copies of each entry, 1 to 16'),
  'capacity-factor': used(choice('factor', ['1', '1.0']), 'only 1: all members carry the same share'),
  capacity: used(choice('factor', ['1', '1.0']), 'the same'),
  ...withoutEffect('entries of other owners are asked for, not copied', [
    'l1-lifespan',
    'l1-cleanup-interval',
    'invalidation-cleanup-task-frequency',
  ]),
});
const cacheElements: Children = {
  'local-cache': local,
  'local-cache-configuration': local,
  'invalidation-cache': invalidation,
  'invalidation-cache-configuration': invalidation,
  'replicated-cache': replicated,
  'replicated-cache-configuration': replicated,
  'distributed-cache': distributed,
  'distributed-cache-configuration': distributed,
  'scattered-cache': refused('scattered caches do not exist any more; use distributed-cache'),
  'scattered-cache-configuration': refused('scattered caches do not exist any more; use distributed-cache'),
};
const ignoredExecutors: Children = Object.fromEntries(
  [
    'blocking-executor',
    'non-blocking-executor',
    'expiration-executor',
    'listener-executor',
    'async-executor',
    'persistence-executor',
    'state-transfer-executor',
    'replication-queue-executor',
  ].map((name) => [name, noted(threads)]),
);

const container = read(
  'the caches and the transport of the server',
  {
    ...harmless('the server has one container', ['name', 'default-cache', 'aliases']),
    ...harmless('caches are counted where metrics-enabled is true', ['statistics']),
    ...withoutEffect('the server starts and stops it', [
      'start',
      'shutdown-hook',
      'jndi-name',
      'module',
      'async-executor',
      'blocking-executor',
      'expiration-executor',
      'eviction-executor',
      'listener-executor',
      'non-blocking-executor',
      'persistence-executor',
      'replication-queue-executor',
      'state-transfer-executor',
    ]),
    'zero-capacity-node': used(choice('flag', ['false']), 'only false: all members carry the same share'),
  },
  {
    transport: read(
      'the stack and the names of this node',
      {
        stack: used(string('stack'), 'the stack, where `cache-stack` is not set'),
        cluster: used(string('name'), 'the name of the cluster, where the option is not set'),
        'node-name': used(string('name'), 'the name of this node, where the option is not set'),
        site: used(string('name'), 'its site, where the option is not set'),
        rack: used(string('name'), 'its rack, where the option is not set'),
        machine: used(string('name'), 'its machine, where the option is not set'),
        ...harmless('no lock is held over the whole cluster', ['lock-timeout']),
        ...withoutEffect('a start waits for its own membership, not for a number of members', [
          'initial-cluster-size',
          'initial-cluster-timeout',
        ]),
        ...withoutEffect(threads, ['executor', 'remote-command-executor', 'total-order-executor', 'transport']),
        ...refusedAttributes('the cache-embedded-mtls-* options choose key and trust store', ['security-realm', 'server:security-realm']),
        ...refusedAttributes('there is no Raft here: the database decides', ['raft-members']),
      },
      {
        property: read('a stack file, where the name is configurationFile', {
          name: used(choice('name', ['configurationFile']), 'which property'),
        }),
      },
    ),
    caches: read('a list of caches', {}, cacheElements),
    ...cacheElements,
    security,
    metrics: silent('the metrics-* and cache-metrics-* options say what is counted'),
    jmx: silent('there is no JMX; /metrics shows the figures'),
    serialization: noted(encodings),
    'global-state': noted('nothing of the caches is kept on disk: the database keeps what must last'),
    modules: noted('it belongs to the Java implementation'),
    tracing: noted('there are no traces'),
    ...ignoredExecutors,
  },
);

const jgroups = read('stacks of your own', harmless('there is one transport', ['transport']), {
  'stack-file': read('a stack in a file of its own', {
    name: used(string('name'), 'the name of the stack'),
    path: used(string('path'), 'the file, relative to the directory of this one'),
  }),
  stack: {
    kind: 'read',
    becomes: 'a stack written here, a protocol an element',
    attributes: {
      name: used(string('name'), 'the name of the stack'),
      extends: used(string('name'), 'the stack that it begins with'),
    },
    children: {},
    open: true,
  },
});

/** The root of conf/cache-ispn.xml: Infinispan's schema as far as Keycloak uses it, each element and attribute with what becomes of it. */
export const cacheFileSchema: ElementRule = read(
  'the configuration',
  {},
  { 'cache-container': container, jgroups, threads: noted(threads) },
);
