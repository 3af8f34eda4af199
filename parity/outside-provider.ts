import { admin, adminToken } from '../bench/drivers/admin.ts';
import { type Answer, CookieJar } from '../bench/drivers/http.ts';
import { formAction } from '../bench/drivers/login-walk.ts';
import type { Talk } from './talk.ts';

type Json = Readonly<Record<string, unknown>>;

/** The realm that logins are brokered to: for browsers, and for the broker, it is another server. */
export const OUTSIDE_REALM = 'parity-outside';
const CALLBACK = 'http://localhost/callback';
const MAX_HOPS = 12;
const MAPPED = 'oidc-usermodel-attribute-mapper';
/** Claims that users there carry in their tokens, from attributes of the same name. */
const claims = ['department', 'nickname'];

/** A provider of the walk's own in the realm of the walk, with a browser that has cookies of both realms. */
export class OutsideProvider {
  readonly alias: string;
  readonly #talk: Talk;
  #outside = new CookieJar();
  #last: { readonly url: string; readonly answer: Answer } | undefined;

  private constructor(talk: Talk, alias: string) {
    this.#talk = talk;
    this.alias = alias;
  }

  /** Makes the client there, the provider here, and its mappers: type -> configuration. */
  static async make(
    talk: Talk,
    alias: string,
    config: Readonly<Record<string, string>>,
    mappers: readonly (readonly [type: string, config: Readonly<Record<string, string>>])[] = [],
    more: Json = {},
  ): Promise<OutsideProvider> {
    const made = new OutsideProvider(talk, alias);
    const outside = `${talk.base}/realms/${OUTSIDE_REALM}/protocol/openid-connect`;
    await made.#there('POST', '/clients', {
      clientId: `broker-${alias}`,
      secret: 'broker-secret',
      redirectUris: [`${talk.base}/realms/${talk.realm}/broker/${alias}/endpoint*`],
      protocolMappers: claims.map((claim) => ({
        name: claim,
        protocol: 'openid-connect',
        protocolMapper: MAPPED,
        config: {
          'user.attribute': claim,
          'claim.name': claim,
          'jsonType.label': 'String',
          'id.token.claim': 'true',
          'access.token.claim': 'true',
        },
      })),
    });
    await made.#here('POST', '/identity-provider/instances', {
      alias,
      displayName: `Provider ${alias}`,
      providerId: 'oidc',
      enabled: true,
      trustEmail: true,
      // Login pages would show those of the walks that came earlier.
      hideOnLogin: true,
      ...more,
      config: {
        clientId: `broker-${alias}`,
        clientSecret: 'broker-secret',
        clientAuthMethod: 'client_secret_post',
        authorizationUrl: `${outside}/auth`,
        tokenUrl: `${outside}/token`,
        userInfoUrl: `${outside}/userinfo`,
        logoutUrl: `${outside}/logout`,
        issuer: `${talk.base}/realms/${OUTSIDE_REALM}`,
        jwksUrl: `${outside}/certs`,
        useJwksUrl: 'true',
        validateSignature: 'true',
        defaultScope: 'openid profile email',
        ...config,
      },
    });
    for (const [index, [identityProviderMapper, its]] of mappers.entries())
      await made.#here('POST', `/identity-provider/instances/${alias}/mappers`, {
        name: `mapper ${index}`,
        identityProviderAlias: alias,
        identityProviderMapper,
        config: its,
      });
    return made;
  }

  /** A browser without cookies. */
  fresh(): void {
    this.#talk.forget();
    this.#outside = new CookieJar();
  }

  /** Makes or changes a user there. */
  async user(username: string, changes: Json): Promise<void> {
    const [known] = (await this.#there('GET', `/users?username=${username}&exact=true`)) as Record<string, unknown>[];
    if (known === undefined)
      await this.#there('POST', '/users', {
        username,
        enabled: true,
        emailVerified: true,
        email: `${username}@example.org`,
        firstName: 'First',
        lastName: 'Last',
        credentials: [{ type: 'password', value: 'password' }],
        ...changes,
      });
    else await this.#there('PUT', `/users/${String(known['id'])}`, { ...known, ...changes });
  }

  /**
   * Goes to an address and on by redirects, in both realms, until a page or the application's address. Only where that ends is noted: how many steps
   * lie between is each server's own business.
   */
  async go(name: string, url: string, form?: Readonly<Record<string, string>>): Promise<Answer> {
    let target = new URL(url, this.#talk.base).href;
    let body = form;
    for (let hop = 0; hop < MAX_HOPS; hop += 1) {
      const jar = target.includes(`/realms/${OUTSIDE_REALM}/`) ? this.#outside : this.#talk.jar;
      const answer = await this.#talk.step('', target, { jar, ...(body === undefined ? {} : { form: body }) });
      const { location } = answer.headers;
      const leaves = location !== undefined && answer.status >= 300 && answer.status < 400;
      if (!leaves || location.startsWith(CALLBACK)) {
        this.#last = { url: target, answer };
        this.#talk.note(name, answer);
        return answer;
      }
      target = new URL(location, target).href;
      body = undefined;
    }
    throw new Error(`more than ${MAX_HOPS} redirects from ${url}`);
  }

  /** Sends the form of the page that the browser shows. */
  submit(name: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    const action = this.#last === undefined ? undefined : formAction(this.#last.answer.text);
    if (action === undefined) throw new Error(`no form to submit before "${name}": ${this.#last?.answer.text.slice(0, 200)}`);
    return this.go(name, new URL(action, this.#last?.url).href, form);
  }

  /** The authorization request here. */
  begin(name: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const query = new URLSearchParams({ client_id: 'app', redirect_uri: CALLBACK, response_type: 'code', scope: 'openid', ...more });
    return this.go(name, `/realms/${this.#talk.realm}/protocol/openid-connect/auth?${query}`);
  }

  /** A whole login there by a fresh browser; leaves a trace of its end only. */
  async login(name: string, username: string): Promise<Answer> {
    this.fresh();
    await this.begin('', { kc_idp_hint: this.alias });
    return this.submit(name, { username, password: 'password' });
  }

  async #there(method: string, path: string, json?: unknown): Promise<unknown> {
    return admin(this.#talk.base, await adminToken(this.#talk.base), method, `/realms/${OUTSIDE_REALM}${path}`, json);
  }

  async #here(method: string, path: string, json?: unknown): Promise<unknown> {
    return admin(this.#talk.base, await adminToken(this.#talk.base), method, `/realms/${this.#talk.realm}${path}`, json);
  }
}
