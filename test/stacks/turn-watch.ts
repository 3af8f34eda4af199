import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/checks/repository.ts';

/** What was seen over a span: processor time of the node's main thread, in milliseconds. */
export interface TurnFigures {
  readonly longestMs: number;
  readonly sumMs: number;
}

const lookEveryMs = 40;

/** Reads what the sampler within a node writes. */
export class TurnWatch implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keygrid-turns-'));
  readonly #timer: NodeJS.Timeout;
  #longestMs = 0;
  #sumMs = 0;
  #sumBeforeMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** For the node that is to be watched. */
  get env(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--import ${join(root, 'test/stacks/turn-sampler.ts')}`, KEYGRID_TEST_TURNS: this.#file };
  }

  get #file(): string {
    return join(this.#folder, 'turns.json');
  }

  /** The figures since the last call. */
  take(): TurnFigures {
    const figures = { longestMs: this.#longestMs, sumMs: this.#sumMs - this.#sumBeforeMs };
    this.#longestMs = 0;
    this.#sumBeforeMs = this.#sumMs;
    return figures;
  }

  #look(): void {
    try {
      const read = JSON.parse(readFileSync(this.#file, 'utf8')) as TurnFigures;
      this.#longestMs = Math.max(this.#longestMs, read.longestMs);
      this.#sumMs = read.sumMs;
    } catch {
      // Not there yet, or half written.
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
