import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuthenticationTab, Client, RootAuthenticationSession } from '../model/index.ts';

/** Key of a tab's `clientNotes`: the user code that the login lets a device in by, instead of an application that the browser goes back to. */
export const DEVICE_USER_CODE_NOTE = 'device_user_code';

/** Keys of a tab's `authNotes`. */
export const AUTH_NOTE = {
  /** Guards the next form post of the tab: CSRF, replay and double submission. */
  sessionCode: 'session_code',
  attemptedUsername: 'ATTEMPTED_USERNAME',
  /** Message key to show once on the next page. */
  flash: 'flash',
  /** Session that this login proves again (prompt=login, max_age), or that another tab of the same root opened meanwhile. */
  sessionId: 'SESSION_ID',
  /** Owner of that session. */
  sessionUser: 'SESSION_USER',
  /** Present when the user must prove a session that exists, instead of opening one. */
  reauthentication: 'REAUTHENTICATION',
  rememberMe: 'remember_me',
  /** Epoch seconds of the password check, once it succeeded. */
  authenticatedAt: 'AUTH_TIME',
  /** Step of the flow whose page the tab shows, where that is not the password form: the one that asks about a certificate. */
  certificateStep: 'CERTIFICATE_STEP',
  /** Id of the user whom a certificate named; nobody else may go on in this tab. */
  certificateUser: 'CERTIFICATE_USER',
  /** Ids of steps that were carried out before the password form, with spaces between. */
  doneSteps: 'DONE_STEPS',
  /** The flow has to be entered anew. */
  enterAgain: 'ENTER_AGAIN',
  /** What came of sending the browser to a provider of identities must know: its alias, state, nonce and verifier. */
  brokerState: 'BROKER_STATE',
  /** The provider that the login came through, and the name of the user there. */
  identityProvider: 'IDENTITY_PROVIDER',
  identityProviderIdentity: 'IDENTITY_PROVIDER_IDENTITY',
  /** Session notes that the mappers of the provider make, and the sessions and the user there, as JSON. */
  brokerSession: 'BROKER_SESSION',
  /** What a provider said, while a flow of the provider's runs (JSON); which flow that is; the steps of it that were carried out, and the one that is shown. */
  brokered: 'BROKERED_CONTEXT',
  brokerFlow: 'BROKER_FLOW',
  brokerDone: 'BROKER_DONE',
  brokerStep: 'BROKER_STEP',
  /** The user whom the identity was found to resemble, and the one that it is of: made, proven, or linked before. */
  brokerExisting: 'EXISTING_USER_INFO',
  brokerUser: 'BROKER_USER',
  /** The user was made in this login. */
  brokerCreated: 'BROKER_REGISTERED_NEW_USER',
  /** The profile has to be looked at, whatever the settings say. */
  brokerReview: 'ENFORCE_UPDATE_PROFILE',
  /** Id of the user whose mailbox confirmed the link; set by the link of the mail. */
  brokerMailConfirmed: 'VERIFY_ACCOUNT_IDP_USERNAME',
  /** Alias of the provider whose identity the user of the tab is to be linked with. */
  linkingProvider: 'LINKING_IDENTITY_PROVIDER',
  /** Required action that the client asked for, and what became of it. */
  clientAction: 'kc_action',
  clientActionStatus: 'kc_action_status',
  /** The login ends with a page instead of a session: it began with a link from a mail. */
  endAfterActions: 'END_AFTER_REQUIRED_ACTIONS',
  /** What the link of a mail is used up by, and (once it is) that this tab did it. */
  actionTokenUse: 'ACTION_TOKEN_USE',
  actionTokenUsed: 'ACTION_TOKEN_USED',
  /** Where the page after the end points to. */
  backUrl: 'BACK_URL',
  /** Address that a confirmation was sent to. */
  verifyEmailSent: 'VERIFY_EMAIL_KEY',
  /** How the user let the client see what it asked for. */
  consent: 'consent',
  /** Step of the second factor that is asked for, and the user whose password was right. */
  secondFactorStep: 'SECOND_FACTOR_STEP',
  secondFactorUser: 'SECOND_FACTOR_USER',
  /** Language that was chosen on a page of this login. */
  locale: 'locale_user_request',
} as const;

export function newSessionCode(): string {
  return randomBytes(32).toString('base64url');
}

export interface NewTab {
  readonly client: Client;
  readonly redirectUri: string;
  readonly clientNotes: Readonly<Record<string, string>>;
  readonly authNotes?: Readonly<Record<string, string>> | undefined;
  readonly nowSeconds: number;
}

/** A tab at the start of its login. */
export function newTab({ client, redirectUri, clientNotes, authNotes, nowSeconds }: NewTab): AuthenticationTab {
  return {
    tabId: randomBytes(8).toString('base64url'),
    clientId: client.id,
    redirectUri,
    action: 'AUTHENTICATE',
    protocol: client.protocol,
    executionStatus: {},
    requiredActions: [],
    clientNotes,
    authNotes: { [AUTH_NOTE.sessionCode]: newSessionCode(), ...authNotes },
    userSessionNotes: {},
    clientScopes: [],
    timestamp: nowSeconds,
  };
}

/** Constant-time comparison of a session code that came with a form. */
export function hasSessionCode(tab: AuthenticationTab, code: string | undefined): boolean {
  const expected = tab.authNotes[AUTH_NOTE.sessionCode];
  if (expected === undefined || code === undefined) return false;
  const [a, b] = [Buffer.from(expected), Buffer.from(code)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The tab with other notes; undefined removes one. */
export function withNotes(tab: AuthenticationTab, notes: Readonly<Record<string, string | undefined>>): AuthenticationTab {
  const authNotes: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...tab.authNotes, ...notes })) if (value !== undefined) authNotes[name] = value;
  return { ...tab, authNotes };
}

/** The root with `tab` in place of the one of the same id. */
export function withTab(root: RootAuthenticationSession, tab: AuthenticationTab): RootAuthenticationSession {
  return { ...root, tabs: { ...root.tabs, [tab.tabId]: tab } };
}

/**
 * Takes a finished tab out. The other tabs learn of the session, so that their own login joins it; undefined when none is left.
 * What remains expires within `accessCodeLifespan`.
 */
export function withoutTab(
  root: RootAuthenticationSession,
  tabId: string,
  session: { readonly id: string; readonly userId: string } | undefined,
  timestamp: number,
): RootAuthenticationSession | undefined {
  const rest = Object.values(root.tabs).filter((tab) => tab.tabId !== tabId);
  if (rest.length === 0) return undefined;
  const notes = session === undefined ? {} : { [AUTH_NOTE.sessionId]: session.id, [AUTH_NOTE.sessionUser]: session.userId };
  return { ...root, timestamp, tabs: Object.fromEntries(rest.map((tab) => [tab.tabId, withNotes(tab, notes)])) };
}
