/** An entry of the map with its place in the queue. */
interface Node<V> {
  readonly key: string;
  value: V;
  visited: boolean;
  newer: Node<V> | undefined;
  older: Node<V> | undefined;
}

/**
 * A bounded map with SIEVE eviction: a hit only sets a mark, the hand walks from the oldest entry and evicts the first one without a mark. The queue is
 * linked, because deletions and re-insertions in a Map's own order cost a microsecond each.
 */
export class SieveMap<V> {
  readonly #nodes = new Map<string, Node<V>>();
  readonly #maxCount: number;
  readonly #onEvict: (key: string, value: V) => void;
  #newest: Node<V> | undefined;
  #oldest: Node<V> | undefined;
  #hand: Node<V> | undefined;

  constructor(maxCount: number, onEvict: (key: string, value: V) => void) {
    if (!(Number.isInteger(maxCount) && maxCount > 0)) throw new RangeError(`a bounded cache needs a positive bound, not ${maxCount}`);
    this.#maxCount = maxCount;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(key: string): V | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    node.visited = true;
    return node.value;
  }

  set(key: string, value: V): void {
    const known = this.#nodes.get(key);
    if (known !== undefined) {
      known.value = value;
      known.visited = true;
      return;
    }
    if (this.#nodes.size >= this.#maxCount) this.#evict();
    const node: Node<V> = { key, value, visited: false, newer: undefined, older: this.#newest };
    if (this.#newest !== undefined) this.#newest.newer = node;
    this.#newest = node;
    this.#oldest ??= node;
    this.#nodes.set(key, node);
  }

  delete(key: string): V | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    this.#unlink(node);
    return node.value;
  }

  clear(): void {
    this.#nodes.clear();
    this.#newest = undefined;
    this.#oldest = undefined;
    this.#hand = undefined;
  }

  *values(): IterableIterator<V> {
    for (const node of this.#nodes.values()) yield node.value;
  }

  #evict(): void {
    let node = this.#hand ?? this.#oldest;
    while (node?.visited) {
      node.visited = false;
      node = node.newer ?? this.#oldest;
    }
    if (node === undefined) return;
    this.#hand = node.newer;
    this.#unlink(node);
    this.#onEvict(node.key, node.value);
  }

  #unlink(node: Node<V>): void {
    if (this.#hand === node) this.#hand = node.newer;
    if (node.newer !== undefined) node.newer.older = node.older;
    else this.#newest = node.older;
    if (node.older !== undefined) node.older.newer = node.newer;
    else this.#oldest = node.newer;
    this.#nodes.delete(node.key);
  }
}
