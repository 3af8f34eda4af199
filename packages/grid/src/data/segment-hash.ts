import { SEGMENTS } from '../protocol/types.ts';

/** MurmurHash3 (x86, 32 bit) over UTF-16 units, two bytes a unit; fast without encoding the text first. */
export function murmur3(text: string, seed = 0): number {
  let hash = seed | 0;
  const length = text.length;
  const paired = length & ~1;
  for (let index = 0; index < paired; index += 2) {
    let block = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    block = Math.imul(block, 0xcc9e2d51);
    block = (block << 15) | (block >>> 17);
    hash ^= Math.imul(block, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  if (length !== paired) {
    let tail = Math.imul(text.charCodeAt(paired), 0xcc9e2d51);
    tail = (tail << 15) | (tail >>> 17);
    hash ^= Math.imul(tail, 0x1b873593);
  }
  hash ^= length * 2;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The segment of a partition key: the top 8 bits of its hash, so that the order of hashes inside a segment stays free for scans. */
export function segmentOf(partitionKey: string): number {
  return (murmur3(partitionKey) >>> 24) % SEGMENTS;
}
