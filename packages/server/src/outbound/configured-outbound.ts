import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Configuration } from '../config/configuration.ts';
import { createOutbound } from './create-outbound.ts';
import type { Outbound } from './outbound.ts';

/** Requests to the outside as the options `spi-connections-http-client--default--*` describe them. */
export function configuredOutbound(configuration: Configuration): Outbound {
  return createOutbound(
    {
      connectTimeoutMs: configuration.get('spi-connections-http-client--default--establish-connection-timeout-millis'),
      timeoutMs: configuration.get('spi-connections-http-client--default--socket-timeout-millis'),
      maxBytes: configuration.get('spi-connections-http-client--default--max-consumed-response-size'),
      followRedirects: configuration.get('spi-connections-http-client--default--allow-redirects'),
      allowedHosts: configuration.get('spi-connections-http-client--default--allowed-hosts') ?? [],
      privateRedirectHosts: configuration.get('spi-connections-http-client--default--private-redirect-hosts') ?? [],
      maxRunning: configuration.get('spi-connections-http-client--default--connection-pool-size'),
    },
    lookup as LookupFunction,
  );
}
