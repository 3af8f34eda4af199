const firstRoom = 4;

/**
 * A queue that keeps its room when it runs empty. An array that does gives it back and takes new one with the next item, and most queues of
 * the grid hold one item at a time, or none.
 */
export class Fifo<T> {
  /** A ring; its length is a power of two. */
  #items: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): T | undefined {
    return this.#length === 0 ? undefined : this.#items[this.#head];
  }

  get last(): T | undefined {
    return this.at(this.#length - 1);
  }

  /** Counted from the front; undefined beyond either end. */
  at(index: number): T | undefined {
    return index < 0 || index >= this.#length ? undefined : this.#items[this.#place(index)];
  }

  push(item: T): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[this.#place(this.#length)] = item;
    this.#length += 1;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = this.#place(1);
    this.#length -= 1;
    return item;
  }

  /** Makes it the item at `index`; those from there on move back by one. Quick near the end only. */
  insert(index: number, item: T): void {
    this.push(item);
    for (let at = this.#length - 1; at > index; at -= 1) this.#items[this.#place(at)] = this.#items[this.#place(at - 1)];
    this.#items[this.#place(index)] = item;
  }

  replace(index: number, item: T): void {
    this.#items[this.#place(index)] = item;
  }

  /** Drops all others; their order stays. */
  keep(wanted: (item: T) => boolean): void {
    const items = [...this].filter(wanted);
    this.clear();
    for (const item of items) this.push(item);
  }

  /** All of them, which are in it no more. */
  takeAll(): T[] {
    const items = [...this];
    this.clear();
    return items;
  }

  /** Before all that are in it. */
  unshift(items: readonly T[]): void {
    const behind = this.takeAll();
    for (const item of items) this.push(item);
    for (const item of behind) this.push(item);
  }

  clear(): void {
    this.#items.fill(undefined);
    this.#head = 0;
    this.#length = 0;
  }

  /** From the front; items that come meanwhile are among them. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#length; index += 1) yield this.#items[this.#place(index)] as T;
  }

  #place(index: number): number {
    return (this.#head + index) & (this.#items.length - 1);
  }

  #grow(): void {
    const items = new Array<T | undefined>(Math.max(firstRoom, this.#items.length * 2)).fill(undefined);
    for (let index = 0; index < this.#length; index += 1) items[index] = this.#items[this.#place(index)];
    this.#items = items;
    this.#head = 0;
  }
}
