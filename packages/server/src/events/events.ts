/** A user event, with Keycloak's type names (LOGIN, LOGIN_ERROR, CODE_TO_TOKEN, REFRESH_TOKEN, LOGOUT, …). */
export interface UserEvent {
  readonly type: string;
  readonly realmId: string;
  readonly realmName: string;
  readonly clientId?: string | undefined;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly error?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
}

/** Where events go: the log category `org.keycloak.events`, the counter keycloak_user_events_total, and (if enabled) the database. Never throws, never waits. */
export interface Events {
  emit(event: UserEvent): void;
}
