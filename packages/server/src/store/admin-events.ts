import type { Page } from './stores.ts';

/** What an administrator did, as a realm keeps it. */
export interface StoredAdminEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timeMs: number;
  readonly realmId: string;
  /** CREATE, UPDATE, DELETE or ACTION. */
  readonly operationType: string;
  readonly resourceType: string;
  /** Address below the realm; undefined for the realm itself. */
  readonly resourcePath: string | undefined;
  /** JSON without secrets; undefined where the realm keeps no details. */
  readonly representation: string | undefined;
  readonly error: string | undefined;
  /** Who it was: id of the realm, UUID of the client, id of the user. */
  readonly authRealmId: string;
  readonly authClientId: string;
  readonly authUserId: string;
  readonly ipAddress: string | undefined;
}

export interface AdminEventQuery extends Page {
  readonly operationTypes?: readonly string[] | undefined;
  readonly resourceTypes?: readonly string[] | undefined;
  readonly authRealmId?: string | undefined;
  readonly authClientId?: string | undefined;
  readonly authUserId?: string | undefined;
  readonly ipAddress?: string | undefined;
  /** `*` stands for anything. */
  readonly resourcePath?: string | undefined;
  /** Epoch milliseconds, both inclusive. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Oldest first; else the newest. */
  readonly ascending?: boolean | undefined;
}

export interface AdminEventStore {
  insert(event: StoredAdminEvent): Promise<void>;
  list(realmId: string, query: AdminEventQuery): Promise<StoredAdminEvent[]>;
  clear(realmId: string): Promise<void>;
  /** Removes some of what is older than its realm keeps (attribute `adminEventsExpiration`, seconds); gives the number. */
  removeExpired(nowMs: number): Promise<number>;
}

/** Columns of the table. */
export interface AdminEventRow {
  readonly id: string;
  readonly admin_event_time: number;
  readonly realm_id: string;
  readonly operation_type: string;
  readonly resource_type: string;
  readonly resource_path: string | null;
  readonly representation: string | null;
  readonly error: string | null;
  readonly auth_realm_id: string;
  readonly auth_client_id: string;
  readonly auth_user_id: string;
  readonly ip_address: string | null;
}
