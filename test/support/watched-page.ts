import type { Browser, Page, Request } from 'playwright-core';
import { until } from './test-cluster.ts';

/** Warnings of the stock console about itself. */
const KNOWN_WARNINGS = /iframe which has both|aria-label should be/;
/** The stock form for a password reads its event after a pause, when the browser has cleared it; nothing comes of it. */
const KNOWN_SCRIPT_ERROR = "Cannot read properties of null (reading 'value')";
const QUIET_MS = 300;
const WITHIN_MS = 90_000;
const SPINNER = '.pf-v5-c-spinner';
/** The stock console keeps one in every row that is not folded out: what nobody sees does not turn. */
const SEEN_SPINNER = `${SPINNER}:visible`;
/** A script for the page: where each spinner hangs, from the inside out. */
const PLACES_OF_SPINNERS = `[...document.querySelectorAll('${SPINNER}')].map((spinner) => {
  const path = [];
  for (let at = spinner.parentElement; at !== null && path.length < 8; at = at.parentElement)
    path.push(at.tagName.toLowerCase() + (at.dataset.testid ? '[' + at.dataset.testid + ']' : at.id ? '#' + at.id : ''));
  return path.join(' < ') + (spinner.checkVisibility() ? '' : ' (hidden)');
})`;

/** A page of a browser that notes what goes wrong in it: errors of the console and of scripts, answers from 400 on, missing texts. */
export class WatchedPage {
  readonly page: Page;
  readonly problems: string[] = [];
  /** What is being loaded, since when. */
  readonly #pending = new Map<Request, number>();
  #lastChange = 0;

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' && !KNOWN_WARNINGS.test(message.text()))
        this.problems.push(`console: ${message.text().slice(0, 300)}`);
    });
    page.on('pageerror', ({ message }) => {
      if (message !== KNOWN_SCRIPT_ERROR) this.problems.push(`script: ${message.slice(0, 300)}`);
    });
    page.on('response', (answer) => {
      if (answer.status() >= 400) {
        const request = answer.request();
        this.problems.push(`${answer.status()} ${request.method()} ${answer.url()} ${(request.postData() ?? '').slice(0, 500)}`.trim());
      }
    });
    const ended = (request: Request): void => {
      this.#pending.delete(request);
      this.#lastChange = performance.now();
    };
    page.on('request', (request) => {
      this.#lastChange = performance.now();
      this.#pending.set(request, this.#lastChange);
    });
    page.on('requestfinished', ended).on('requestfailed', ended);
  }

  /** A page in a context of its own: nobody is logged in. */
  static async open(browser: Browser): Promise<WatchedPage> {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, locale: 'en' });
    context.setDefaultTimeout(WITHIN_MS);
    return new WatchedPage(await context.newPage());
  }

  /** Goes to a place of the console without loading everything anew, as a click in the menu does, and waits until it is quiet there. */
  async visit(hash: string): Promise<void> {
    // What was quiet before says nothing about the new place.
    this.#lastChange = performance.now();
    await this.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await this.settled();
  }

  /** Nothing is being loaded any more and no spinner turns. @throws Error that names what still does. */
  async settled(): Promise<void> {
    await until(
      'the page is quiet',
      async () =>
        this.#pending.size === 0 &&
        performance.now() - this.#lastChange > QUIET_MS &&
        (await this.page.locator(SEEN_SPINNER).count()) === 0,
      WITHIN_MS,
    ).catch(async (error: Error) => {
      throw new Error([error.message, ...(await this.#whatKeepsItBusy())].join('\n'));
    });
  }

  async #whatKeepsItBusy(): Promise<readonly string[]> {
    const now = performance.now();
    const loading = [...this.#pending].map(
      ([request, since]) => `loading for ${Math.round(now - since)} ms: ${request.method()} ${request.url().slice(0, 300)}`,
    );
    const spinners = (await this.page.evaluate(PLACES_OF_SPINNERS)) as readonly string[];
    const at = `on ${this.page.url()}, the last request began or ended ${Math.round(now - this.#lastChange)} ms ago`;
    return [at, ...loading, ...spinners.map((place) => `a spinner in ${place}`), ...this.problems];
  }

  /** What the main part of the page shows: its text, and the values of its fields, a checked one with a mark. */
  async shown(): Promise<string> {
    return (await this.page.evaluate(`(() => {
      const main = document.querySelector('main');
      if (main === null) return '';
      const fields = [...main.querySelectorAll('input, textarea')];
      return [main.innerText, ...fields.map((field) => (field.checked ? '(checked) ' + field.id : field.value))].join('\\n');
    })()`)) as string;
  }

  /** Fills the login form. */
  async login(username: string, password: string): Promise<void> {
    await this.page.fill('input[name=username]', username);
    await this.page.fill('input[name=password]', password);
    await this.page.click('[type=submit]');
  }

  testId(id: string) {
    return this.page.getByTestId(id);
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Takes what went wrong since the last call. */
  taken(): readonly string[] {
    return this.problems.splice(0);
  }
}
