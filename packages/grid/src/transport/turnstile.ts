/**
 * Lets so many through in one turn of the loop, the others wait for the next ones: a handshake costs a signature of a millisecond, and a crowd of
 * strangers must not hold up those who are inside. Whoever pushes bounds the number that waits.
 */
export class Turnstile<T> {
  readonly #perTurn: number;
  readonly #through: (item: T) => void;
  readonly #waiting: T[] = [];
  #turn: NodeJS.Immediate | undefined;

  constructor(perTurn: number, through: (item: T) => void) {
    this.#perTurn = perTurn;
    this.#through = through;
  }

  push(item: T): void {
    this.#waiting.push(item);
    this.#turn ??= setImmediate(() => this.#open());
  }

  #open(): void {
    this.#turn = undefined;
    for (const item of this.#waiting.splice(0, this.#perTurn)) this.#through(item);
    if (this.#waiting.length > 0) this.#turn = setImmediate(() => this.#open());
  }
}
