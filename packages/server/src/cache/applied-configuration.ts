import type { EffectiveCache } from './cache-configuration.ts';

/** What the configuration of the cache container says beside its caches. */
export interface AppliedContainer {
  /** Undefined: cache=local, there is no transport. */
  readonly transport?:
    | {
        readonly stack: string;
        readonly cluster: string;
        readonly nodeName: string;
        readonly site?: string | undefined;
        readonly rack?: string | undefined;
        readonly machine?: string | undefined;
      }
    | undefined;
  readonly statistics: boolean;
  readonly histograms: boolean;
  readonly caches: readonly EffectiveCache[];
}

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

function escapeAttribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll(/\s/g, ' ');
}

function element(name: string, attributes: Attributes, children: readonly string[] = []): string[] {
  const set = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeAttribute(String(value))}"`],
  );
  const start = `<${name}${set.join('')}`;
  return children.length === 0 ? [`${start}/>`] : [`${start}>`, ...children.map((line) => `    ${line}`), `</${name}>`];
}

const elementNames = { local: 'local-cache', replicated: 'replicated-cache', distributed: 'distributed-cache' } as const;

function cacheElement(cache: EffectiveCache, statistics: boolean): string[] {
  const local = cache.mode === 'local';
  const { lifespanSeconds, maxIdleSeconds, maxCount } = cache;
  const milliseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1_000);
  const expires = lifespanSeconds !== undefined || maxIdleSeconds !== undefined;
  const children = [
    ...(expires ? element('expiration', { lifespan: milliseconds(lifespanSeconds), 'max-idle': milliseconds(maxIdleSeconds) }) : []),
    ...(maxCount === undefined ? [] : element('memory', { 'max-count': maxCount, 'when-full': 'REMOVE' })),
    ...(local || cache.stateTransfer ? [] : element('state-transfer', { enabled: false })),
  ];
  const attributes: Attributes = {
    name: cache.name,
    owners: cache.mode === 'distributed' ? cache.owners : undefined,
    mode: local ? undefined : 'SYNC',
    statistics,
  };
  return element(elementNames[cache.mode], attributes, children);
}

/** The applied configuration in Infinispan's own notation, for the log: nothing in it is secret. */
export function renderAppliedConfiguration({ transport, statistics, histograms, caches }: AppliedContainer): string {
  const named: Attributes | undefined = transport && {
    cluster: transport.cluster,
    'node-name': transport.nodeName,
    site: transport.site,
    rack: transport.rack,
    machine: transport.machine,
    stack: transport.stack,
  };
  const container = element('cache-container', { name: 'keycloak', statistics }, [
    ...(named === undefined ? [] : element('transport', named)),
    ...element('metrics', { histograms }),
    ...element(
      'caches',
      {},
      caches.flatMap((cache) => cacheElement(cache, statistics)),
    ),
  ]);
  return ['<?xml version="1.0"?>', ...element('infinispan', { xmlns: 'urn:infinispan:config:16.0' }, container)].join('\n');
}
