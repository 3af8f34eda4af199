import * as conditions from '../conditions.ts';
import { string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** The first administrator, made together with the master realm. */
export const bootstrapAdminOptions = defineOptions({
  'bootstrap-admin-username': {
    kind: string('username'),
    default: 'temp-admin',
    help: 'Name of the first administrator. Read only when the master realm is made.',
    condition: conditions.bootstrapPassword,
  },
  'bootstrap-admin-password': {
    kind: string('password'),
    secret: true,
    help: 'Password of the first administrator; better in the environment than on the command line.',
  },
  'bootstrap-admin-client-id': {
    kind: string('client id'),
    default: 'temp-admin',
    help: 'Client id of the first administrating service account. Read only when the master realm is made.',
    condition: conditions.bootstrapSecret,
  },
  'bootstrap-admin-client-secret': {
    kind: string('client secret'),
    secret: true,
    help: 'Its secret; better in the environment than on the command line.',
  },
});
