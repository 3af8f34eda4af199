import type { MemberId } from '../protocol/types.ts';
import { limits } from './limits.ts';
import type { DataMessage, Request } from './messages.ts';

export interface Parked<Message> {
  readonly from: MemberId;
  readonly message: Message;
}

/** Frames that came too early: of an epoch not installed here, or for a segment that is not served yet. Bounded; what is refused comes again. */
export class Parking {
  #epochs: Parked<DataMessage>[] = [];
  readonly #segments = new Map<number, Parked<Request>[]>();
  #segmentCount = 0;

  get size(): number {
    return this.#epochs.length + this.#segmentCount;
  }

  parkEpoch(from: MemberId, message: DataMessage): boolean {
    if (this.#epochs.length >= limits.maxParked) return false;
    this.#epochs.push({ from, message });
    return true;
  }

  /** In order of arrival, what the installed epoch lets through; later epochs stay, older ones go. */
  takeEpoch(epoch: number): Parked<DataMessage>[] {
    const ready = this.#epochs.filter(({ message }) => message.epoch === epoch);
    this.#epochs = this.#epochs.filter(({ message }) => message.epoch > epoch);
    return ready;
  }

  parkSegment(from: MemberId, message: Request): boolean {
    if (this.#segmentCount >= limits.maxParked) return false;
    this.#segmentCount += 1;
    const list = this.#segments.get(message.segment);
    if (list === undefined) this.#segments.set(message.segment, [{ from, message }]);
    else list.push({ from, message });
    return true;
  }

  takeSegment(segment: number): readonly Parked<Request>[] {
    const list = this.#segments.get(segment) ?? [];
    this.#segments.delete(segment);
    this.#segmentCount -= list.length;
    return list;
  }

  /** A new epoch: origins send these again by themselves. */
  dropSegments(): void {
    this.#segments.clear();
    this.#segmentCount = 0;
  }

  reset(): void {
    this.#epochs = [];
    this.dropSegments();
  }
}
