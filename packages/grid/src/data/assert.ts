/** A broken invariant is a fault of this program: it must stop the member, not corrupt data. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`grid invariant broken: ${invariant}`);
}
