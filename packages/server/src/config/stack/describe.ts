import type { StackDiscovery, StackSettings, StackTls } from './stack-settings.ts';

function discoveryText(discovery: StackDiscovery): string {
  switch (discovery.kind) {
    case 'database':
      return 'the database';
    case 'multicast':
      return `multicast ${discovery.group}:${discovery.port}, time to live ${discovery.timeToLive}`;
    case 'dns': {
      const server = discovery.server === undefined ? 'the system' : `${discovery.server.host}:${discovery.server.port}`;
      return `${discovery.recordType} records of ${discovery.query}, asked of ${server}`;
    }
    case 's3': {
      const { bucket, region, prefix = '', endpoint = 'the region', pathStyle } = discovery;
      return `S3 bucket ${bucket} in ${region}, prefix '${prefix}', endpoint ${endpoint}, path style ${pathStyle}`;
    }
    case 'azure': {
      // Never the access key.
      const { account, container, https, endpointSuffix = 'core.windows.net' } = discovery;
      return `Azure container ${container} of ${account}, suffix ${endpointSuffix}, https ${https}`;
    }
    case 'google':
      return `Google bucket ${discovery.bucket}, project ${discovery.project ?? 'of the account'}, endpoint ${discovery.endpoint ?? 'the usual one'}`;
    case 'hosts':
      return `hosts ${discovery.hosts.map(({ host, port }) => `${host}:${port}`).join(', ')}, port range ${discovery.portRange}`;
  }
}

function tlsText(tls: StackTls): string {
  if (tls.kind === 'off') return 'no encryption';
  if (tls.kind === 'shared') return `certificates in the database, rotated every ${tls.rotationIntervalDays} days`;
  return `key store ${tls.keyStore.path}, trust store ${tls.trustStore.path}`;
}

/** The stack in one line for the log at debug; holds no password and no key. */
export function describeStack({ name, transport, discovery, failureDetection, addressFamilies, tls }: StackSettings): string {
  const { kind, bindAddress, bindPort, portRange, externalAddress, externalPort } = transport;
  const external = `${externalAddress ?? 'the bind address'}, port ${externalPort ?? 'as bound'}`;
  const watch = failureDetection.enabled ? `offset ${failureDetection.portOffset}, range ${failureDetection.portRange}` : 'off';
  return [
    `Stack '${name}': ${kind} at ${bindAddress}, port ${bindPort}, range ${portRange}`,
    `dialled at ${external}`,
    `discovery by ${discoveryText(discovery)}`,
    `failure detection: ${watch}`,
    `addresses: ${addressFamilies}`,
    tlsText(tls),
  ].join('; ');
}
