import { type Answer, CookieJar, call } from '../../bench/drivers/http.ts';
import { formAction } from '../../bench/drivers/login-walk.ts';

const MAX_STEPS = 15;

/** A browser that goes from server to server, and from realm to realm, with the cookies of each; it follows redirects until a page, or the address of the application. */
export class WanderingBrowser {
  readonly #jars = new Map<string, CookieJar>();
  /** Addresses that were visited, the last one last. */
  readonly visited: string[] = [];

  /** Cookies of a realm are for its path. */
  #jar(url: string): CookieJar {
    const { origin, pathname } = new URL(url);
    const place = `${origin}${/^\/realms\/[^/]+/.exec(pathname)?.[0] ?? ''}`;
    const known = this.#jars.get(place) ?? new CookieJar();
    this.#jars.set(place, known);
    return known;
  }

  /** Gives the page, or the answer whose redirect leads to the application. */
  async go(url: string, form?: Readonly<Record<string, string>>): Promise<Answer> {
    let target = url;
    let body = form;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      this.visited.push(target);
      const answer = await call(target, { jar: this.#jar(target), ...(body === undefined ? {} : { form: body }) });
      const { location } = answer.headers;
      if (location === undefined || answer.status < 300 || answer.status >= 400) return answer;
      target = new URL(location, target).href;
      if (target.startsWith('http://localhost/callback')) return answer;
      body = undefined;
    }
    throw new Error(`more than ${MAX_STEPS} redirects from ${url}`);
  }

  /** Sends the first form of a page. */
  submit(page: Answer, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const action = formAction(page.text);
    if (action === undefined) throw new Error(`no form in ${page.status} ${page.text.slice(0, 300)}`);
    return this.go(new URL(action, this.visited.at(-1)).href, fields);
  }
}
