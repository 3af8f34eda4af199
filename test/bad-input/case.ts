import type { Answer, Call } from '../../bench/drivers/http.ts';

/** Kinds of fault; with the endpoints they span the matrix. */
export const faults = [
  'missing parameter',
  'doubled parameter',
  'oversized value',
  'wrong type',
  'wrong encoding',
  'wrong method',
  'unknown object',
  'forged token',
  'expired',
  'replayed',
  'foreign realm',
  'wrong redirect URI',
  'wrong credentials',
  'bad JSON',
  'script in a value',
] as const;
export type Fault = (typeof faults)[number];

/** Endpoints of the matrix. */
export const endpoints = [
  'auth',
  'login-actions',
  'token: code',
  'token: refresh',
  'token: password',
  'token: client credentials',
  'userinfo',
  'introspect',
  'revoke',
  'logout',
  'discovery and keys',
  'admin realms',
  'admin clients',
  'admin users',
  'admin roles',
] as const;
export type Endpoint = (typeof endpoints)[number];

/** What the cases are made from: good objects of the realm `test`, and bad ones to put in their place. */
export interface Material {
  readonly base: string;
  readonly adminToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  readonly expiredAccessToken: string;
  readonly foreignAccessToken: string;
  readonly foreignRefreshToken: string;
  readonly foreignCode: string;
  readonly usedCode: string;
  readonly loggedOutRefreshToken: string;
  readonly loggedOutAccessToken: string;
  readonly userId: string;
  readonly clientUuid: string;
  /** A fresh code with its verifier. */
  freshCode(): Promise<{ code: string; verifier: string }>;
  /** A fresh login page: form action, and the browser's cookie header. */
  freshForm(): Promise<{ action: string; cookie: string }>;
}

export interface BadCase {
  readonly endpoint: Endpoint;
  readonly fault: Fault;
  readonly name: string;
  request(material: Material): Promise<Call & { path: string }> | (Call & { path: string });
}

/** What is compared: status, and the error code where the answer carries one. */
export interface Outcome {
  readonly status: number;
  /** `error` of a JSON answer, `redirect:<error>` of a redirect, `page` of an HTML answer. */
  readonly error: string;
}

export function caseId(bad: BadCase): string {
  return `${bad.endpoint} | ${bad.fault} | ${bad.name}`;
}

/** Reduces an answer to what is compared. */
export function outcomeOf(answer: Answer): Outcome {
  const type = String(answer.headers['content-type'] ?? '');
  if (answer.status >= 300 && answer.status < 400) {
    const location = new URL(answer.headers.location ?? '/', 'http://nowhere');
    const error = location.searchParams.get('error') ?? new URLSearchParams(location.hash.slice(1)).get('error');
    return {
      status: answer.status,
      error: error === null ? `redirect to ${location.pathname.replace(/[^/]*$/, '')}` : `redirect:${error}`,
    };
  }
  if (type.includes('json')) {
    const body = JSON.parse(answer.text) as { error?: unknown; errorMessage?: unknown };
    return {
      status: answer.status,
      error: typeof body.error === 'string' ? body.error : typeof body.errorMessage === 'string' ? 'errorMessage' : 'json',
    };
  }
  return { status: answer.status, error: type.includes('html') ? 'page' : answer.text === '' ? 'empty' : 'text' };
}
