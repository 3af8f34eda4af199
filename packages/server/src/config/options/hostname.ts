import { boolean, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** Under which URL the server is seen. */
export const hostnameOptions = defineOptions({
  hostname: {
    kind: string('hostname|URL'),
    help: 'Where browsers reach the server: a full URL, or a host name that takes scheme, port and path from the request.',
  },
  'hostname-admin': { kind: string('URL'), help: 'URL of the administration console, where it differs.' },
  'hostname-strict': {
    kind: boolean(),
    default: 'true',
    developmentDefault: 'false',
    help: "Never takes the host name from the request; needs 'hostname'. Off in development mode.",
  },
  'hostname-backchannel-dynamic': {
    kind: boolean(),
    default: 'false',
    inert: 'every endpoint is shown under the hostname',
    help: "Lets applications reach the back-channel endpoints under another name than browsers do; needs a full URL in 'hostname'.",
  },
  'hostname-debug': {
    kind: boolean(),
    default: 'false',
    inert: 'there is no such page; --log-level=org.keycloak.services:debug shows what a request became',
    help: 'Serves /realms/master/hostname-debug.',
  },
});
