import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { GridError } from '../errors.ts';
import type { Address } from '../protocol/types.ts';
import type { Discovery, FoundAddress } from './discovery.ts';

/** A list that the operator wrote, each host with so many ports above the one that is named. */
export class StaticHosts implements Discovery {
  readonly name = 'initial hosts';
  readonly #hosts: readonly Address[];
  readonly #portRange: number;

  constructor(hosts: readonly Address[], portRange: number) {
    this.#hosts = hosts;
    this.#portRange = portRange;
  }

  async round(): Promise<readonly FoundAddress[]> {
    const found: FoundAddress[] = [];
    const failed: string[] = [];
    for (const { host, port } of this.#hosts) {
      let addresses = [host];
      if (isIP(host) === 0) {
        try {
          addresses = [host, ...(await lookup(host, { all: true })).map(({ address }) => address)];
        } catch {
          failed.push(host);
          continue;
        }
      }
      for (const each of addresses)
        for (let offset = 0; offset <= this.#portRange; offset += 1) found.push({ host: each, port: port + offset });
    }
    // A host that is down may have no name for now; the others are enough.
    if (found.length === 0) throw new GridError('GRID_DISCOVERY_FAILED', `none of the initial hosts resolves: ${failed.join(', ')}`);
    return found;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
