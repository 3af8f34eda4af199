import type { InjectOptions } from 'fastify';
import { registerClientRegistration } from '../client-registration/index.ts';
import type { UserEvent } from '../events/events.ts';
import { registrationPolicyType } from '../realm/default-registration-policies.ts';
import { type AdminServer, startAdminServer } from './admin-server.ts';

/** What an address of client registration answered. */
export interface RegistrationAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Policy {
  readonly id: string;
  readonly name: string;
  readonly providerId: string;
  readonly subType: string;
  readonly config: Readonly<Record<string, readonly string[]>>;
}

/** Client registration in a realm `reg` over real stores, with an administrator of it at hand. */
export interface RegistrationWorld extends AsyncDisposable {
  readonly server: AdminServer;
  readonly admin: string;
  /** Events since the last call. */
  takeEvents(): UserEvent[];
  /** `path` below `/clients-registrations/`. */
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    token?: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<RegistrationAnswer>;
  /** An initial access token. */
  initial(wish?: object): Promise<string>;
  policies(): Promise<Policy[]>;
  /** Settings of the policy of that kind for strangers. */
  configure(providerId: string, config: Policy['config'], subType?: string): Promise<void>;
}

export async function startRegistrationWorld(realm: Readonly<Record<string, unknown>> = {}): Promise<RegistrationWorld> {
  const seen: UserEvent[] = [];
  const server = await startAdminServer((app, context) =>
    registerClientRegistration(app, { ...context, events: { emit: (event) => void seen.push(event) } }),
  );
  await server.createRealm({ realm: 'reg', enabled: true, ...realm });
  const admin = await server.token('master', 'admin');
  const call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => server.call(admin, method, `/realms/reg${path}`, body);
  const policies = async (): Promise<Policy[]> => (await call('GET', `/components?type=${registrationPolicyType}`)).json();
  return {
    server,
    admin,
    takeEvents: () => seen.splice(0),
    async ask(method, path, token, body, headers = {}) {
      const options: InjectOptions = {
        method,
        url: `/realms/reg/clients-registrations/${path}`,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      };
      const answer = await server.app.inject(options);
      return { status: answer.statusCode, headers: answer.headers, json: answer.body === '' ? {} : answer.json() };
    },
    async initial(wish = { count: 100 }) {
      return (await call('POST', '/clients-initial-access', wish)).json<{ token: string }>().token;
    },
    policies,
    async configure(providerId, config, subType = 'anonymous') {
      const found = (await policies()).find((one) => one.providerId === providerId && one.subType === subType);
      const answer = await call('PUT', `/components/${found?.id}`, { ...found, config });
      if (answer.status !== 204) throw new Error(`${providerId}: ${answer.status} ${answer.text}`);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
