import type { FailedLogin, FinishedLogin, LoginProtocol, ProtocolAnswer } from '../authentication/login-protocol.ts';
import type { State } from '../cache/contracts.ts';
import type { Tokens } from '../token/contracts.ts';
import { AUTH_TIME_NOTE } from '../token/session-notes.ts';
import { createCode } from './authorization-code.ts';
import { isRegistered } from './redirect-uri.ts';
import { issuesTokens, parseResponseType, type ResponseMode, responseModeOf } from './response-type.ts';

export interface AuthorizationResponseParts {
  readonly state: Pick<State, 'singleUseObjects'>;
  readonly tokens: Pick<Tokens, 'issue'>;
}

type Parameters = Readonly<Record<string, string | undefined>>;

/** The redirect or form that carries `parameters` to the client in the given mode. */
export function answerOf(mode: ResponseMode, redirectUri: string, parameters: Parameters): ProtocolAnswer {
  const present = Object.fromEntries(Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined));
  if (mode === 'form_post') return { kind: 'form-post', action: redirectUri, parameters: present };
  const text = new URLSearchParams(present).toString();
  const hash = redirectUri.indexOf('#');
  if (mode === 'fragment') return { kind: 'redirect', url: `${redirectUri}${hash < 0 ? '#' : '&'}${text}` };
  const [target, fragment] = hash < 0 ? [redirectUri, ''] : [redirectUri.slice(0, hash), redirectUri.slice(hash)];
  const joint = !target.includes('?') ? '?' : target.endsWith('?') || target.endsWith('&') ? '' : '&';
  return { kind: 'redirect', url: `${target}${joint}${text}${fragment}` };
}

/** An error answer (RFC 6749 section 4.1.2.1) with `iss` (RFC 9207). */
export function errorAnswer(
  mode: ResponseMode,
  redirectUri: string,
  error: { readonly error: string; readonly description: string | undefined; readonly state: string | undefined; readonly issuer: string },
): ProtocolAnswer {
  return answerOf(mode, redirectUri, {
    error: error.error,
    error_description: error.description,
    state: error.state,
    iss: error.issuer,
  });
}

function modeOf(notes: Readonly<Record<string, string>>): ResponseMode {
  return responseModeOf(parseResponseType(notes['response_type'] ?? 'code'), notes['response_mode']) ?? 'query';
}

async function succeed(parts: AuthorizationResponseParts, login: FinishedLogin): Promise<ProtocolAnswer> {
  const { realm, client, session, clientSession, clientNotes: notes, issuer } = login;
  const type = parseResponseType(notes['response_type'] ?? 'code') ?? { code: true, idToken: false, token: false };
  const code = type.code
    ? await createCode(parts.state, realm, {
        sessionId: session.id,
        client,
        redirectUri: notes['redirect_uri'] ?? '',
        scope: notes['scope'] ?? '',
        nonce: notes['nonce'],
        codeChallenge: notes['code_challenge'],
        codeChallengeMethod: notes['code_challenge_method'],
      })
    : undefined;
  const issued = issuesTokens(type)
    ? await parts.tokens.issue({
        realm,
        client,
        user: login.user,
        session,
        clientSession,
        scope: notes['scope'] ?? '',
        issuer,
        grant: 'implicit',
        nonce: notes['nonce'],
        code,
        state: notes['state'],
        accessTokenHash: type.token,
        authTime: Number(session.notes[AUTH_TIME_NOTE] ?? session.started),
        refreshToken: false,
      })
    : undefined;
  return answerOf(modeOf(notes), login.redirectUri, {
    state: notes['state'],
    session_state: client.attributes['exclude.session.state.from.auth.response'] === 'true' ? undefined : session.id,
    iss: client.attributes['exclude.issuer.from.auth.response'] === 'true' ? undefined : issuer,
    ...login.extra,
    code,
    id_token: type.idToken ? issued?.id_token : undefined,
    access_token: type.token ? issued?.access_token : undefined,
    token_type: type.token ? issued?.token_type : undefined,
    expires_in: type.token && issued !== undefined ? String(issued.expires_in) : undefined,
  });
}

/** OpenID Connect as the login pages see it. */
export function oidcLoginProtocol(parts: AuthorizationResponseParts): LoginProtocol {
  return {
    succeed: (login) => succeed(parts, login),
    fail: (login: FailedLogin) =>
      errorAnswer(modeOf(login.clientNotes), login.redirectUri, {
        error: login.error,
        description: login.description,
        state: login.clientNotes['state'],
        issuer: login.issuer,
      }),
    acceptsRedirect: (client, redirectUri, baseUrl) => isRegistered(redirectUri, client.redirectUris, client, baseUrl),
  };
}
