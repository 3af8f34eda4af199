import type { Address } from '../protocol/types.ts';

/** Where a member may listen. Without a port every port of the host counts: address records carry none. */
export interface FoundAddress {
  readonly host: string;
  readonly port?: number | undefined;
}

/** What a member tells the others where the discovery works by telling. */
export interface Announcement {
  readonly cluster: string;
  readonly name: string;
  readonly address: Address;
}

/** More addresses than any cluster has members; whatever is beyond is dropped, so that nobody outside can fill the memory. */
export const maxFound = 256;

/**
 * A way to find the others. It finds addresses and decides nothing: who is a member stands in the authority's view (ADR 0010). Each round stands
 * for itself, so that a cause of failure that goes away needs no restart.
 */
export interface Discovery {
  /** For log lines, with the place that is asked: `dns keycloak-headless (A)`. Holds no secret. */
  readonly name: string;
  /**
   * Announces this member where that is how it works, and gives the addresses that it finds, its own among them or not.
   * @throws GridError GRID_DISCOVERY_FAILED with the cause in words; GRID_PACKAGE_MISSING.
   */
  round(own: Announcement, signal: AbortSignal): Promise<readonly FoundAddress[]>;
  /** Takes the announcement back and ends every socket. */
  close(): Promise<void>;
}
