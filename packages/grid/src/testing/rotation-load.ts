import type { ProcessCluster } from './process-cluster.ts';

const keysOfOneMember = 50;
/** Of a member that ended by itself. */
const LAST_LINES = 20;

/** Writes and reads back at every member while the cluster changes, and keeps what was acknowledged. */
export class RotationLoad {
  readonly written = new Map<string, string>();
  readonly failures: string[] = [];
  readonly #cluster: ProcessCluster;
  readonly #loads: Promise<void>[] = [];
  #loading = true;
  #operations = 0;

  constructor(cluster: ProcessCluster) {
    this.#cluster = cluster;
  }

  get operations(): number {
    return this.#operations;
  }

  begin(name: string): void {
    this.#loads.push(this.#load(name));
  }

  async end(): Promise<void> {
    this.#loading = false;
    await Promise.all(this.#loads);
  }

  /** Keys whose acknowledged value `reader` does not find. */
  async lost(reader: string): Promise<readonly string[]> {
    const member = this.#cluster.member(reader);
    const lost: string[] = [];
    for (const [key, value] of this.written) if ((await member.ask('get', key)) !== value) lost.push(key);
    return lost;
  }

  async #load(name: string): Promise<void> {
    const { members } = this.#cluster;
    const member = this.#cluster.member(name);
    for (let count = 0; this.#loading && members.has(name); count += 1) {
      const key = `${name}-${count % keysOfOneMember}`;
      const value = `${name} wrote ${count}`;
      try {
        await member.ask('put', key, value);
        this.written.set(key, value);
        const got = await member.ask('get', key);
        if (got !== value) this.failures.push(`${name} read ${String(got)}, not ${value}`);
        this.#operations += 2;
      } catch (error) {
        // What was asked of the killed process died with it, and may have been written or not.
        if (members.has(name)) this.failures.push(`${name}: ${String(error)}`);
        else this.written.delete(key);
        if (String(error).includes('is gone')) {
          if (members.has(name)) this.failures.push(member.output.slice(-LAST_LINES).join('\n'));
          return;
        }
      }
    }
  }
}
