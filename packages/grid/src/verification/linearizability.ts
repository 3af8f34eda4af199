/**
 * Is there one order of a key's operations that fits both real time and what each one answered? Search after Wing and Gong with Lowe's
 * memory of visited states ("Testing for linearizability", 2017): a linked list of calls and returns, a bit set of what is placed already.
 */

/** One operation of the history of one key. */
export interface HistoryOperation<Input, Output> {
  readonly input: Input;
  /** undefined: nobody knows how it ended; it may take effect at any time after the call, or never. */
  readonly output: Output | undefined;
  readonly calledAt: number;
  /** Infinity for unknown outcomes. */
  readonly returnedAt: number;
}

/** The sequential meaning of the operations. States are compared by their text. */
export interface Model<State, Input, Output> {
  readonly initial: State;
  /** The state after `input`, or undefined if `output` is not what the operation answers in `state`. Unknown outputs fit always. */
  step(state: State, input: Input, output: Output | undefined): { readonly state: State } | undefined;
  text(state: State): string;
}

export interface Verdict {
  readonly linearizable: boolean;
  /** Largest number of operations that could be put in order; for the report. */
  readonly longest: number;
}

interface Node {
  readonly operation: number;
  /** The return that belongs to a call; undefined on returns and on calls whose outcome is unknown. */
  readonly match: Node | undefined;
  readonly isCall: boolean;
  previous: Node | undefined;
  next: Node | undefined;
}

/** Throws if more than `maxSteps` are needed: histories must stay small (about 10 clients and 2,000 operations on one key). */
export function checkLinearizability<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly HistoryOperation<Input, Output>[],
  maxSteps = 20_000_000,
): Verdict {
  const head = linkedEvents(history);
  const placed = new Uint32Array(Math.ceil(history.length / 32) || 1);
  const seen = new Set<string>();
  const stack: { node: Node; state: State }[] = [];
  let mustPlace = history.filter((operation) => operation.output !== undefined).length;
  let state = model.initial;
  let longest = 0;
  let node = head.next;
  for (let step = 0; mustPlace > 0; step++) {
    if (step > maxSteps) throw new Error(`no verdict after ${maxSteps} steps over ${history.length} operations`);
    if (node?.isCall) {
      const operation = history[node.operation];
      const after = operation === undefined ? undefined : model.step(state, operation.input, operation.output);
      if (operation !== undefined && after !== undefined && isNew(seen, placed, node.operation, model.text(after.state))) {
        stack.push({ node, state });
        state = after.state;
        flip(placed, node.operation);
        lift(node);
        if (operation.output !== undefined) mustPlace -= 1;
        longest = Math.max(longest, stack.length);
        node = head.next;
      } else node = node.next;
      continue;
    }
    // A return whose call is not placed (or the end of the list): something placed before must go elsewhere.
    const last = stack.pop();
    if (last === undefined) return { linearizable: false, longest };
    state = last.state;
    flip(placed, last.node.operation);
    unlift(last.node);
    if (history[last.node.operation]?.output !== undefined) mustPlace += 1;
    node = last.node.next;
  }
  return { linearizable: true, longest };
}

function linkedEvents<Input, Output>(history: readonly HistoryOperation<Input, Output>[]): Node {
  const events: { at: number; isCall: boolean; operation: number }[] = [];
  history.forEach(({ calledAt, returnedAt, output }, operation) => {
    events.push({ at: calledAt, isCall: true, operation });
    if (output !== undefined) events.push({ at: returnedAt, isCall: false, operation });
  });
  // At one moment calls stand before returns: operations that touch count as concurrent.
  events.sort((a, b) => a.at - b.at || Number(b.isCall) - Number(a.isCall));
  const returns = new Map<number, Node>();
  let next: Node | undefined;
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index];
    if (event === undefined) continue;
    const node: Node = {
      operation: event.operation,
      isCall: event.isCall,
      match: event.isCall ? returns.get(event.operation) : undefined,
      previous: undefined,
      next,
    };
    if (!event.isCall) returns.set(event.operation, node);
    if (next !== undefined) next.previous = node;
    next = node;
  }
  const head: Node = { operation: -1, isCall: false, match: undefined, previous: undefined, next };
  if (next !== undefined) next.previous = head;
  return head;
}

function unlink(node: Node): void {
  if (node.previous !== undefined) node.previous.next = node.next;
  if (node.next !== undefined) node.next.previous = node.previous;
}

function relink(node: Node): void {
  if (node.previous !== undefined) node.previous.next = node;
  if (node.next !== undefined) node.next.previous = node;
}

function lift(call: Node): void {
  unlink(call);
  if (call.match !== undefined) unlink(call.match);
}

function unlift(call: Node): void {
  if (call.match !== undefined) relink(call.match);
  relink(call);
}

function flip(bits: Uint32Array, index: number): void {
  bits[index >>> 5] = (bits[index >>> 5] ?? 0) ^ (1 << (index & 31));
}

/** Remembers (set of placed operations, state); false if the search has been there. */
function isNew(seen: Set<string>, placed: Uint32Array, operation: number, state: string): boolean {
  flip(placed, operation);
  const name = `${String.fromCharCode(...new Uint16Array(placed.buffer))}|${state}`;
  flip(placed, operation);
  if (seen.has(name)) return false;
  seen.add(name);
  return true;
}
