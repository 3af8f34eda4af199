import { GridError } from '@keygrid/grid';
import { describe, expect, it } from 'vitest';
import { asStateError, onGridOf, StateUnavailableError } from './state-error.ts';

describe('grid errors on the way to a request', () => {
  it('turns a timeout into 503 with a time to come back', async () => {
    const failing = onGridOf({ fenced: false })(() => Promise.reject(new GridError('GRID_TIMEOUT', 'no answer from n2')));
    await expect(failing).rejects.toMatchObject({ code: 'KG_STATE_UNAVAILABLE', statusCode: 503, retryAfterSeconds: 2 });
    await expect(failing).rejects.toBeInstanceOf(StateUnavailableError);
  });

  it('says apart that this node is fenced', () => {
    expect(asStateError(new GridError('GRID_FENCED', 'lease lost'))).toMatchObject({ code: 'KG_NODE_FENCED', statusCode: 503 });
  });

  it('runs what comes during a short fence when that is over', async () => {
    const grid = { fenced: true };
    const running = onGridOf(grid)(async () => grid.fenced);
    setTimeout(() => {
      grid.fenced = false;
    }, 30);
    await expect(running).resolves.toBe(false);
  });

  it('leaves mistakes of the program as they are', () => {
    const mistake = new GridError('GRID_BAD_ARGUMENT', 'key too long');
    expect(asStateError(mistake)).toBe(mistake);
    const other = new Error('other');
    expect(asStateError(other)).toBe(other);
  });
});
