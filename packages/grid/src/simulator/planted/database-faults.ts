import type { AuthorityAnswer, AuthorityRequest } from '../../authority/authority.ts';
import { Database } from '../database.ts';

/** A change is swapped in against whatever epoch is stored. */
export class EpochUnchecked extends Database {
  protected override execute(request: AuthorityRequest, client: string): AuthorityAnswer | undefined {
    return super.execute(request.kind === 'change' ? { ...request, expectedEpoch: this.state.view?.epoch ?? 0 } : request, client);
  }
}

/** An eviction does not look whether its victim has renewed its lease meanwhile. */
export class BeatUnchecked extends Database {
  protected override execute(request: AuthorityRequest, client: string): AuthorityAnswer | undefined {
    if (request.kind !== 'change') return super.execute(request, client);
    const gone = request.gone.map(({ id, beat }) => ({ id, beat: this.state.rows.get(id)?.beat ?? beat }));
    return super.execute({ ...request, gone }, client);
  }
}

/** A member is admitted although its row is gone. */
export class AdmitsWithoutRow extends Database {
  protected override execute(request: AuthorityRequest, client: string): AuthorityAnswer | undefined {
    return super.execute(request.kind === 'change' ? { ...request, admitted: [] } : request, client);
  }
}

const transactionMs = 20;

/** A change is a transaction of several statements, so that a member that freezes in its midst holds its locks until it goes on. */
export class LocksHeldByMembers extends Database {
  #holder: { readonly client: string; readonly untilMs: number } | undefined;

  protected override execute(request: AuthorityRequest, client: string): AuthorityAnswer | undefined {
    const held = this.#holder !== undefined && this.#holder.client !== client && this.isFrozen(this.#holder.client);
    if (held && request.kind !== 'read') return undefined;
    const { nowMs } = this.schedule;
    if (request.kind === 'change') this.#holder = { client, untilMs: nowMs + transactionMs };
    else if (this.#holder !== undefined && nowMs > this.#holder.untilMs && !this.isFrozen(this.#holder.client)) this.#holder = undefined;
    return super.execute(request, client);
  }
}
