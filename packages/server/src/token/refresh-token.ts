import type { Client, ClientSession, Realm, UserSession } from '../model/index.ts';
import { clientSessionExpiry } from '../model/session-expiry.ts';

/** Second at which a refresh token ends: with the session's idle or maximum, whichever comes first. Undefined = it has no `exp`. */
export function refreshTokenExpiry(realm: Realm, client: Client, session: UserSession, clientSession: ClientSession): number | undefined {
  // An offline token without a maximum says nothing of its end: its idle time moves with every use.
  if (session.offline && !realm.offlineSessionMaxLifespanEnabled) return undefined;
  return clientSessionExpiry(realm, client, session, clientSession);
}

/** One presented refresh token, as rotation sees it. */
export interface PresentedToken {
  readonly id: string;
  readonly reuseId: string | undefined;
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** Id of the refresh token that the answer will carry. */
  readonly successorId: string;
}

export type RotationVerdict =
  | { readonly ok: true; readonly clientSession: ClientSession }
  | { readonly ok: false; readonly reason: string };

/** What the client session remembers of one line of refresh tokens. */
interface Line {
  /** The token in use: the last one that was presented and not replaced by its successor yet. */
  readonly current: string;
  readonly uses: number;
  /** Tokens that were handed out for `current`; each of them may become the next. */
  readonly successors: readonly string[];
}

const NOTE_PREFIX = 'refreshToken.';
/** Lines that one client session remembers; the oldest goes. A line starts with each login in the session. */
const MAX_LINES = 8;
const MAX_SUCCESSORS = 16;

/**
 * Rotation of refresh tokens (realm settings `revokeRefreshToken`, `refreshTokenMaxReuse`): a token may be presented 1 + maxReuse times,
 * and never again once a successor was presented. Pure: runs inside the cluster-wide atomic change of the client session.
 */
export function rotate(realm: Realm, clientSession: ClientSession, token: PresentedToken): RotationVerdict {
  if (!realm.revokeRefreshToken) return { ok: true, clientSession };
  const note = NOTE_PREFIX + (token.reuseId ?? '');
  const line = parseLine(clientSession.notes[note]);
  if (line && token.id !== line.current && !mayFollow(line, token, clientSession)) return { ok: false, reason: 'Stale token' };
  const uses = line?.current === token.id ? line.uses : 0;
  if (uses > realm.refreshTokenMaxReuse) return { ok: false, reason: 'Maximum allowed refresh token reuse exceeded' };
  const earlier = line?.current === token.id ? line.successors : [];
  const next: Line = { current: token.id, uses: uses + 1, successors: [...earlier, token.successorId].slice(-MAX_SUCCESSORS) };
  return { ok: true, clientSession: { ...clientSession, notes: withLine(clientSession.notes, note, next) } };
}

/** Whether a token was used up already; for introspection, which changes nothing. */
export function isUsedUp(realm: Realm, clientSession: ClientSession, token: Omit<PresentedToken, 'successorId'>): boolean {
  return !rotate(realm, clientSession, { ...token, successorId: '' }).ok;
}

/** Tokens without a line of their own (issued before rotation was switched on) are told apart by time only. */
function mayFollow(line: Line, token: PresentedToken, clientSession: ClientSession): boolean {
  return line.successors.includes(token.id) || (token.reuseId === undefined && token.issuedAt >= clientSession.timestamp);
}

function parseLine(note: string | undefined): Line | undefined {
  const [current, uses, ...successors] = note?.split(' ') ?? [];
  return current ? { current, uses: Number(uses), successors } : undefined;
}

function withLine(notes: ClientSession['notes'], note: string, line: Line): ClientSession['notes'] {
  const others = Object.entries(notes).filter(([name]) => name !== note);
  const lines = others.filter(([name]) => name.startsWith(NOTE_PREFIX));
  const dropped = new Set(lines.slice(0, Math.max(0, lines.length - MAX_LINES + 1)).map(([name]) => name));
  return {
    ...Object.fromEntries(others.filter(([name]) => !dropped.has(name))),
    [note]: [line.current, line.uses, ...line.successors].join(' '),
  };
}
