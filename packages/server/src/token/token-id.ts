import { randomUUID } from 'node:crypto';
import type { IssueRequest } from './contracts.ts';

/** What the prefix of an access token's `jti` tells: `onrtac:<uuid>` = online session, regular token, authorization code. */
export interface TokenOrigin {
  /** transient: there is none. borrowed: a session that the client of the token is no part of (token exchange). */
  readonly session: 'online' | 'offline' | 'transient' | 'borrowed';
  readonly lightweight: boolean;
}

const SESSIONS = { online: 'on', offline: 'of', transient: 'tr', borrowed: 'nt' } as const;
const GRANTS: Readonly<Record<IssueRequest['grant'], string>> = {
  authorization_code: 'ac',
  refresh_token: 'rt',
  password: 'ro',
  client_credentials: 'cc',
  implicit: 'na',
  uma_ticket: 'na',
  device_code: 'dg',
  token_exchange: 'te',
};

/** A fresh `jti` with the prefix that Keycloak's tokens have. */
export function accessTokenId(origin: TokenOrigin, grant: IssueRequest['grant']): string {
  return `${SESSIONS[origin.session]}${origin.lightweight ? 'lt' : 'rt'}${GRANTS[grant]}:${randomUUID()}`;
}

/** Reads the prefix; tokens without one are taken for regular online ones. */
export function originOf(jti: string | undefined): TokenOrigin {
  const prefix = /^(on|of|tr|nt)(rt|lt)[a-z]{2}:/.exec(jti ?? '');
  const session = (Object.keys(SESSIONS) as (keyof typeof SESSIONS)[]).find((kind) => SESSIONS[kind] === prefix?.[1]) ?? 'online';
  return { session, lightweight: prefix?.[2] === 'lt' };
}
