import type { Authority, AuthorityAnswer, AuthorityRequest } from './authority.ts';
import { AuthorityState } from './memory-state.ts';

/** For a single node without a database: it is its own authority. Two nodes never share one across processes. */
export class MemoryAuthority implements Authority {
  readonly #state = new AuthorityState();

  execute(request: AuthorityRequest): Promise<AuthorityAnswer> {
    return Promise.resolve(this.#state.execute(request));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
