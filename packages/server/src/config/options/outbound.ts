import { boolean, int, list } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** Limits of the requests that the server makes: key sets, revocation lists, responders, providers of identities. */
export const outboundOptions = defineOptions({
  'spi-connections-http-client--default--establish-connection-timeout-millis': {
    kind: int('milliseconds', { min: 1 }),
    default: '2000',
    advanced: true,
    help: 'How long a connection to another server may take to be made.',
  },
  'spi-connections-http-client--default--socket-timeout-millis': {
    kind: int('milliseconds', { min: 1 }),
    default: '5000',
    advanced: true,
    help: 'How long another server may take for its whole answer.',
  },
  'spi-connections-http-client--default--max-consumed-response-size': {
    kind: int('bytes', { min: 1_024 }),
    default: '10000000',
    advanced: true,
    help: 'Largest answer of another server that is read.',
  },
  'spi-connections-http-client--default--connection-pool-size': {
    kind: int('requests', { min: 1 }),
    default: '128',
    advanced: true,
    help: 'Most requests to other servers that are under way at once.',
  },
  'spi-connections-http-client--default--allow-redirects': {
    kind: boolean(),
    default: 'false',
    advanced: true,
    help: 'Follows redirects of other servers, at most five, and never to a private address.',
  },
  'spi-connections-http-client--default--private-redirect-hosts': {
    kind: list('hosts'),
    advanced: true,
    help: 'Hosts to which redirects may lead although their addresses are private; *.example.org stands for all below it.',
  },
  'spi-connections-http-client--default--allowed-hosts': {
    kind: list('hosts'),
    advanced: true,
    help: 'The only hosts that are called; without it any. *.example.org stands for all below it.',
  },
});
