import type { Model } from './linearizability.ts';

/** Operations of the workload on one key. All values that are ever written are different, so a version is as good as its value. */
export type RegisterInput =
  | { readonly type: 'get' | 'remove' | 'getAndRemove' }
  | { readonly type: 'put' | 'putIfAbsent' | 'replace'; readonly value: string }
  | { readonly type: 'replaceIfVersion'; readonly value: string; readonly expected: string }
  | { readonly type: 'removeIfVersion'; readonly expected: string };

/** `found` as the operation answers it, undefined where its caller is not told; `value` for those that hand one out. */
export interface RegisterOutput {
  readonly found: boolean | undefined;
  readonly value: string | null;
}

/** What one key of a cache means: null = absent. */
export const registerModel: Model<string | null, RegisterInput, RegisterOutput> = {
  initial: null,
  text: (state) => state ?? '\u0000',
  step(state, input, output) {
    const present = state !== null;
    switch (input.type) {
      case 'get':
        return fits(output, present, state) ? { state } : undefined;
      case 'put':
        return output?.found === undefined || output.found === present ? { state: input.value } : undefined;
      case 'putIfAbsent':
        return fits(output, present, state) ? { state: state ?? input.value } : undefined;
      case 'replace':
        return output === undefined || output.found === present ? { state: present ? input.value : null } : undefined;
      case 'remove':
        return output === undefined || output.found === present ? { state: null } : undefined;
      case 'getAndRemove':
        return fits(output, present, state) ? { state: null } : undefined;
      case 'replaceIfVersion':
        return output === undefined || output.found === (state === input.expected)
          ? { state: state === input.expected ? input.value : state }
          : undefined;
      case 'removeIfVersion':
        return output === undefined || output.found === (state === input.expected)
          ? { state: state === input.expected ? null : state }
          : undefined;
    }
  },
};

function fits(output: RegisterOutput | undefined, present: boolean, state: string | null): boolean {
  return output === undefined || (output.found === present && output.value === state);
}
