import { call } from '../../bench/drivers/http.ts';
import { LoginWalk } from '../../bench/drivers/login-walk.ts';
import type { InfinispanProcess } from '../../packages/server/src/testing/external/infinispan-process.ts';
import { patient } from '../session-scenarios/patient.ts';
import { type TestCluster, walker } from './test-cluster.ts';

export const sites = ['site-a', 'site-b'] as const;
/** Index of a site. */
export const [a, b] = [0, 1];
export const other = (site: number): number => 1 - site;
/** The caches that the sites copy to each other, where sessions stand in the database. */
export const copied = ['work', 'actionTokens', 'authenticationSessions', 'loginFailures'] as const;

/** Arguments of the node of a site, for the engine there. */
export function nodeOfSite(caches: readonly InfinispanProcess[], site: number): string[] {
  return [
    '--features=multi-site',
    `--cache-remote-host=${caches[site]?.host}`,
    `--cache-remote-port=${caches[site]?.port}`,
    '--cache-remote-tls-enabled=false',
    `--cache-remote-backup-sites=${sites[other(site)]}`,
    `--spi-cache-embedded--default--site-name=${sites[site]}`,
  ];
}

/** Two nodes, one a site, on one database, and what an operator and a balancer do with them. */
export class TwoSites {
  readonly caches: readonly InfinispanProcess[];
  readonly cluster: TestCluster;

  constructor(caches: readonly InfinispanProcess[], cluster: TestCluster) {
    this.caches = caches;
    this.cluster = cluster;
  }

  base(site: number): string {
    return this.cluster.server.bases[site] as string;
  }

  /** What /lb-check says. */
  async balancerSees(site: number): Promise<string> {
    const answer = await call(`${this.base(site)}/lb-check`);
    return `${answer.status} ${answer.text}`;
  }

  async readiness(site: number): Promise<number> {
    return (await call(`${this.cluster.server.managementBases[site]}/health/ready`)).status;
  }

  /** A login whose steps go to `first`, `second` and `first`. */
  async wholeLogin(user: number, first: number, second: number): Promise<LoginWalk> {
    const walk = new LoginWalk(walker(user));
    await patient(() => walk.page(this.base(first)));
    await patient(() => walk.password(this.base(second)));
    await patient(() => walk.exchange(this.base(first)));
    return walk;
  }

  /** Status of an exchange of the walk's code, made again where the site could not answer. */
  exchangeAt(walk: LoginWalk, site: number): Promise<number> {
    return patient(async () => {
      const answer = await walk.exchangeCode(this.base(site));
      if (answer.status === 503) throw Object.assign(new Error('503'), { code: 'ECONNREFUSED' });
      return answer.status;
    });
  }

  /** An operator's word to the engine of `site` about the copies of a cache at the other site. */
  async operate(site: number, cache: string, action: string): Promise<void> {
    const address = `${this.#copies(site, cache)}/${sites[other(site)]}?action=${action}`;
    const answer = await fetch(address, { method: 'POST' });
    if (!answer.ok) throw new Error(`${action} of ${cache}: ${answer.status} ${await answer.text()}`);
  }

  /** Whether the engine of `site` copies the cache to the other one: online or offline. */
  async copyState(site: number, cache: string): Promise<string> {
    const answer = await fetch(this.#copies(site, cache));
    const states = (await answer.json()) as Readonly<Record<string, { readonly status: string }>>;
    return states[sites[other(site)] as string]?.status ?? 'unknown';
  }

  /** State of the last push of a cache to the other site: OK once it is over. */
  async pushState(site: number, cache: string): Promise<string> {
    const answer = await fetch(`${this.#copies(site, cache)}?action=push-state-status`);
    const states = (await answer.json()) as Readonly<Record<string, string>>;
    return states[sites[other(site)] as string] ?? 'IDLE';
  }

  /** The sites that the engine of `site` hears, itself among them. */
  async heardSites(site: number): Promise<readonly string[]> {
    const answer = await fetch(`http://${this.caches[site]?.host}:${this.caches[site]?.port}/rest/v2/container`);
    return ((await answer.json()) as { readonly sites_view?: readonly string[] }).sites_view ?? [];
  }

  #copies(site: number, cache: string): string {
    return `http://${this.caches[site]?.host}:${this.caches[site]?.port}/rest/v2/caches/${cache}/x-site/backups`;
  }
}

export async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  return work().then(
    () => true,
    () => false,
  );
}
