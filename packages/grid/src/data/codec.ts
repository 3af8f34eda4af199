import { Packr } from 'msgpackr';
import type { Codec } from '../api.ts';
import { GridError } from '../errors.ts';

// No records: their structure tables would belong to one process, and values outlive it.
const packr = new Packr({ useRecords: false });
const schemaVersion = 1;

/** MessagePack of a plain value behind one byte of schema version. */
export function messagePackCodec<V>(): Codec<V> {
  return {
    encode(value) {
      const packed = packr.pack(value);
      const bytes = new Uint8Array(packed.length + 1);
      bytes[0] = schemaVersion;
      bytes.set(packed, 1);
      return bytes;
    },
    decode(bytes) {
      if (bytes[0] !== schemaVersion)
        throw new GridError(
          'GRID_BAD_CONFIGURATION',
          `value of schema version ${bytes[0]}, only ${schemaVersion} is known; give the cache a codec that reads it`,
        );
      return packr.unpack(bytes.subarray(1)) as V;
    },
  };
}

/** Arguments and results of update functions, and payloads of topics: no schema of their own. */
export function pack(value: unknown): Uint8Array {
  return Uint8Array.from(packr.pack(value));
}

export function unpack(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}
