import { initialSchema } from './0001-initial-schema.ts';
import { userConsent } from './0002-user-consent.ts';
import { stateInTheDatabase } from './0003-state-in-the-database.ts';
import { eventEntity } from './0004-event-entity.ts';
import { authorizationServices } from './0005-authorization-services.ts';
import { adminEventEntity } from './0006-admin-event-entity.ts';
import { federatedIdentity } from './0007-federated-identity.ts';
import { clientSessionsInOrder } from './0008-client-sessions-in-order.ts';
import { clientRegistration } from './0009-client-registration.ts';
import { realmDisplayName } from './0010-realm-display-name.ts';
import type { Migration } from './migration.ts';

/** All steps, in order. */
export const migrations: readonly Migration[] = [
  initialSchema,
  userConsent,
  stateInTheDatabase,
  eventEntity,
  authorizationServices,
  adminEventEntity,
  federatedIdentity,
  clientSessionsInOrder,
  clientRegistration,
  realmDisplayName,
];
