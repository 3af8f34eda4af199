import { limits } from '../limits.ts';
import type { OperationResult } from '../messages.ts';
import { noResult, status } from '../messages.ts';
import { type Decision, nothing, type Operation } from './decision.ts';

const textEncoder = new TextEncoder();

/** Runs the registered function once, here; backups get what came out. A function that throws changes nothing. */
export const update: Operation = (current, fields, context): Decision => {
  const run = context.updates?.get(fields.update);
  if (run === undefined) return nothing(noResult, status.unavailable);
  let outcome: ReturnType<typeof run>;
  try {
    outcome = run(current?.value ?? null, fields.value, context.gridNowMs);
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'the function threw something that is no error');
  }
  const size = Math.max(outcome.value?.length ?? 0, outcome.result.length);
  if (size > limits.maxValueBytes) return failed(`the function made ${size} bytes, at most ${limits.maxValueBytes} allowed`);
  const result: OperationResult = { found: current !== undefined, value: outcome.result, epoch: 0, sequence: 0 };
  if (outcome.action === 'keep' || (outcome.action === 'remove' && current === undefined)) return nothing(result);
  const lifespanMs = outcome.lifespanMs ?? fields.lifespanMs;
  return { action: outcome.action, value: outcome.value, lifespanMs, maxIdleMs: fields.maxIdleMs, status: status.ok, result };
};

function failed(message: string): Decision {
  return nothing({ ...noResult, value: textEncoder.encode(message.slice(0, 500)) }, status.updateFailed);
}
