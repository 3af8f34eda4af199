import { setTimeout as delay } from 'node:timers/promises';
import { WalkError } from '../../bench/drivers/login-walk.ts';

const withinMs = 60_000;
const pauseMs = 200;

/** Whether an answer only says that the request should be made again: 503, or a connection that was refused. */
export function isPassing(error: unknown): boolean {
  if (error instanceof WalkError) return error.answer.status === 503 || error.answer.status === 502;
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE';
}

/** Makes a request again while the answer is that this node cannot serve now, as a balancer or a client does. */
export async function patient<T>(work: () => Promise<T>): Promise<T> {
  for (const began = performance.now(); ; await delay(pauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() - began > withinMs) throw error;
    }
  }
}
