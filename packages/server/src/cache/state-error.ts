import { GridError, type GridErrorCode } from '@keygrid/grid';
import { ServerError, type ServerErrorCode } from '../http/errors.ts';
import { FencePatience } from './fence-patience.ts';

/** The cluster state cannot be read or written now: HTTP 503 with Retry-After. */
export class StateUnavailableError extends ServerError {
  constructor(message: string, options: ErrorOptions & { readonly code?: ServerErrorCode; readonly retryAfterSeconds?: number } = {}) {
    super(options.code ?? 'KG_STATE_UNAVAILABLE', message, options);
    this.name = 'StateUnavailableError';
  }
}

/** What a grid error means to a request; codes that are not here are mistakes of this program and stay what they are. */
const answers: Partial<Record<GridErrorCode, { readonly code: ServerErrorCode; readonly retryAfterSeconds: number }>> = {
  GRID_FENCED: { code: 'KG_NODE_FENCED', retryAfterSeconds: 5 },
  GRID_STOPPED: { code: 'KG_NODE_FENCED', retryAfterSeconds: 5 },
  GRID_MOVED: { code: 'KG_STATE_UNAVAILABLE', retryAfterSeconds: 1 },
  GRID_TIMEOUT: { code: 'KG_STATE_UNAVAILABLE', retryAfterSeconds: 2 },
  GRID_OUTCOME_UNKNOWN: { code: 'KG_STATE_UNAVAILABLE', retryAfterSeconds: 1 },
  GRID_OVERLOADED: { code: 'KG_STATE_UNAVAILABLE', retryAfterSeconds: 1 },
  GRID_ABORTED: { code: 'KG_STATE_UNAVAILABLE', retryAfterSeconds: 1 },
};

/** `error` as a request should see it. */
export function asStateError(error: unknown): unknown {
  if (!(error instanceof GridError)) return error;
  const answer = answers[error.code];
  return answer === undefined ? error : new StateUnavailableError(error.message, { cause: error, ...answer });
}

/** Runs a grid operation; its errors come out as what a request should see. */
export type OnGrid = <T>(work: () => Promise<T>) => Promise<T>;

/** How operations of this grid are run: what comes while it is fenced for a moment waits. */
export function onGridOf(grid: { readonly fenced: boolean }): OnGrid {
  const patience = new FencePatience(grid);
  return async (work) => {
    const fence = patience.passed();
    if (fence !== undefined) await fence;
    try {
      return await work();
    } catch (error) {
      throw asStateError(error);
    }
  };
}
