import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { Network } from '../support/network-namespaces.ts';

const ip = (...words: readonly string[]): void => void execFileSync('ip', [...words], { stdio: ['ignore', 'ignore', 'pipe'] });

/** Nets of 256 addresses from which a test takes one. */
const nets = 256;

/**
 * The first three numbers of a net that no interface of this machine has an address in, so that two runs on one machine do not meet; what a killed
 * run left behind is passed over. Two runs that look at the same moment begin at different ones.
 */
export function freeNet(): string {
  const taken = new Set(
    Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address.replace(/\.\d+$/, '')) ?? []),
  );
  const candidates = Array.from({ length: nets }, (_, index) => `10.79.${(process.pid + index) % nets}`);
  const free = candidates.find((net) => !taken.has(net));
  if (free === undefined) throw new Error('all nets of 10.79.0.0/16 are taken on this machine: remove the bridges kgbr… of ended runs');
  return free;
}

/** Networks of one host each, on one switch; this machine stands on it too. Multicast passes as it does on a plain switch. */
export class Bridge {
  readonly #name = `kgbr${process.pid}`.slice(0, 15);
  readonly networks: readonly Network[];

  /** `here` is this machine's address with its prefix length, `hosts` those of the others. */
  constructor(here: string, hosts: readonly string[]) {
    ip('link', 'add', this.#name, 'type', 'bridge', 'mcast_snooping', '0');
    ip('address', 'add', here, 'dev', this.#name);
    ip('link', 'set', this.#name, 'up');
    this.networks = hosts.map((host, index) => {
      const network = new Network(letterOf(index), [], [host]);
      ip('link', 'set', this.#cableOf(index), 'master', this.#name);
      return network;
    });
  }

  /** Pulls the plug of one host, or puts it back. */
  plug(index: number, connected: boolean): void {
    ip('link', 'set', this.#cableOf(index), connected ? 'up' : 'down');
  }

  /** Cuts the wire between the hosts, or joins it again: each is still heard here, and nothing goes from one to another. Packets vanish, nobody is told. */
  part(apart: boolean): void {
    for (const index of this.networks.keys())
      ip('link', 'set', this.#cableOf(index), 'type', 'bridge_slave', 'isolated', apart ? 'on' : 'off');
  }

  remove(): void {
    for (const network of this.networks) network.remove();
    ip('link', 'delete', this.#name);
  }

  #cableOf(index: number): string {
    return `kg${letterOf(index)}${process.pid}`.slice(0, 15);
  }
}

const letterOf = (index: number): string => String.fromCharCode('t'.charCodeAt(0) + index);
