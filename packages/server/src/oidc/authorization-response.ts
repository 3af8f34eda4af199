import type { FailedLogin, FinishedLogin, LoginProtocol, ProtocolAnswer } from '../authentication/login-protocol.ts';
import type { State } from '../cache/contracts.ts';
import type { Features } from '../config/feature-switches.ts';
import type { Clock } from '../model/clock.ts';
import type { Client, Realm } from '../model/index.ts';
import type { Tokens } from '../token/contracts.ts';
import { wantsEncryption } from '../token/encryption.ts';
import { AUTH_TIME_NOTE } from '../token/session-notes.ts';
import { signatureAlgorithm } from '../token/signing.ts';
import { createCode } from './authorization-code.ts';
import { meansUser } from './claims-parameter.ts';
import { letDeviceIn, refuseDevice } from './device/device-answer.ts';
import { isRegistered } from './redirect-uri.ts';
import { issuesTokens, parseResponseType, type ResponseMode, responseModeOf } from './response-type.ts';

/** What signs and encrypts answers. */
export interface SealingParts {
  readonly tokens: Pick<Tokens, 'sign' | 'encryptFor'>;
  readonly clock: Clock;
}

export interface AuthorizationResponseParts extends SealingParts {
  readonly state: Pick<State, 'singleUseObjects'>;
  readonly tokens: Pick<Tokens, 'issue' | 'sign' | 'encryptFor'>;
  readonly features: Features;
}

type Parameters = Readonly<Record<string, string | undefined>>;

/** The redirect or form that carries `parameters` to the client. */
export function answerOf(carrier: ResponseMode['carrier'], redirectUri: string, parameters: Parameters): ProtocolAnswer {
  const present = presentOf(parameters);
  if (carrier === 'form_post') return { kind: 'form-post', action: redirectUri, parameters: present };
  const text = new URLSearchParams(present).toString();
  const hash = redirectUri.indexOf('#');
  if (carrier === 'fragment') return { kind: 'redirect', url: `${redirectUri}${hash < 0 ? '#' : '&'}${text}` };
  const [target, fragment] = hash < 0 ? [redirectUri, ''] : [redirectUri.slice(0, hash), redirectUri.slice(hash)];
  const joint = !target.includes('?') ? '?' : target.endsWith('?') || target.endsWith('&') ? '' : '&';
  return { kind: 'redirect', url: `${target}${joint}${text}${fragment}` };
}

function presentOf(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Where and how an answer goes to a client. */
interface Destination {
  readonly realm: Realm;
  readonly client: Client;
  readonly issuer: string;
  readonly mode: ResponseMode;
  readonly redirectUri: string;
}

/** The answer with its parameters as they are or, in a mode of JARM, in one document that is signed and, where the client wants that, encrypted. */
async function sealedAnswer(parts: SealingParts, to: Destination, parameters: Parameters): Promise<ProtocolAnswer> {
  const { realm, client, mode, redirectUri } = to;
  if (!mode.signed) return answerOf(mode.carrier, redirectUri, parameters);
  const exp = parts.clock.nowSeconds() + realm.accessCodeLifespan;
  const claims = { ...presentOf(parameters), iss: to.issuer, aud: client.clientId, exp };
  const signed = await parts.tokens.sign(realm, signatureAlgorithm(realm, client, 'authorization'), claims);
  const response = wantsEncryption(client, 'authorization') ? await parts.tokens.encryptFor(client, 'authorization', signed, true) : signed;
  return answerOf(mode.carrier, redirectUri, { response });
}

/** An error answer (RFC 6749 section 4.1.2.1) with `iss` (RFC 9207). */
export function errorAnswer(
  parts: SealingParts,
  failed: Destination & { readonly error: string; readonly description?: string | undefined; readonly state: string | undefined },
): Promise<ProtocolAnswer> {
  const { error, description, state, issuer } = failed;
  return sealedAnswer(parts, failed, { error, error_description: description, state, iss: issuer });
}

function modeOf(notes: Readonly<Record<string, string>>): ResponseMode {
  return responseModeOf(parseResponseType(notes['response_type'] ?? 'code'), notes['response_mode']) ?? { carrier: 'query', signed: false };
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
        keyThumbprint: parts.features.has('dpop') ? notes['dpop_jkt'] : undefined,
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
  return sealedAnswer(
    parts,
    { realm, client, issuer, mode: modeOf(notes), redirectUri: login.redirectUri },
    {
      state: notes['state'],
      session_state: client.attributes['exclude.session.state.from.auth.response'] === 'true' ? undefined : session.id,
      iss: client.attributes['exclude.issuer.from.auth.response'] === 'true' ? undefined : issuer,
      ...login.extra,
      code,
      id_token: type.idToken ? issued?.id_token : undefined,
      access_token: type.token ? issued?.access_token : undefined,
      token_type: type.token ? issued?.token_type : undefined,
      expires_in: type.token && issued !== undefined ? String(issued.expires_in) : undefined,
    },
  );
}

/** OpenID Connect as the login pages see it. */
export function oidcLoginProtocol(parts: AuthorizationResponseParts): LoginProtocol {
  return {
    succeed: async (login) => (await letDeviceIn(parts.state, login)) ?? succeed(parts, login),
    fail: async (login: FailedLogin) =>
      (await refuseDevice(parts.state, login)) ??
      errorAnswer(parts, { ...login, mode: modeOf(login.clientNotes), state: login.clientNotes['state'] }),
    isFor: (notes, user) => meansUser(notes, user),
    acceptsRedirect: (client, redirectUri, baseUrl) => isRegistered(redirectUri, client.redirectUris, client, baseUrl),
  };
}
