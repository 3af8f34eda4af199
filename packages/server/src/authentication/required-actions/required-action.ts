import type { State } from '../../cache/contracts.ts';
import type { Events } from '../../events/events.ts';
import type { AuthenticationTab, Realm, User } from '../../model/index.ts';
import type { Passwords } from '../contracts.ts';

export interface ActionParts {
  readonly state: Pick<State, 'userSessions' | 'changes'>;
  readonly passwords: Passwords;
  readonly events: Events;
}

export interface ActionRequest {
  readonly realm: Realm;
  readonly user: User;
  readonly tab: AuthenticationTab;
  readonly clientId: string;
  readonly form: Readonly<Record<string, string>>;
  /** Session that must survive "sign out from other devices". */
  readonly sessionId: string;
  readonly ipAddress: string;
}

/** Where a message of a refused form belongs: the id of a field, or the page. */
export interface ActionProblem {
  readonly field: string | undefined;
  readonly message: string;
  readonly parameters: readonly string[];
}

/** Something that a user must do before the login ends (or that a client asked for by kc_action). */
export interface RequiredAction {
  /** Name in `requiredActions` and in URLs. */
  readonly id: string;
  /** Template of its page. */
  readonly template: string;
  /** Message above the form when the action is demanded rather than chosen. */
  readonly demand: string;
  /** Undefined = done. */
  process(parts: ActionParts, request: ActionRequest): Promise<ActionProblem | undefined>;
}
