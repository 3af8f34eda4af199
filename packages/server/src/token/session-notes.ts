/** Notes of sessions that tokens are made from; the names are Keycloak's. Who logs users in writes them. */

/** User session: epoch seconds of the last active authentication, for `auth_time`. */
export const AUTH_TIME_NOTE = 'AUTH_TIME';
/** Client session: `true` where the user came in by the identity cookie and was asked for nothing. */
export const SSO_AUTH_NOTE = 'SSO_AUTH';
/** Client session: level of authentication that was reached, a number. */
export const LEVEL_OF_AUTHENTICATION_NOTE = 'level-of-authentication';
/** Client session: the parameter `claims` of the login, as it came. */
export const CLAIMS_NOTE = 'claims';
