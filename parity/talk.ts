import { createHash } from 'node:crypto';
import { adminToken } from '../bench/drivers/admin.ts';
import { type Answer, type Call, CookieJar, call } from '../bench/drivers/http.ts';
import { formAction } from '../bench/drivers/login-walk.ts';
import { traceOf } from './trace/answer.ts';
import type { Seen } from './trace/json.ts';

/** Step name -> what was seen. */
export type Trace = Record<string, Seen>;

/** A client of the realms of parity/realms.ts. */
export interface Asking {
  readonly client: string;
  readonly secret?: string;
}

export const app: Asking = { client: 'app', secret: 'app-secret' };
export const redirectUri = 'http://localhost/callback';
const verifier = 'a-code-verifier-that-is-long-enough-for-the-standard-0123456789';

type Form = Readonly<Record<string, string | undefined>>;

/** A token answer. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
}

/** One scripted conversation with a server; a step without a name is preparation and leaves no trace. */
export class Talk {
  readonly base: string;
  readonly realm: string;
  readonly trace: Trace = {};
  jar = new CookieJar();
  /** Sent with everything that the browser asks for. */
  headers: Readonly<Record<string, string>> = {};
  #page = '';

  constructor(base: string, realm: string) {
    this.base = base;
    this.realm = realm;
  }

  /** One request; `path` is a whole URL, or stands under the realm. */
  async step(name: string, path: string, options: Call = {}): Promise<Answer> {
    const url = /^https?:/.test(path) ? path : `${this.base}/realms/${this.realm}${path}`;
    const answer = await call(url, options);
    this.note(name, answer);
    if (options.jar !== undefined && String(answer.headers['content-type']).includes('html')) this.#page = answer.text;
    return answer;
  }

  /** Keeps what an answer shows, under a name of its own; without a name nothing. */
  note(name: string, answer: Answer): void {
    if (name === '') return;
    if (name in this.trace) throw new Error(`two steps are called "${name}"`);
    this.trace[name] = traceOf(answer, { base: this.base });
  }

  /** A request to an endpoint of the protocol, without cookies. */
  ask(name: string, endpoint: string, options: Call = {}): Promise<Answer> {
    return this.step(name, `/protocol/openid-connect/${endpoint}`, options);
  }

  /** From now on it is a browser without cookies. */
  forget(): void {
    this.jar = new CookieJar();
  }

  /** The browser goes to an address. */
  browse(name: string, path: string, options: Call = {}): Promise<Answer> {
    return this.step(name, path, { jar: this.jar, ...options, headers: { ...this.headers, ...options.headers } });
  }

  /** The authorization request; members of `changes` that are undefined leave a parameter out. */
  authorize(name: string, changes: Form = {}): Promise<Answer> {
    const parameters: Form = {
      client_id: 'app',
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: 'state-1',
      nonce: 'nonce-1',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    };
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(parameters)) if (value !== undefined) query.set(key, value);
    return this.browse(name, `/protocol/openid-connect/auth?${query}`);
  }

  /** Sends the form of the page that the browser shows. */
  submit(name: string, form: Form): Promise<Answer> {
    const action = formAction(this.#page);
    if (action === undefined) throw new Error(`no form to submit before "${name}": ${this.#page.slice(0, 200)}`);
    return this.browse(name, new URL(action, this.base).href, { form: { ...hiddenFields(this.#page), ...form } });
  }

  /** Follows a redirect of the server to itself. */
  follow(name: string, answer: Answer): Promise<Answer> {
    const { location } = answer.headers;
    if (location === undefined) throw new Error(`nothing to follow before "${name}": ${answer.status} ${answer.text.slice(0, 200)}`);
    return this.browse(name, new URL(location, this.base).href);
  }

  /** Logs a user in, or goes on with the session of the browser, and gives the code; leaves no trace. */
  async login(user: string, changes: Form = {}, fields: Form = {}): Promise<string> {
    const answer = await this.authorize('', changes);
    if (answer.status !== 200) return codeOf(answer);
    return codeOf(await this.submit('', { username: user, password: 'password', ...fields }));
  }

  token(name: string, form: Form, asking: Asking = app, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask(name, 'token', { form: { client_id: asking.client, client_secret: asking.secret, ...form }, headers });
  }

  exchange(name: string, code: string, asking: Asking = app, changes: Form = {}): Promise<Answer> {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier, ...changes };
    return this.token(name, form, asking);
  }

  refresh(name: string, refreshToken: string, asking: Asking = app, changes: Form = {}): Promise<Answer> {
    return this.token(name, { grant_type: 'refresh_token', refresh_token: refreshToken, ...changes }, asking);
  }

  /** The tokens of a fresh login; leaves no trace. */
  async tokens(user: string, changes: Form = {}, asking: Asking = app): Promise<Tokens> {
    return tokensOf(await this.exchange('', await this.login(user, { client_id: asking.client, ...changes }), asking));
  }

  /**
   * A call of Admin REST below the realm, as the administrator of all.
   * @param omit members that are not compared wherever they stand: texts of one's own, or objects with ids for names
   */
  async admin(name: string, method: string, path: string, json?: unknown, omit: readonly string[] = []): Promise<Answer> {
    const headers = { authorization: `Bearer ${await adminToken(this.base)}` };
    const url = `${this.base}/admin/realms/${this.realm}${path}`;
    const answer = await this.step(omit.length === 0 ? name : '', url, { method, headers, ...(json === undefined ? {} : { json }) });
    if (omit.length === 0) return answer;
    const text = JSON.stringify(JSON.parse(answer.text), (key, value: unknown) => (omit.includes(key) ? undefined : value));
    this.trace[name] = traceOf({ ...answer, text }, { base: this.base });
    return answer;
  }

  async userId(username: string): Promise<string> {
    const answer = await this.admin('', 'GET', `/users?username=${username}&exact=true`);
    return (JSON.parse(answer.text) as { id: string }[])[0]?.id ?? '';
  }

  /** Path of Admin REST below one user. */
  async userPath(username: string, path: string): Promise<string> {
    return `/users/${await this.userId(username)}${path}`;
  }

  /** UUID of a client. */
  async clientId(name: string): Promise<string> {
    const answer = await this.admin('', 'GET', `/clients?clientId=${name}`);
    return (JSON.parse(answer.text) as { id: string }[])[0]?.id ?? '';
  }

  userinfo(name: string, accessToken: string): Promise<Answer> {
    return this.ask(name, 'userinfo', { headers: { authorization: `Bearer ${accessToken}` } });
  }

  introspect(name: string, token: string, asking: Asking = app): Promise<Answer> {
    return this.ask(name, 'token/introspect', { form: { client_id: asking.client, client_secret: asking.secret, token } });
  }
}

/** Fields of the first form that a browser sends along with what a person types. */
function hiddenFields(html: string): Record<string, string> {
  const fields: Record<string, string> = {};
  const [form = ''] = /<form\b.*?<\/form>/is.exec(html) ?? [];
  for (const [tag] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/gi)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) fields[name] = /value="([^"]*)"/.exec(tag)?.[1] ?? '';
  }
  return fields;
}

/** The code of a redirect to the application. */
export function codeOf(answer: Answer): string {
  const location = new URL(answer.headers.location ?? 'http://nowhere');
  const code = location.searchParams.get('code') ?? new URLSearchParams(location.hash.slice(1)).get('code');
  if (code === null) throw new Error(`no code: ${answer.status} ${answer.headers.location ?? answer.text.slice(0, 300)}`);
  return code;
}

export function tokensOf(answer: Answer): Tokens {
  if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${answer.text.slice(0, 300)}`);
  return JSON.parse(answer.text) as Tokens;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
