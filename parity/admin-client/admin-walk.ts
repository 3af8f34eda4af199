import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { adminToken } from '../../bench/drivers/admin.ts';
import type { Talk } from '../talk.ts';
import { noteJson, type Seen } from '../trace/json.ts';
import { shapeOfText } from '../trace/shape.ts';

type Payload = Readonly<Record<string, unknown>> | readonly unknown[];
type Call = (payload?: unknown, second?: unknown) => Promise<unknown>;

/** How long one token is used: those of master live a minute. */
const TOKEN_MS = 20_000;
/** Step that holds the calls a walk has made, for the test that none is left out. */
export const CALLS = 'calls made';

/** How a call is told from others of its kind, and what of its answer is not compared. */
export interface Seeing {
  readonly as?: string;
  /** Members that are left out wherever they stand: texts of one's own, or values by chance. */
  readonly omit?: readonly string[];
  /** Takes out of the answer what is compared. */
  readonly only?: (answer: unknown) => unknown;
  /** Second argument of the call: the body of an update. */
  readonly body?: unknown;
}

/** Calls the Admin REST interface through its published client, and notes what the caller gets. */
export class AdminWalk {
  readonly #talk: Talk;
  readonly #client: KeycloakAdminClient;
  readonly #calls = new Set<string>();
  readonly realm: string;
  #token: { readonly text: Promise<string>; readonly atMs: number } | undefined;

  constructor(talk: Talk, realm: string) {
    this.#talk = talk;
    this.realm = realm;
    this.#client = new KeycloakAdminClient({ baseUrl: talk.base, realmName: 'master' });
    this.#client.registerTokenProvider({ getAccessToken: () => this.#freshToken() });
  }

  /** Makes the call `resource.method` in the realm of the walk; an error is an answer too. Gives what the client gives. */
  async see<T = unknown>(call: string, payload: Payload = {}, seeing: Seeing = {}): Promise<T> {
    const name = seeing.as === undefined ? call : `${call}: ${seeing.as}`;
    if (name in this.#talk.trace) throw new Error(`two steps are called "${name}"`);
    this.#calls.add(call);
    let answer: unknown;
    const seen: Seen = {};
    try {
      answer = await this.#call(call, payload, seeing.body);
      this.#note(seen, seeing.only === undefined ? answer : seeing.only(answer), seeing.omit ?? []);
    } catch (error) {
      const { response, responseData } = error as { response?: Response; responseData?: unknown };
      if (response === undefined) throw error;
      seen['status'] = String(response.status);
      this.#note(seen, responseData, seeing.omit ?? []);
    }
    this.#talk.trace[name] = seen;
    return answer as T;
  }

  /** The status of one call below the realm that the client would not send; of its answer nothing else is compared. */
  async status(name: string, method: string, path: string, body: unknown): Promise<void> {
    if (name in this.#talk.trace) throw new Error(`two steps are called "${name}"`);
    const headers = { authorization: `Bearer ${await this.#freshToken()}`, 'content-type': 'application/json' };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${this.#talk.base}/admin/realms/${this.realm}${path}`, { method, headers, body: text });
    await answer.arrayBuffer();
    this.#talk.trace[name] = { status: String(answer.status) };
  }

  /** The same without a trace: preparation. */
  async prepare<T = unknown>(call: string, payload: Payload = {}, body?: unknown): Promise<T> {
    return (await this.#call(call, payload, body)) as T;
  }

  /** A user logs in by password; leaves no trace. */
  async login(client: string, secret: string, username: string, password: string, scope: string): Promise<void> {
    const form = { grant_type: 'password', client_id: client, client_secret: secret, username, password, scope };
    const answer = await this.#talk.ask('', 'token', { form });
    if (answer.status !== 200) throw new Error(`no login of ${username}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }

  /** A realm of its own for the walk, gone at its end. */
  async inOwnRealm(more: Readonly<Record<string, unknown>>, work: () => Promise<void>): Promise<void> {
    await this.#call('realms.del', {}, undefined).catch(() => {});
    await this.#call('realms.create', { enabled: true, ...more }, undefined);
    try {
      await work();
    } finally {
      this.#talk.trace[CALLS] = { calls: [...this.#calls].sort().join(' ') };
      await this.#call('realms.del', {}, undefined).catch(() => {});
    }
  }

  async #call(call: string, payload: Payload, body: unknown): Promise<unknown> {
    const [resource = '', method = ''] = call.split('.');
    const calls = (this.#client as unknown as Record<string, Record<string, Call> | undefined>)[resource];
    const made = calls?.[method];
    if (made === undefined) throw new Error(`the client has no call ${call}`);
    const named = { realm: this.realm, ...(payload as object) };
    return await (body === undefined ? made.call(calls, named) : made.call(calls, named, body));
  }

  #note(seen: Seen, answer: unknown, omit: readonly string[]): void {
    const places = { base: this.#talk.base };
    if (answer instanceof ArrayBuffer) seen['bytes'] = answer.byteLength > 0 ? 'some' : 'none';
    else if (answer === undefined || answer === '') seen['body'] = 'empty';
    else if (typeof answer === 'string') seen['body'] = shapeOfText(answer.slice(0, 200), places);
    else {
      const compared: unknown = JSON.parse(JSON.stringify(answer, (key, value: unknown) => (omit.includes(key) ? undefined : value)));
      noteJson(seen, 'json', compared, places);
    }
  }

  #freshToken(): Promise<string> {
    const now = Date.now();
    if (this.#token === undefined || now - this.#token.atMs > TOKEN_MS) this.#token = { text: adminToken(this.#talk.base), atMs: now };
    return this.#token.text;
  }
}

/** Makers of calls, and the groups of organizations, which are a client of their own. */
const NO_CALLS = new Set(['makeRequest', 'makeUpdateRequest', 'groups']);

/** Every call of the client: `resource.method`. */
export function allCalls(): readonly string[] {
  const client = new KeycloakAdminClient() as unknown as Record<string, unknown>;
  return Object.entries(client).flatMap(([resource, calls]) =>
    typeof calls !== 'object' || calls === null
      ? []
      : Object.entries(calls).flatMap(([method, call]) =>
          typeof call === 'function' && !NO_CALLS.has(method) ? [`${resource}.${method}`] : [],
        ),
  );
}
