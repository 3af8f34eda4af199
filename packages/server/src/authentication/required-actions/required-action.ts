import type { State } from '../../cache/contracts.ts';
import type { Events } from '../../events/events.ts';
import type { Logouts } from '../../logout/contracts.ts';
import type { Clock } from '../../model/clock.ts';
import type { AuthenticationTab, Client, Realm, User } from '../../model/index.ts';
import type { SecondFactors } from '../../security/second-factor/second-factors.ts';
import type { Passwords } from '../contracts.ts';

export interface ActionParts {
  readonly state: Pick<State, 'userSessions' | 'changes' | 'directory'>;
  readonly passwords: Passwords;
  readonly logouts: Logouts;
  readonly events: Events;
  readonly secondFactors: SecondFactors;
  readonly clock: Clock;
}

/** What an action is asked to show or to do. */
export interface ActionView {
  readonly realm: Realm;
  readonly user: User;
  readonly client: Client;
  readonly tab: AuthenticationTab;
  /** Fields that were sent; of a repeated one the first. Empty where the page is shown anew. */
  readonly form: Readonly<Record<string, string>>;
  /** All values of a field. */
  readonly values: (name: string) => readonly string[];
}

export interface ActionRequest extends ActionView {
  readonly clientId: string;
  /** Session that must survive "sign out from other devices". */
  readonly sessionId: string;
  readonly ipAddress: string;
  /** Of the realm as the browser sees it. */
  readonly issuer: string;
}

/** Where a message of a refused form belongs: the id of a field, or the page. */
export interface ActionProblem {
  readonly field: string | undefined;
  readonly message: string;
  readonly parameters: readonly string[];
}

/**
 * What became of a form; undefined = done. `declined`: the user does not want to go on. `account-gone`: there is no user any more.
 * `impossible`: it cannot be done, and the login goes on. `goTo`: the provider of identities that does the rest.
 */
export type ActionOutcome = undefined | readonly ActionProblem[] | 'declined' | 'account-gone' | 'impossible' | { readonly goTo: string };

/** Something that a user must do before the login ends (or that a client asked for by kc_action). */
export interface RequiredAction {
  /** Name in `requiredActions` and in URLs. */
  readonly id: string;
  /** Template of its page. */
  readonly template: string;
  /** Message key of the page's heading. */
  readonly heading: string;
  /** Message above the form when the action is demanded rather than chosen. */
  readonly demand: string | undefined;
  /** The page has pictures in its own text. */
  readonly pictures?: boolean;
  /** Only for actions that are asked for with a parameter, `name:parameter`: whether it is one. */
  readonly accepts?: (realm: Realm, parameter: string) => boolean;
  /** What the template needs beside the usual. */
  view?(parts: ActionParts, view: ActionView): Promise<Readonly<Record<string, unknown>>>;
  process(parts: ActionParts, request: ActionRequest): Promise<ActionOutcome>;
}
