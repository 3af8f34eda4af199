import { randomBytes } from 'node:crypto';
import { GridError } from '../../errors.ts';
import type { Time } from '../../facade/time.ts';
import { majorityTiming } from '../../membership/timing.ts';
import type { Address, ViewBody } from '../../protocol/types.ts';
import type { Channel } from '../../transport/secure-channel.ts';
import type { Authority, AuthorityAnswer, AuthorityRequest } from '../authority.ts';
import { MajorityCore } from './majority-core.ts';
import { keyOf } from './messages.ts';
import { electorateOf, VoterLinks } from './voter-links.ts';
import { decodeAsk, decodeVote, encodeAsk, encodeVote } from './wire.ts';

export interface MajorityAuthorityOptions {
  /** Of all processes that may be members, this one included; alike on all of them. */
  readonly addresses: readonly Address[];
  readonly cluster: string;
  readonly channel: Channel;
  readonly time: Time;
}

const tickMs = 50;

/** Membership decided by the members themselves, for clusters without a database. */
export class MajorityAuthority implements Authority {
  readonly #options: MajorityAuthorityOptions;
  readonly #core: MajorityCore;
  readonly #links: VoterLinks;
  readonly #ticker: Disposable;
  /** What both ends of a link must agree on. */
  readonly electorate: string;

  constructor(options: MajorityAuthorityOptions) {
    const { addresses, cluster, channel, time } = options;
    this.#options = options;
    this.electorate = electorateOf(cluster, addresses);
    this.#links = new VoterLinks({
      channel,
      time,
      electorate: this.electorate,
      answered: (from, number, vote) => this.#core.answered(number, from, decodeVote(vote), time.nowMs()),
    });
    this.#core = new MajorityCore({
      addresses,
      leaseMs: majorityTiming.leaseMs * majorityTiming.margin,
      // 48 random bits: no two lives of one cluster will ever have the same.
      newId: () => randomBytes(6).readUIntBE(0, 6) + 1,
      ask: (to, number, ask) => this.#links.ask(to, number, encodeAsk(ask)),
    });
    this.#ticker = time.every(tickMs, () => this.#core.tick(time.nowMs()));
  }

  /** Another voter's question, as bytes of a frame. @throws GridError GRID_MALFORMED_FRAME */
  asked(ask: Uint8Array): Uint8Array {
    return encodeVote(this.#core.asked(decodeAsk(ask), this.#options.time.nowMs()));
  }

  execute(request: AuthorityRequest): Promise<AuthorityAnswer> {
    const own = request.kind === 'register' ? keyOf(request.registration.address) : undefined;
    const listed = this.#options.addresses.map(keyOf);
    if (own !== undefined && !listed.includes(own))
      return Promise.reject(
        new GridError('GRID_BAD_CONFIGURATION', `this member is dialled at ${own}, which authority.addresses (${listed.join(', ')}) lacks`),
      );
    return new Promise((resolve, reject) => {
      this.#core.execute(request, this.#options.time.nowMs(), (answer) => {
        if (answer === undefined) reject(new GridError('GRID_TIMEOUT', 'no majority of the last view has answered'));
        // Never within the caller's stretch.
        else setImmediate(() => resolve(answer));
      });
    });
  }

  installed(view: ViewBody): void {
    this.#core.installed(view, this.#options.time.nowMs());
  }

  close(): Promise<void> {
    this.#ticker[Symbol.dispose]();
    this.#links.close();
    return Promise.resolve();
  }
}
