import { createHash, randomBytes } from 'node:crypto';
import { type Answer, CookieJar, call } from './http.ts';

/** Who logs in, where to, and for which client; the same for every server that speaks Keycloak's paths. */
export interface WalkSettings {
  readonly realm: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly redirectUri: string;
  readonly username: string;
  readonly password: string;
  readonly scope?: string;
}

/** Users with a password of their own; further ones are copies of them within the tables, and have theirs. */
export const USERS_MADE = 100;

/** Name and password of user number `user` of a realm made by `benchRealm`. */
export function benchUser(user: number): { readonly username: string; readonly password: string } {
  const made = user % USERS_MADE;
  const copy = Math.floor(user / USERS_MADE);
  return { username: copy === 0 ? `user${made}` : `user${made}-${copy}`, password: `password${made}` };
}

/** How user number `user` of a realm made by `benchRealm` logs in at its confidential client. */
export function benchWalk(realm: string, user: number): WalkSettings {
  return { realm, clientId: 'app', clientSecret: 'app-secret', redirectUri: 'http://localhost/callback', ...benchUser(user) };
}

/** Public client number `index` of a realm made by `benchRealm` with more clients than two; all but the first are copies of it. */
export function furtherClient(index: number): Pick<WalkSettings, 'clientId' | 'clientSecret' | 'redirectUri'> {
  return {
    clientId: index === 0 ? 'further-app-0' : `further-app-0-${index}`,
    clientSecret: undefined,
    redirectUri: 'http://localhost/further',
  };
}

/** A token endpoint's answer. */
export interface TokenSet {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token?: string;
  readonly expires_in: number;
  readonly session_state?: string;
  readonly scope: string;
}

/** A step that did not go as a login goes. */
export class WalkError extends Error {
  readonly answer: Answer;

  constructor(step: string, answer: Answer) {
    super(`${step}: ${answer.status} ${answer.headers.location ?? answer.text.slice(0, 300)}`);
    this.name = 'WalkError';
    this.answer = answer;
  }
}

/** The form action of a login page, HTML entities undone. */
export function formAction(html: string): string | undefined {
  return /<form[^>]*\saction="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
}

/** The same URL on another node. */
export function onNode(url: string, base: string): string {
  const parsed = new URL(url, base);
  return `${base}${parsed.pathname}${parsed.search}`;
}

/** One browser and one application on their way through a login; every step may go to another node. */
export class LoginWalk {
  readonly settings: WalkSettings;
  readonly jar = new CookieJar();
  #verifier = '';
  #action = '';
  #code = '';

  constructor(settings: WalkSettings) {
    this.settings = settings;
  }

  #endpoint(base: string, name: string): string {
    return `${base}/realms/${this.settings.realm}/protocol/openid-connect/${name}`;
  }

  get #credentials(): Record<string, string | undefined> {
    return { client_id: this.settings.clientId, client_secret: this.settings.clientSecret };
  }

  /** The authorization request; the answer is a page, or a redirect with a code where the browser is logged in already. */
  async authorize(base: string, extra: Readonly<Record<string, string>> = {}): Promise<Answer> {
    this.#verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: this.settings.clientId,
      redirect_uri: this.settings.redirectUri,
      response_type: 'code',
      scope: this.settings.scope ?? 'openid',
      state: randomBytes(8).toString('hex'),
      nonce: randomBytes(8).toString('hex'),
      code_challenge: createHash('sha256').update(this.#verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...extra,
    });
    return call(`${this.#endpoint(base, 'auth')}?${query}`, { jar: this.jar });
  }

  /** Step 1: the login page. */
  async page(base: string, extra: Readonly<Record<string, string>> = {}): Promise<void> {
    const answer = await this.authorize(base, extra);
    const action = answer.status === 200 ? formAction(answer.text) : undefined;
    if (action === undefined) throw new WalkError('login page', answer);
    this.#action = action;
  }

  /** Step 2: user name and password; remembers the code. */
  async password(base: string): Promise<void> {
    const answer = await call(onNode(this.#action, base), {
      jar: this.jar,
      form: { username: this.settings.username, password: this.settings.password, credentialId: '' },
    });
    this.#keepCode('password', answer);
  }

  /** Single sign-on: a browser that is logged in gets a code at once. */
  async sso(base: string): Promise<void> {
    this.#keepCode('single sign-on', await this.authorize(base));
  }

  #keepCode(step: string, answer: Answer): void {
    const location = answer.headers.location;
    const code = location === undefined ? null : new URL(location).searchParams.get('code');
    if (answer.status !== 302 || code === null) throw new WalkError(step, answer);
    this.#code = code;
  }

  get code(): string {
    return this.#code;
  }

  /** The raw exchange of the remembered code. */
  exchangeCode(base: string): Promise<Answer> {
    return call(this.#endpoint(base, 'token'), {
      form: {
        ...this.#credentials,
        grant_type: 'authorization_code',
        code: this.#code,
        redirect_uri: this.settings.redirectUri,
        code_verifier: this.#verifier,
      },
    });
  }

  /** Step 3: the code against tokens. */
  async exchange(base: string): Promise<TokenSet> {
    return tokensOf('code exchange', await this.exchangeCode(base));
  }

  async login(pageBase: string, passwordBase: string = pageBase, tokenBase: string = passwordBase): Promise<TokenSet> {
    await this.page(pageBase);
    await this.password(passwordBase);
    return this.exchange(tokenBase);
  }

  async refresh(base: string, refreshToken: string): Promise<TokenSet> {
    return tokensOf(
      'refresh',
      await call(this.#endpoint(base, 'token'), {
        form: { ...this.#credentials, grant_type: 'refresh_token', refresh_token: refreshToken },
      }),
    );
  }

  async passwordGrant(base: string): Promise<TokenSet> {
    return tokensOf(
      'password grant',
      await call(this.#endpoint(base, 'token'), {
        form: {
          ...this.#credentials,
          grant_type: 'password',
          username: this.settings.username,
          password: this.settings.password,
          scope: this.settings.scope ?? 'openid',
        },
      }),
    );
  }

  async clientCredentials(base: string): Promise<void> {
    expectStatus(
      'client credentials',
      200,
      await call(this.#endpoint(base, 'token'), { form: { ...this.#credentials, grant_type: 'client_credentials' } }),
    );
  }

  async userinfo(base: string, accessToken: string): Promise<Record<string, unknown>> {
    const answer = await call(this.#endpoint(base, 'userinfo'), { headers: { authorization: `Bearer ${accessToken}` } });
    expectStatus('userinfo', 200, answer);
    return JSON.parse(answer.text) as Record<string, unknown>;
  }

  async introspect(base: string, token: string): Promise<Record<string, unknown>> {
    const answer = await call(this.#endpoint(base, 'token/introspect'), { form: { ...this.#credentials, token } });
    expectStatus('introspection', 200, answer);
    return JSON.parse(answer.text) as Record<string, unknown>;
  }

  /** Ends the session with the refresh token, as applications without a browser do. */
  async logout(base: string, refreshToken: string): Promise<void> {
    expectStatus(
      'logout',
      204,
      await call(this.#endpoint(base, 'logout'), { form: { ...this.#credentials, refresh_token: refreshToken } }),
    );
  }

  async discovery(base: string): Promise<void> {
    expectStatus('discovery', 200, await call(`${base}/realms/${this.settings.realm}/.well-known/openid-configuration`));
  }

  async jwks(base: string): Promise<void> {
    expectStatus('jwks', 200, await call(this.#endpoint(base, 'certs')));
  }
}

function expectStatus(step: string, status: number, answer: Answer): void {
  if (answer.status !== status) throw new WalkError(step, answer);
}

function tokensOf(step: string, answer: Answer): TokenSet {
  expectStatus(step, 200, answer);
  return JSON.parse(answer.text) as TokenSet;
}
