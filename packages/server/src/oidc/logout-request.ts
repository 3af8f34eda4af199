import type { ServerContext } from '../context.ts';
import type { Client, Realm } from '../model/index.ts';
import type { Claims } from '../token/contracts.ts';
import { isRegisteredPostLogout } from './redirect-uri.ts';

/** A logout that may go on (OpenID Connect RP-Initiated Logout 1.0 section 2). */
export interface LogoutRequest {
  readonly client: Client | undefined;
  /** Claims of the id token, which spares the confirmation. */
  readonly hint: Claims | undefined;
  /** Where the browser goes afterwards, with `state` in it. */
  readonly redirectUri: string | undefined;
}

export interface LogoutRefusal {
  readonly message: string;
  readonly parameters: readonly string[];
  readonly event: string;
}

const MAX_HINT_LENGTH = 16_384;

/** Checks the parameters of a logout; a post_logout_redirect_uri needs a client that has it registered. */
export async function checkLogoutRequest(
  context: ServerContext,
  realm: Realm,
  issuer: string,
  baseUrl: string,
  parameters: Readonly<Record<string, string>>,
): Promise<LogoutRequest | LogoutRefusal> {
  const { id_token_hint: hintText, client_id: clientId, post_logout_redirect_uri: target, state } = parameters;
  const badHint: LogoutRefusal = { message: 'invalidParameterMessage', parameters: ['id_token_hint'], event: 'invalid_token' };
  let hint: Claims | undefined;
  if (hintText !== undefined && hintText !== '') {
    const verdict =
      hintText.length > MAX_HINT_LENGTH ? undefined : await context.tokens.verify(realm, issuer, hintText, 'ID', { ignoreExpiry: true });
    if (verdict === undefined || !verdict.ok) return badHint;
    hint = verdict.claims;
    if (clientId !== undefined && clientId !== hint.azp) return badHint;
  }
  const name = hint?.azp ?? clientId;
  const client = name === undefined ? undefined : await context.state.directory.clientByClientId(realm, name);
  if (target === undefined || target === '') return { client, hint, redirectUri: undefined };
  if (client === undefined) return { message: 'missingParameterMessage', parameters: ['id_token_hint'], event: 'invalid_request' };
  if (!isRegisteredPostLogout(client, target, baseUrl)) {
    return { message: 'invalidPostLogoutMessage', parameters: [], event: 'invalid_redirect_uri' };
  }
  return { client, hint, redirectUri: withState(target, state) };
}

function withState(target: string, state: string | undefined): string {
  if (state === undefined || state === '') return target;
  const hash = target.indexOf('#');
  const [uri, fragment] = hash < 0 ? [target, ''] : [target.slice(0, hash), target.slice(hash)];
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}${fragment}`;
}
