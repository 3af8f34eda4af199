import type { Outbound } from '../outbound/outbound.ts';
import type { FindClientKey } from '../token/encryption.ts';
import { clientKeySource } from './client-keys.ts';
import type { OutsideKeys } from './outside-keys.ts';

/** Finds keys of clients that answers are encrypted to, where the client's signing keys are. */
export function clientEncryptionKeys(keys: OutsideKeys, outbound: Outbound): FindClientKey {
  return async (client, algorithm) => {
    const source = clientKeySource(outbound, client);
    const [first] = source === undefined ? [] : await keys.find(source, { use: 'enc', algorithm, kid: undefined });
    return first;
  };
}
