import type { AuthorityRequest } from '../authority/authority.ts';

export interface SentRequest {
  readonly number: number;
  readonly request: AuthorityRequest;
  readonly sentAtMs: number;
}

const maxRemembered = 32;

/** Requests to the authority under way: one of each kind at a time, and a late answer still finds what it answers. */
export class Requests {
  readonly #timeoutMs: number;
  readonly #sent = new Map<number, SentRequest>();
  #last = 0;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Whether one of this kind was sent lately and is not answered. */
  pending(kind: AuthorityRequest['kind'], nowMs: number): boolean {
    for (const sent of this.#sent.values()) if (sent.request.kind === kind && nowMs - sent.sentAtMs < this.#timeoutMs) return true;
    return false;
  }

  add(request: AuthorityRequest, nowMs: number): number {
    this.#last += 1;
    this.#sent.set(this.#last, { number: this.#last, request, sentAtMs: nowMs });
    for (const number of this.#sent.keys()) {
      if (this.#sent.size <= maxRemembered) break;
      this.#sent.delete(number);
    }
    return this.#last;
  }

  take(number: number): SentRequest | undefined {
    const sent = this.#sent.get(number);
    this.#sent.delete(number);
    return sent;
  }
}
