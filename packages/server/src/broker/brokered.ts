import { AUTH_NOTE } from '../authentication/authentication-tab.ts';
import type { AuthenticationTab, FederatedIdentity, IdentityProvider } from '../model/index.ts';
import type { OutsideIdentity } from './outside-identity.ts';
import type { BrokeredTokens } from './tokens-of-provider.ts';

/** What a provider said at a login, as long as the login is under way. */
export interface Brokered {
  readonly alias: string;
  readonly identity: OutsideIdentity;
  /** The provider's tokens, where they are stored. Never logged. */
  readonly token?: string | undefined;
  readonly idToken?: string | undefined;
  /** The session there. */
  readonly outsideSessionId?: string | undefined;
}

/** Flows that a provider can name: at the first login, and after each one. */
export type BrokerFlow = 'first-broker-login' | 'post-broker-login';

/** Longest id token that a session keeps: it is sent back at the logout, in an address. */
const MAX_ID_TOKEN = 4_096;
const MAX_SESSION_ID = 255;

export function brokeredOf(provider: IdentityProvider, identity: OutsideIdentity, { claims, raw, idToken }: BrokeredTokens): Brokered {
  const { sid } = claims;
  return {
    alias: provider.alias,
    identity,
    ...(provider.storeToken ? { token: raw } : {}),
    ...(idToken.length <= MAX_ID_TOKEN ? { idToken } : {}),
    ...(typeof sid === 'string' && sid !== '' && sid.length <= MAX_SESSION_ID ? { outsideSessionId: sid } : {}),
  };
}

/** The link that a login makes or renews. */
export function linkOf({ alias, identity, token }: Brokered): FederatedIdentity {
  return { identityProvider: alias, userId: identity.id, userName: identity.name, ...(token === undefined ? {} : { token }) };
}

/** What the tab keeps for the session that the login opens. */
export function sessionNotesOf({ alias, identity, idToken, outsideSessionId }: Brokered): Readonly<Record<string, string>> {
  const notes = { ...identity.sessionNotes, ...(idToken === undefined ? {} : { FEDERATED_ID_TOKEN: idToken }) };
  return {
    [AUTH_NOTE.identityProvider]: alias,
    [AUTH_NOTE.identityProviderIdentity]: identity.name,
    [AUTH_NOTE.brokerSession]: JSON.stringify({
      notes,
      brokerUserId: `${alias}.${identity.id}`,
      ...(outsideSessionId === undefined ? {} : { brokerSessionId: `${alias}.${outsideSessionId}` }),
    }),
  };
}

/** How far a flow of the provider has come in a tab. */
export interface BrokerProgress {
  readonly brokered: Brokered;
  readonly flow: BrokerFlow;
  readonly done: ReadonlySet<string>;
  readonly step: string | undefined;
  readonly existingId: string | undefined;
  readonly userId: string | undefined;
}

/** Undefined for a tab in which no such flow runs. */
export function progressOf({ authNotes }: AuthenticationTab): BrokerProgress | undefined {
  const text = authNotes[AUTH_NOTE.brokered];
  const flow = authNotes[AUTH_NOTE.brokerFlow];
  if (text === undefined || (flow !== 'first-broker-login' && flow !== 'post-broker-login')) return undefined;
  return {
    brokered: JSON.parse(text) as Brokered,
    flow,
    done: new Set((authNotes[AUTH_NOTE.brokerDone] ?? '').split(' ').filter((id) => id !== '')),
    step: authNotes[AUTH_NOTE.brokerStep],
    existingId: authNotes[AUTH_NOTE.brokerExisting],
    userId: authNotes[AUTH_NOTE.brokerUser],
  };
}

/** Notes with which a flow begins. */
export function beginFlow(flow: BrokerFlow, brokered: Brokered, userId: string | undefined): Readonly<Record<string, string | undefined>> {
  return { ...endOfFlow, [AUTH_NOTE.brokered]: JSON.stringify(brokered), [AUTH_NOTE.brokerFlow]: flow, [AUTH_NOTE.brokerUser]: userId };
}

/** Notes of a tab in which no flow of a provider runs any more. */
export const endOfFlow: Readonly<Record<string, undefined>> = {
  [AUTH_NOTE.brokered]: undefined,
  [AUTH_NOTE.brokerFlow]: undefined,
  [AUTH_NOTE.brokerDone]: undefined,
  [AUTH_NOTE.brokerStep]: undefined,
  [AUTH_NOTE.brokerExisting]: undefined,
  [AUTH_NOTE.brokerUser]: undefined,
  [AUTH_NOTE.brokerCreated]: undefined,
  [AUTH_NOTE.brokerReview]: undefined,
  [AUTH_NOTE.brokerMailConfirmed]: undefined,
  [AUTH_NOTE.verifyEmailSent]: undefined,
};
