import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './ports.ts';

const installed = new URL('../../../../../.keygrid/reference/infinispan-16.0.5', import.meta.url).pathname;

/** Folder with the server's jar files: INFINISPAN_LIB, else what `npm run reference:install` fetched; undefined where one of it or Java is missing. */
export function infinispanFolder(): string | undefined {
  const folder = process.env['INFINISPAN_LIB'] ?? installed;
  if (!existsSync(join(folder, '.complete')) && process.env['INFINISPAN_LIB'] === undefined) return undefined;
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return folder;
  } catch {
    return undefined;
  }
}

export interface InfinispanOptions {
  /** Few threads and little memory, quick to start; the default. False: as the server comes. */
  readonly small?: boolean;
  /** Name -> password and role. Without users the server asks nobody. */
  readonly users?: Readonly<Record<string, { readonly password: string; readonly role: string }>>;
  /** PKCS12 store with key and certificate, and its password. */
  readonly keyStore?: { readonly path: string; readonly password: string };
  /** Servers of one name on this machine form a cluster; the default is a cluster of its own. */
  readonly cluster?: string;
  /** This server's site and all sites, for copies between them. */
  readonly site?: { readonly name: string; readonly sites: readonly string[] };
  /** Ports by which members find each other, first to last; needed where there are several. */
  readonly clusterPorts?: readonly number[];
  /** Ports by which sites find each other, and the addresses where they are not on one host. */
  readonly sitePorts?: Readonly<Record<string, number>>;
  readonly siteHosts?: Readonly<Record<string, string>>;
  /** The one address that it listens on; 127.0.0.1 by default. */
  readonly host?: string;
  /** Words before the command, which put the server into a network of its own. */
  readonly within?: readonly string[];
}

const startWithinMs = 150_000;

/** A real Infinispan server, which tests may kill, freeze and start again empty. */
export class InfinispanProcess implements AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly #clusterPort: number;
  readonly #folder: string;
  readonly #options: InfinispanOptions;
  #child: ChildProcess | undefined;

  private constructor(port: number, clusterPort: number, options: InfinispanOptions) {
    this.host = options.host ?? '127.0.0.1';
    this.port = port;
    this.#clusterPort = clusterPort;
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), 'keygrid-infinispan-'));
  }

  static async start(options: InfinispanOptions = {}, clusterPort?: number): Promise<InfinispanProcess> {
    const server = new InfinispanProcess(await freePort(), clusterPort ?? (await freePort()), options);
    try {
      await server.start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** With nothing of what it held before. */
  async start(): Promise<void> {
    const root = join(this.#folder, 'server');
    rmSync(root, { recursive: true, force: true });
    for (const folder of ['conf', 'data', 'lib', 'log']) mkdirSync(join(root, folder), { recursive: true });
    this.#configure(join(root, 'conf'));
    const log = openSync(join(this.#folder, 'server.log'), 'w');
    const folder = infinispanFolder() ?? '';
    const lean = this.#options.small === false ? ['-Xmx512m'] : ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
    const settings = [...lean, `-Djgroups.bind.address=${this.host}`, `-Djgroups.bind.port=${this.#clusterPort}`];
    const main = ['-cp', `${folder}/*`, 'org.infinispan.server.Bootstrap', '-s', root, '-c', 'infinispan.xml'];
    const command = [...(this.#options.within ?? []), 'java', ...settings, `-Dinfinispan.server.home.path=${this.#folder}`, ...main];
    this.#child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', log, log] });
    for (const began = performance.now(); !this.log().includes('ISPN080001'); await delay(100)) {
      if (this.#child.exitCode !== null || performance.now() - began > startWithinMs)
        throw new Error(`Infinispan did not start:\n${this.log().slice(-3_000)}`);
    }
  }

  log(): string {
    return readFileSync(join(this.#folder, 'server.log'), 'utf8');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Ends it, and waits for that; with SIGTERM it leaves its cluster in order. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await exited;
  }

  /** It keeps nothing but in memory. */
  forget(): void {}

  /** Whether it sees so many members, and each entry has all its copies. */
  async isWhole(members: number): Promise<boolean> {
    const answer = await fetch(`http://${this.host}:${this.port}/rest/v2/container/health`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    if (answer?.ok !== true) return false;
    const health = (await answer.json()) as { cluster_health: { health_status: string; number_of_nodes: number } };
    return health.cluster_health.health_status === 'HEALTHY' && health.cluster_health.number_of_nodes === members;
  }

  #configure(folder: string): void {
    const { users, keyStore, site, cluster = `c${this.port}` } = this.#options;
    const appender = '<Console name="S"><PatternLayout pattern="%d %p %c %m%n"/></Console>';
    writeFileSync(
      join(folder, 'log4j2.xml'),
      `<Configuration><Appenders>${appender}</Appenders><Loggers><Root level="INFO"><AppenderRef ref="S"/></Root></Loggers></Configuration>`,
    );
    let properties = '';
    if (users !== undefined) {
      const lines = (value: (name: string) => string | undefined) =>
        Object.keys(users)
          .map((name) => `${name}=${value(name)}\n`)
          .join('');
      writeFileSync(
        join(folder, 'users.properties'),
        lines((name) => users[name]?.password),
      );
      writeFileSync(
        join(folder, 'groups.properties'),
        lines((name) => users[name]?.role),
      );
      properties =
        '<properties-realm groups-attribute="Roles"><user-properties path="users.properties" plain-text="true"/><group-properties path="groups.properties"/></properties-realm>';
    }
    const identity =
      keyStore === undefined
        ? ''
        : `<server-identities><ssl><keystore path="${keyStore.path}" password="${keyStore.password}"/></ssl></server-identities>`;
    const secured = users !== undefined || keyStore !== undefined;
    const realm = secured
      ? `<security><security-realms><security-realm name="default">${identity}${properties}</security-realm></security-realms></security>`
      : '';
    const authorization = users === undefined ? '' : '<security><authorization><cluster-role-mapper/></authorization></security>';
    const stack = this.#stack();
    const transport = `<transport cluster="${cluster}" stack="own"${site === undefined ? '' : ` site="${site.name}"`}/>`;
    const interfaces = `<interfaces><interface name="public"><inet-address value="${this.host}"/></interface></interfaces>`;
    const bindings = `<socket-bindings default-interface="public" port-offset="0"><socket-binding name="default" port="${this.port}"/></socket-bindings>`;
    writeFileSync(
      join(folder, 'infinispan.xml'),
      `<infinispan xmlns="urn:infinispan:config:16.0">${stack}<cache-container name="default" statistics="true">${transport}${authorization}</cache-container><server xmlns="urn:infinispan:server:16.0">${interfaces}${bindings}${realm}<endpoints socket-binding="default"${secured ? ' security-realm="default"' : ''}/></server></infinispan>`,
    );
  }

  /** Members find each other by their ports, so that no multicast of this machine's other servers is met. */
  #stack(): string {
    const { site, sitePorts = {}, siteHosts = {}, clusterPorts = [this.#clusterPort] } = this.#options;
    const hosts = clusterPorts.map((port) => `${this.host}[${port}]`).join(',');
    const discovery = (list: string) => `<TCPPING initial_hosts="${list}" port_range="0" stack.combine="REPLACE" stack.position="MPING"/>`;
    const own = `<stack name="own" extends="tcp">${discovery(hosts)}`;
    if (site === undefined) return `<jgroups>${own}</stack></jgroups>`;
    const bridgeHosts = Object.entries(sitePorts)
      .map(([name, port]) => `${siteHosts[name] ?? this.host}[${port}]`)
      .join(',');
    const bridge = `<stack name="bridge" extends="tcp"><TCP bind_port="${sitePorts[site.name]}" port_range="0" stack.combine="COMBINE"/>${discovery(bridgeHosts)}</stack>`;
    const sites = site.sites.map((name) => `<remote-site name="${name}" stack="bridge"/>`).join('');
    return `<jgroups>${bridge}${own}<relay.RELAY2 site="${site.name}" xmlns="urn:org:jgroups" max_site_masters="1"/><remote-sites default-stack="bridge">${sites}</remote-sites></stack></jgroups>`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGCONT');
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
