import { Link } from './link.ts';

/** A member's place: its name and the port that it listens on. */
export interface Place {
  readonly name: string;
  readonly port: number;
}

/** A proxy between each ordered pair of members, so that every cable can be pulled by itself, in one direction or both. */
export class Mesh {
  readonly #places: readonly Place[];
  readonly #links = new Map<string, Link>();

  private constructor(places: readonly Place[]) {
    this.#places = places;
  }

  static async between(places: readonly Place[]): Promise<Mesh> {
    const mesh = new Mesh(places);
    for (const from of places) for (const to of places) if (from !== to) mesh.#links.set(`${from.name} ${to.name}`, await Link.to(to.port));
    return mesh;
  }

  get names(): readonly string[] {
    return this.#places.map(({ name }) => name);
  }

  /** For the member `name`: port that it is told to dial -> port that it must dial. */
  routes(name: string): Record<number, number> {
    const routes: Record<number, number> = {};
    for (const to of this.#places) if (to.name !== name) routes[to.port] = this.link(name, to.name).port;
    return routes;
  }

  /** Where `from` dials `to`. */
  link(from: string, to: string): Link {
    const link = this.#links.get(`${from} ${to}`);
    if (link === undefined) throw new Error(`no link from ${from} to ${to}`);
    return link;
  }

  /** Bytes from `from` to `to` no longer arrive, whoever opened the connection. */
  cut(from: string, to: string): void {
    this.#change(from, to, (flow) => {
      flow.stalled = true;
    });
  }

  cutBoth(one: string, other: string): void {
    this.cut(one, other);
    this.cut(other, one);
  }

  slow(from: string, to: string, delayMs: number, bytesPerSecond: number): void {
    this.#change(from, to, (flow) => {
      flow.delayMs = delayMs;
      flow.bytesPerSecond = bytesPerSecond;
    });
  }

  /** Links that lead to `name`, and links that leave it. */
  around(name: string): { readonly to: readonly Link[]; readonly from: readonly Link[] } {
    const others = this.names.filter((other) => other !== name);
    return { to: others.map((other) => this.link(other, name)), from: others.map((other) => this.link(name, other)) };
  }

  /** `keep` false: connections that stood through the fault are reset. */
  heal(keep: boolean): void {
    for (const link of this.#links.values()) link.heal(keep);
  }

  get links(): readonly Link[] {
    return [...this.#links.values()];
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map((link) => link.close()));
  }

  #change(from: string, to: string, change: (flow: Link['forward']) => void): void {
    const dialled = this.link(from, to);
    const accepted = this.link(to, from);
    change(dialled.forward);
    change(accepted.backward);
    dialled.changed();
    accepted.changed();
  }
}
