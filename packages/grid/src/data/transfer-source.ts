import type { MemberId } from '../protocol/types.ts';
import { committedOf, type Entry } from './entry.ts';
import { limits } from './limits.ts';
import type { Pull, TransferRecord, Write } from './messages.ts';
import { noResult } from './messages.ts';
import type { DataNode } from './node.ts';
import { murmur3 } from './segment-hash.ts';

interface Stream {
  readonly records: Iterator<TransferRecord>;
  readonly pull: Pull;
  frame: number;
  granted: number;
  count: number;
  checksum: number;
  ended: boolean;
}

/** Sends segments to those who pull them, frame by frame, never more than they granted. */
export class TransferSource {
  readonly #node: DataNode;
  /** By receiver and segment: nobody pulls a segment twice at a time. */
  readonly #streams = new Map<string, Stream>();

  constructor(node: DataNode) {
    this.#node = node;
  }

  /** Begins a stream or grants it more frames. A refused pull is asked again by its receiver, under another name that ends the stream before. */
  pulled(from: MemberId, pull: Pull): void {
    const name = `${from}:${pull.segment}`;
    let stream = this.#streams.get(name);
    if (stream !== undefined && pull.transfer < stream.pull.transfer) return;
    if (stream === undefined || pull.transfer > stream.pull.transfer) {
      if (stream === undefined && (isGrant(pull) || this.#streams.size >= limits.maxStreams)) return;
      stream = { records: recordsOf(this.#node, pull), pull, frame: 0, granted: 0, count: 0, checksum: 0, ended: false };
      this.#streams.set(name, stream);
    }
    stream.granted = Math.max(stream.granted, pull.granted);
    while (!stream.ended && stream.frame < stream.granted) this.#sendFrame(from, stream);
    if (stream.ended) this.#streams.delete(name);
  }

  reset(): void {
    this.#streams.clear();
  }

  #sendFrame(to: MemberId, stream: Stream): void {
    const records: TransferRecord[] = [];
    let bytes = 0;
    while (bytes < limits.transferFrameBytes && records.length < limits.transferFrameRecords) {
      const next = stream.records.next();
      if (next.done) {
        stream.ended = true;
        break;
      }
      records.push(next.value);
      bytes += sizeOf(next.value);
      stream.count += 1;
      stream.checksum = (stream.checksum ^ checksumOf(next.value)) >>> 0;
    }
    stream.frame += 1;
    this.#node.environment.send(to, 'bulk', {
      kind: 'transfer',
      epoch: this.#node.epoch,
      transfer: stream.pull.transfer,
      segment: stream.pull.segment,
      frame: stream.frame,
      records,
      last: stream.ended,
      count: stream.ended ? stream.count : 0,
      checksum: stream.ended ? stream.checksum : 0,
    });
  }
}

/** The grant for the frames after the last crosses with it on the way: to begin its stream again would send the whole segment twice. */
function isGrant(pull: Pull): boolean {
  return pull.granted > limits.framesPerPull;
}

/** Over key hash and version, so that both ends can say that they saw the same. */
export function checksumOf(record: TransferRecord): number {
  return record.type === 'entry' ? (murmur3(record.write.key, record.cache) ^ record.write.sequence) >>> 0 : 0;
}

function sizeOf(record: TransferRecord): number {
  if (record.type === 'entry') return record.write.key.length + (record.write.value?.length ?? 0) + 80;
  return record.type === 'result' ? (record.result.value?.length ?? 0) + 48 : 32;
}

// Walks live maps: entries written meanwhile reach the receiver by replication, because it is a write owner from the epoch of its pull.
function* recordsOf(node: DataNode, pull: Pull): IterableIterator<TransferRecord> {
  for (const cache of [...node.caches.values()]) {
    const { id, shape } = cache;
    if (
      !(cache.replicated
        ? pull.replicated
        : !cache.local && shape.stateTransfer && shape.owners >= pull.fromOwners && shape.owners < pull.toOwners)
    )
      continue;
    const segment = cache.segments[pull.segment];
    if (segment === undefined) continue;
    for (const { member, incarnation, mark } of segment.results.marks())
      yield { type: 'mark', cache: id, shape, origin: member, incarnation, mark };
    for (const { member, incarnation, record } of segment.results.replicated()) {
      yield { type: 'result', cache: id, shape, origin: member, incarnation, counter: record.counter, result: record.result };
    }
    for (const [key, head] of segment.entries) {
      const entry = committedOf(head);
      if (entry !== undefined) yield { type: 'entry', cache: id, shape, write: writeOf(key, entry) };
    }
  }
}

function writeOf(key: string, entry: Entry): Write {
  const { value, epoch, sequence, expiresAt, maxIdleMs, lastUsed, usedTold } = entry;
  return {
    type: value === null ? 'tombstone' : 'value',
    key,
    value,
    epoch,
    sequence,
    expiresAt,
    maxIdleMs,
    // What the other backups assume, so that all owners agree.
    lastUsed: Math.max(lastUsed, usedTold),
    origin: 0,
    incarnation: 0,
    counter: 0,
    mark: 0,
    result: noResult,
  };
}
