import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as oidc from 'openid-client';

// A small application that lets people log in: authorization code with PKCE through openid-client, nothing of our own.
// It keeps its sessions in memory and exists to show that the login survives the loss of a node.

/** Logins in progress and sessions kept at most; the oldest goes. */
const MAX_ENTRIES = 1_000;

interface PendingLogin {
  readonly verifier: string;
  readonly state: string;
}

interface AppSession {
  tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;
  refreshes: number;
}

export interface DemoApplicationOptions {
  readonly port: number;
  /** Frontend URL of the demo realm. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>body{font:16px/1.5 system-ui;max-width:44rem;margin:3rem auto;padding:0 1rem}pre{background:#f4f4f6;padding:1rem;overflow:auto}a.button{display:inline-block;background:#2456d6;color:#fff;padding:.5rem 1rem;border-radius:.4rem;text-decoration:none;margin-right:.5rem}</style></head><body><h1>${title}</h1>${body}</body></html>`;
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > MAX_ENTRIES && oldest.done !== true) map.delete(oldest.value);
}

class DemoApplication {
  readonly #options: DemoApplicationOptions;
  readonly #pending = new Map<string, PendingLogin>();
  readonly #sessions = new Map<string, AppSession>();
  #configuration: oidc.Configuration | undefined;

  constructor(options: DemoApplicationOptions) {
    this.#options = options;
  }

  get #origin(): string {
    return `http://localhost:${this.#options.port}`;
  }

  async #client(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    this.#configuration ??= await oidc.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      execute: [oidc.allowInsecureRequests],
    });
    return this.#configuration;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#origin);
    const id = /(?:^|;\s*)demo_app=([A-Za-z0-9_-]{20,})/.exec(request.headers.cookie ?? '')?.[1];
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (url.pathname === '/login') return this.#login(response);
    if (url.pathname === '/callback') return this.#callback(url, id, response);
    if (url.pathname === '/refresh' && session !== undefined) return this.#refresh(session, response);
    if (url.pathname === '/logout' && id !== undefined && session !== undefined) return this.#logout(id, session, response);
    if (url.pathname !== '/') {
      response.writeHead(302, { location: '/' }).end();
      return;
    }
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(session === undefined ? this.#welcome() : this.#inside(session));
  }

  #welcome(): string {
    return page(
      'Demo application',
      '<p>Log in as alice, bob or carol; the password is the name.</p><p><a class="button" href="/login">Log in</a></p>',
    );
  }

  #inside(session: AppSession): string {
    const claims = session.tokens.claims();
    return page(
      `Hello, ${escapeHtml(String(claims?.['name'] ?? claims?.['preferred_username'] ?? claims?.sub))}`,
      `<p>Refreshed ${session.refreshes} times. Kill a node, then refresh.</p><p><a class="button" href="/refresh">Refresh the tokens</a><a class="button" href="/logout">Log out</a></p><pre>${escapeHtml(JSON.stringify(claims, null, 2))}</pre>`,
    );
  }

  async #login(response: ServerResponse): Promise<void> {
    const client = await this.#client();
    const verifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const id = oidc.randomState();
    remember(this.#pending, id, { verifier, state });
    const target = oidc.buildAuthorizationUrl(client, {
      redirect_uri: `${this.#origin}/callback`,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
    });
    response.writeHead(302, { location: target.href, 'set-cookie': `demo_app=${id}; HttpOnly; Path=/; SameSite=Lax` }).end();
  }

  async #callback(url: URL, id: string | undefined, response: ServerResponse): Promise<void> {
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) {
      response.writeHead(302, { location: '/' }).end();
      return;
    }
    this.#pending.delete(id);
    const tokens = await oidc.authorizationCodeGrant(await this.#client(), url, {
      pkceCodeVerifier: pending.verifier,
      expectedState: pending.state,
    });
    remember(this.#sessions, id, { tokens, refreshes: 0 });
    response.writeHead(302, { location: '/' }).end();
  }

  async #refresh(session: AppSession, response: ServerResponse): Promise<void> {
    session.tokens = await oidc.refreshTokenGrant(await this.#client(), session.tokens.refresh_token ?? '');
    session.refreshes += 1;
    response.writeHead(302, { location: '/' }).end();
  }

  async #logout(id: string, session: AppSession, response: ServerResponse): Promise<void> {
    this.#sessions.delete(id);
    const target = oidc.buildEndSessionUrl(await this.#client(), {
      post_logout_redirect_uri: `${this.#origin}/`,
      id_token_hint: session.tokens.id_token ?? '',
    });
    response.writeHead(302, { location: target.href }).end();
  }
}

/** Serves the demo application on 127.0.0.1; errors of the login are shown as a page. */
export async function startDemoApplication(options: DemoApplicationOptions): Promise<Server> {
  const application = new DemoApplication(options);
  const server = createServer((request, response) => {
    application.handle(request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(502, { 'content-type': 'text/html; charset=utf-8' })
          .end(page('That did not work', `<p>${escapeHtml(error.message)}</p><p><a class="button" href="/login">Log in again</a></p>`));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return server;
}
