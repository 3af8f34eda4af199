import { randomUUID } from 'node:crypto';
import type { State } from '../../cache/contracts.ts';
import type { Clock } from '../../model/clock.ts';
import type { Realm, User } from '../../model/index.ts';
import type { Claims, Tokens } from '../../token/contracts.ts';

/** What a link in a mail does. */
export const ACTION = {
  reset: 'reset-credentials',
  execute: 'execute-actions',
  verify: 'verify-email',
  link: 'idp-verify-account-via-email',
} as const;
export type ActionKind = (typeof ACTION)[keyof typeof ACTION];

/** Where a login waits for the link: root session, tab and client, as one text. */
export interface TabReference {
  readonly rootId: string;
  readonly tabId: string;
  readonly clientUuid: string;
}

export interface ActionToken {
  readonly kind: ActionKind;
  readonly userId: string;
  /** The address that the mail went to; a link dies with it. */
  readonly email: string;
  /** Client that the link belongs to. */
  readonly clientId: string;
  /** Epoch seconds. */
  readonly expires: number;
  /** Id of what may be done once: it stays through the tokens that pages hand on. */
  readonly nonce: string;
  readonly tab?: TabReference | undefined;
  /** The login that waits elsewhere while another browser confirms. */
  readonly waitingTab?: TabReference | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly redirectUri?: string | undefined;
}

export type ActionTokenVerdict =
  | { readonly ok: true; readonly token: ActionToken }
  /** invalid: not ours, or not understood. expired: ours once. */
  | { readonly ok: false; readonly reason: 'invalid' | 'expired' };

export interface ActionTokenParts {
  readonly state: Pick<State, 'singleUseObjects'>;
  readonly tokens: Pick<Tokens, 'signInternal' | 'verifyInternal'>;
  readonly clock: Clock;
}

const MAX_TOKEN_LENGTH = 8_192;
const TAB = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})$/;

/** How long links of a kind work that a user asked for: a setting of the kind, else of all. */
export function userLifespanSeconds(realm: Realm, kind: ActionKind): number {
  const own = Number(realm.attributes[`actionTokenGeneratedByUserLifespan.${kind}`]);
  return Number.isSafeInteger(own) && own > 0 ? own : realm.actionTokenGeneratedByUserLifespan;
}

/** What is new about a token; one that carries on an older one keeps its nonce and its end. */
export type NewActionToken = Omit<ActionToken, 'nonce' | 'userId' | 'email'> & { readonly nonce?: string };

/** The token of a link to `user`'s present address. */
export async function signActionToken(
  parts: ActionTokenParts,
  realm: Realm,
  issuer: string,
  user: Pick<User, 'id' | 'email'>,
  token: NewActionToken,
): Promise<string> {
  const claims: Claims = {
    exp: token.expires,
    iat: parts.clock.nowSeconds(),
    jti: randomUUID(),
    iss: issuer,
    aud: issuer,
    sub: user.id,
    typ: token.kind,
    azp: token.clientId,
    nonce: token.nonce ?? randomUUID(),
    eml: user.email ?? '',
    ...(token.tab === undefined ? {} : { asid: textOf(token.tab) }),
    ...(token.waitingTab === undefined ? {} : { compoundOriginalAuthenticationSessionId: textOf(token.waitingTab) }),
    ...(token.actions === undefined ? {} : { rqac: token.actions }),
    ...(token.redirectUri === undefined ? {} : { reduri: token.redirectUri }),
  };
  return parts.tokens.signInternal(realm, claims);
}

/** Reads the key of a link. Whether it was used already is another question: `isUsed`. */
export async function readActionToken(parts: ActionTokenParts, realm: Realm, issuer: string, key: string): Promise<ActionTokenVerdict> {
  const kind = key.length > MAX_TOKEN_LENGTH ? undefined : kindIn(key);
  if (kind === undefined) return { ok: false, reason: 'invalid' };
  const verdict = await parts.tokens.verifyInternal(realm, key, kind);
  if (!verdict.ok) return { ok: false, reason: verdict.reason === 'Token is not active' ? 'expired' : 'invalid' };
  const { iss, sub, azp, exp, nonce, eml, asid, rqac, reduri } = verdict.claims;
  if (iss !== issuer || sub === undefined || azp === undefined || exp === undefined || nonce === undefined || typeof eml !== 'string') {
    return { ok: false, reason: 'invalid' };
  }
  const waiting = verdict.claims['compoundOriginalAuthenticationSessionId'];
  return {
    ok: true,
    token: {
      kind,
      userId: sub,
      email: eml,
      clientId: azp,
      expires: exp,
      nonce,
      tab: tabOf(asid),
      waitingTab: tabOf(waiting),
      actions: Array.isArray(rqac) ? rqac.filter((action): action is string => typeof action === 'string') : undefined,
      redirectUri: typeof reduri === 'string' ? reduri : undefined,
    },
  };
}

/** What a token's single use is remembered by. */
export interface ActionTokenUse {
  readonly key: string;
  /** Epoch seconds. */
  readonly expires: number;
}

export function useOf(realm: Realm, { kind, nonce, expires }: Pick<ActionToken, 'kind' | 'nonce' | 'expires'>): ActionTokenUse {
  return { key: `action-token:${realm.id}:${kind}:${nonce}`, expires };
}

export function isUsed({ state }: ActionTokenParts, { key }: ActionTokenUse): Promise<boolean> {
  return state.singleUseObjects.contains(key);
}

/** Uses the token up: of any number of tries on all nodes one succeeds. */
export function useUp({ state, clock }: Pick<ActionTokenParts, 'state' | 'clock'>, { key, expires }: ActionTokenUse): Promise<boolean> {
  return state.singleUseObjects.putIfAbsent(key, Math.max(1, expires - clock.nowSeconds() + 1));
}

/** The type that the token claims to be; its signature is checked against it. */
function kindIn(key: string): ActionKind | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(key.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const typ = typeof claims === 'object' && claims !== null && 'typ' in claims ? claims.typ : undefined;
    return Object.values(ACTION).find((kind) => kind === typ);
  } catch {
    return undefined;
  }
}

function textOf({ rootId, tabId, clientUuid }: TabReference): string {
  return `${rootId}.${tabId}.${clientUuid}`;
}

function tabOf(text: unknown): TabReference | undefined {
  const [, rootId, tabId, clientUuid] = typeof text === 'string' ? (TAB.exec(text) ?? []) : [];
  return rootId === undefined || tabId === undefined || clientUuid === undefined ? undefined : { rootId, tabId, clientUuid };
}
