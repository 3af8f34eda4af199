import type { FastifyInstance, LightMyRequestResponse } from 'fastify';

/** What a person's browser does with our answers: keeps cookies, reads forms. Redirects are followed only on demand. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly #app: FastifyInstance;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(app: FastifyInstance, headers: Readonly<Record<string, string>> = {}) {
    this.#app = app;
    this.#headers = { host: 'login.test', ...headers };
  }

  get(url: string): Promise<LightMyRequestResponse> {
    return this.#send({ method: 'GET', url: pathOf(url) });
  }

  post(url: string, form: Readonly<Record<string, string>> | URLSearchParams): Promise<LightMyRequestResponse> {
    return this.#send({
      method: 'POST',
      url: pathOf(url),
      payload: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  /** Sends the page's form with these fields. */
  submit(page: LightMyRequestResponse, fields: Readonly<Record<string, string>>): Promise<LightMyRequestResponse> {
    return this.post(formAction(page), fields);
  }

  async #send(options: { method: 'GET' | 'POST'; url: string; payload?: string; headers?: Record<string, string> }) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.#headers, ...options.headers, ...(cookie === '' ? {} : { cookie }) };
    const response = await this.#app.inject({ ...options, headers });
    for (const line of setCookies(response)) {
      const [pair = '', ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      if (attributes.includes('Max-Age=0')) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
}

/** The Set-Cookie lines of an answer. */
export function setCookies(response: LightMyRequestResponse): string[] {
  const header = response.headers['set-cookie'];
  return header === undefined ? [] : [header].flat();
}

/** Target of the first form of a page. */
export function formAction(page: LightMyRequestResponse): string {
  const action = /<form[^>]* action="([^"]*)"/.exec(page.body)?.[1];
  if (action === undefined) throw new Error(`no form in: ${page.statusCode} ${page.body.slice(0, 200)}`);
  return action.replaceAll('&amp;', '&');
}

/** The redirect of an answer. */
export function redirectOf(response: LightMyRequestResponse): URL {
  const { location } = response.headers;
  if (location === undefined) throw new Error(`no redirect: ${response.statusCode} ${response.body.slice(0, 300)}`);
  return new URL(location);
}

function pathOf(url: string): string {
  return url.startsWith('/') ? url : url.slice(new URL(url).origin.length);
}
