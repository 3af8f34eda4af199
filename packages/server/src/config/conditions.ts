import type { Condition, ValueView } from './option.ts';

/** The conditions that several options share, in Keycloak's words. */

const remoteMode = (values: ValueView): boolean => values.feature('multi-site') || values.feature('clusterless');
const clustered = (values: ValueView): boolean => values.text('cache') === 'ispn' && !remoteMode(values);
const tcpStack = (values: ValueView): boolean => {
  const stack = values.text('cache-stack');
  return clustered(values) && stack !== 'udp' && stack !== 'jdbc-ping-udp';
};

export const cacheIsIspn: Condition = { text: "'cache' type is set to 'ispn'", holds: clustered };
export const clusteredEmbedded: Condition = { text: 'Infinispan clustered embedded is enabled', holds: clustered };
/** Observed: cache=local does not disable the session bounds, only a remote cache does. */
export const embeddedClusters: Condition = { text: 'embedded Infinispan clusters configured', holds: (values) => !remoteMode(values) };
export const tcpBasedStack: Condition = { text: 'a TCP based cache-stack is used', holds: tcpStack };
export const clusterTls: Condition = {
  text: "property 'cache-embedded-mtls-enabled' is enabled",
  holds: (values) => tcpStack(values) && values.enabled('cache-embedded-mtls-enabled'),
};
export const remoteFeature: Condition = { text: "feature 'multi-site' or 'clusterless' is set", holds: remoteMode, refusal: 'short' };
export const remoteHost: Condition = { text: 'remote host is set', holds: (values) => values.text('cache-remote-host') !== undefined };
export const metricsEnabled: Condition = { text: 'metrics are enabled', holds: (values) => values.enabled('metrics-enabled') };
export const healthEnabled: Condition = { text: 'health is enabled', holds: (values) => values.enabled('health-enabled') };
export const proxyHeadersSet: Condition = {
  text: 'proxy-headers is set',
  holds: (values) => values.text('proxy-headers') !== undefined,
  refusal: 'short',
};
export const managementInherits: Condition = {
  text: 'http-management-scheme is inherited',
  holds: (values) => values.text('http-management-scheme') === 'inherited',
};
export const consoleHandler: Condition = {
  text: 'Console log handler is activated',
  holds: (values) => (values.text('log') ?? '').split(',').includes('console'),
};
export const fileHandler: Condition = {
  text: 'File log handler is activated',
  holds: (values) => (values.text('log') ?? '').split(',').includes('file'),
};
export const userEventMetricsAvailable: Condition = {
  text: 'metrics are enabled and feature user-event-metrics is enabled',
  holds: (values) => values.enabled('metrics-enabled') && values.feature('user-event-metrics'),
};
export const userEventMetrics: Condition = {
  text: 'user event metrics are enabled',
  holds: (values) => values.enabled('event-metrics-user-enabled'),
};
export const bootstrapPassword: Condition = {
  text: 'bootstrap admin password is set',
  holds: (values) => values.text('bootstrap-admin-password') !== undefined,
  refusal: 'short',
};
export const bootstrapSecret: Condition = {
  text: 'bootstrap admin client secret is set',
  holds: (values) => values.text('bootstrap-admin-client-secret') !== undefined,
  refusal: 'short',
};
