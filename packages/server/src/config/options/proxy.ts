import * as conditions from '../conditions.ts';
import { addressBlocks, boolean, choice } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** Which proxy is believed what. */
export const proxyOptions = defineOptions({
  'proxy-headers': {
    kind: choice('headers', ['forwarded', 'xforwarded']),
    help: 'Headers that are believed: Forwarded (RFC 7239) or X-Forwarded-*. The proxy must overwrite what clients send.',
  },
  'proxy-trusted-addresses': {
    kind: addressBlocks('trusted proxies'),
    help: 'IP addresses or CIDR blocks whose proxy headers count; without it everyone is believed.',
    condition: conditions.proxyHeadersSet,
  },
  'proxy-protocol-enabled': {
    kind: boolean(),
    default: 'false',
    inert: 'the PROXY protocol is not understood; let the proxy send headers and set proxy-headers',
    help: 'Expects the HA PROXY protocol before each connection; not together with proxy-headers.',
  },
});
