import type { Client, ClientSession, Realm, User, UserSession } from '../model/index.ts';

/** How the browser is sent back to the application. */
export type ProtocolAnswer =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'form-post'; readonly action: string; readonly parameters: Readonly<Record<string, string>> };

/** A login that is done: the sessions are stored. */
export interface FinishedLogin {
  readonly realm: Realm;
  readonly client: Client;
  readonly user: User;
  readonly session: UserSession;
  readonly clientSession: ClientSession;
  readonly redirectUri: string;
  /** The protocol request as the tab kept it. */
  readonly clientNotes: Readonly<Record<string, string>>;
  readonly issuer: string;
  /** More parameters for the answer, such as `kc_action_status`. */
  readonly extra?: Readonly<Record<string, string>> | undefined;
}

/** A login that ends without a user. */
export interface FailedLogin {
  readonly realm: Realm;
  readonly client: Client;
  readonly redirectUri: string;
  readonly clientNotes: Readonly<Record<string, string>>;
  readonly issuer: string;
  readonly error: string;
  readonly description?: string | undefined;
}

/** What the login pages need of the protocol that started the login (OpenID Connect; SAML may follow). */
export interface LoginProtocol {
  succeed(login: FinishedLogin): Promise<ProtocolAnswer>;
  fail(login: FailedLogin): Promise<ProtocolAnswer>;
  /** Whether the request leaves it open who logs in, or means this user (`sub` in the parameter `claims`). */
  isFor(clientNotes: Readonly<Record<string, string>>, user: User): boolean;
  /** Whether the client may be sent to `redirectUri`: for `client_data`, which is not signed. */
  acceptsRedirect(client: Client, redirectUri: string, baseUrl: string): boolean;
}
