/** Every error of the grid: code -> what it means and what to do. docs/reference/errors.md is made from this table. */
export const gridErrors = {
  GRID_MALFORMED_FRAME: {
    meaning: 'A peer sent bytes that are no frame of this protocol.',
    remedy: 'The connection is closed. Check that nothing but grid members connects to the cluster port.',
  },
  GRID_MOVED: {
    meaning: 'The segment has another primary now.',
    remedy: 'Retried inside; seen outside only when the 10 s budget is used up.',
  },
  GRID_FENCED: {
    meaning: 'This member cannot prove its lease and refuses to answer.',
    remedy: 'Wait until the database or the peers are reachable again; readiness says when.',
  },
  GRID_TIMEOUT: { meaning: 'No answer within the time budget.', remedy: 'Retry later; see the metric of pending operations.' },
  GRID_OUTCOME_UNKNOWN: {
    meaning: 'The operation may or may not have taken effect: this member lost its membership while it was under way.',
    remedy: 'Read the key again before deciding.',
  },
  GRID_OVERLOADED: { meaning: 'A queue of this member is full.', remedy: 'Send less, or add a member.' },
  GRID_STOPPED: { meaning: 'The grid was stopped.', remedy: 'Start it anew.' },
  GRID_BAD_ARGUMENT: { meaning: 'An argument is outside its limits.', remedy: 'The message names the value and the limit.' },
  GRID_BAD_CONFIGURATION: {
    meaning: 'An option of the grid or of a cache is not possible.',
    remedy: 'The message names the option, the value and what is allowed.',
  },
  GRID_CACHE_MISMATCH: {
    meaning: 'The primary opened the cache with another mode, other owners or another state transfer than this member.',
    remedy: 'Open it alike everywhere. To change one of them, give the cache another name.',
  },
  GRID_UPDATE_FAILED: { meaning: 'A registered update function threw.', remedy: 'The entry is unchanged; see the cause.' },
  GRID_UNKNOWN_TASK: {
    meaning: 'No task of that name is defined on the member.',
    remedy: 'Define it on every member, before it is run; members that have just started may not have done so.',
  },
  GRID_TASK_FAILED: { meaning: 'A task threw, or its answer is too large.', remedy: 'The message holds what the task said.' },
  GRID_JOIN_REFUSED: {
    meaning: 'The cluster refused this member.',
    remedy: 'The message says why: cluster name, protocol version, certificate or incarnation.',
  },
  GRID_DISCOVERY_FAILED: {
    meaning: 'The discovery of this stack does not work now: a name does not resolve, a bucket or a network cannot be used.',
    remedy: 'The message names the cause. The node tries again by itself and joins when it works; members that run are not affected.',
  },
  GRID_PACKAGE_MISSING: {
    meaning: 'An optional package that this stack needs is not installed.',
    remedy: 'Install the package that the message names beside the grid, or choose another stack.',
  },
  GRID_ABORTED: { meaning: 'The caller aborted the operation.', remedy: 'None needed.' },
} as const;

export type GridErrorCode = keyof typeof gridErrors;

/** An error of the grid with a code of the catalogue above; the message names the offending value. */
export class GridError extends Error {
  readonly code: GridErrorCode;

  constructor(code: GridErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.name = 'GridError';
    this.code = code;
  }
}
