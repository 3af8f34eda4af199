import type { MemberRow, Registration } from '../authority/authority.ts';
import type { DataPort, Identity, MembershipPort } from '../membership/data-port.ts';
import { Membership, tickMs } from '../membership/membership.ts';
import type { MembershipMessage } from '../membership/messages.ts';
import type { MembershipWorld } from '../membership/world.ts';
import type { MemberId, ViewBody } from '../protocol/types.ts';
import type { Cluster } from './cluster.ts';

/** A data core in the simulator: what membership tells it, plus frames and time. */
export interface SimulatedData extends DataPort {
  received(from: MemberId, frame: unknown, nowMs: number): void;
  tick(nowMs: number): void;
}

/** What a simulated data core may use. */
export interface DataSurroundings extends MembershipPort {
  /** Frames go through the simulated network like those of membership. */
  send(to: MemberId, frame: unknown): void;
  /** Runs after so long on true time, unless the process died meanwhile. */
  after(delayMs: number, run: (nowMs: number) => void): void;
}

export type DataFactory = (surroundings: DataSurroundings, node: SimulatedNode) => SimulatedData;

/** Planted in the simulator alone; each one must be found by a checker. */
export type PlantedBug = 'elects itself' | 'clock step trusted' | 'lease from answer' | 'epoch unchecked';

/** One host with at most one process at a time: crash, restart, pause, drift, wall clock steps. */
export class SimulatedNode {
  readonly name: string;
  readonly rate: number;
  readonly registration: Registration;
  readonly #cluster: Cluster;
  readonly #startMs: number;
  membership: Membership | undefined;
  data: SimulatedData | undefined;
  /** The life that runs now: closures of older ones do nothing. */
  life = 0;
  pausedUntilMs = 0;
  wallOffsetMs = 0;
  left = false;
  identity: Identity | undefined;
  installed: ViewBody | undefined;
  #lastBeat = { sentWallMs: Number.NEGATIVE_INFINITY, answeredMs: Number.NEGATIVE_INFINITY };

  /** `rate`: how fast its monotonic clock runs against true time. */
  constructor(cluster: Cluster, index: number, rate: number) {
    this.#cluster = cluster;
    this.name = `node-${index}`;
    this.rate = rate;
    this.registration = { name: this.name, address: { host: this.name, port: 7_800 }, labels: {}, process: '' };
    this.#startMs = index * 1_000_003;
  }

  get alive(): boolean {
    return this.membership !== undefined;
  }

  get paused(): boolean {
    return this.#cluster.schedule.nowMs < this.pausedUntilMs;
  }

  /** Own monotonic clock. */
  get nowMs(): number {
    return this.#startMs + this.#cluster.schedule.nowMs * this.rate;
  }

  get wallMs(): number {
    return this.#cluster.schedule.nowMs + this.wallOffsetMs;
  }

  mayServe(): boolean {
    const { bug } = this.#cluster.options;
    if (this.membership?.view === undefined) return false;
    if (bug === 'clock step trusted') return this.wallMs < this.#lastBeat.sentWallMs + 4_000;
    if (bug === 'lease from answer') return this.nowMs < this.#lastBeat.answeredMs + 4_000;
    return this.membership.mayServe(this.nowMs);
  }

  start(): void {
    if (this.alive) return;
    this.life += 1;
    this.left = false;
    this.#lastBeat = { sentWallMs: Number.NEGATIVE_INFINITY, answeredMs: Number.NEGATIVE_INFINITY };
    const data = this.#cluster.options.data(
      {
        confirm: (epoch, nowMs) => this.membership?.confirm(epoch, nowMs),
        mayServe: () => this.mayServe(),
        send: (to, frame) => this.#send(to, (node, from) => node.data?.received(from, frame, node.nowMs)),
        after: (delayMs, run) =>
          this.#cluster.schedule.after(
            delayMs,
            this.#guarded(() => run(this.nowMs)),
          ),
      },
      this,
    );
    this.data = data;
    const world: MembershipWorld = {
      send: (to, message) => this.#sendMessage(to, message),
      request: (number, request) => this.#request(number, request),
      peers: () => {},
      notify: (event) => {
        this.#cluster.trace(
          this,
          event.kind,
          event.kind === 'view'
            ? `${event.view.epoch} ${event.view.phase} [${event.view.members.map(({ id, state }) => `${id}${state[0]}`).join(' ')}]`
            : 'reason' in event
              ? event.reason
              : '',
        );
        if (event.kind === 'left') this.stop();
      },
    };
    this.membership = new Membership({
      registration: this.registration,
      world,
      data: this.#observed(data),
      isProcessGone: (row) => this.#isGone(row),
    });
    this.membership.start(this.nowMs);
    this.#tick();
  }

  /** The process is gone at once. */
  stop(): void {
    this.left = this.membership?.stage === 'stopped';
    this.membership = undefined;
    this.data = undefined;
    this.identity = undefined;
    this.installed = undefined;
    this.life += 1;
    this.#cluster.trace(this, 'stopped', '');
  }

  #observed(data: SimulatedData): DataPort {
    return {
      begin: (identity, nowMs) => {
        this.identity = identity;
        this.#cluster.identities.set(identity.id, this);
        data.begin(identity, nowMs);
      },
      install: (view, nowMs) => {
        this.#cluster.checkers.installed(this, view);
        this.installed = view;
        data.install(view, nowMs);
      },
      end: (reason, nowMs) => {
        this.identity = undefined;
        this.installed = undefined;
        data.end(reason, nowMs);
      },
    };
  }

  /** Runs unless this life is over; a paused process gets it when it goes on. */
  #guarded(run: () => void): () => void {
    const { life } = this;
    const step = () => {
      if (this.life !== life) return;
      if (this.paused) this.#cluster.schedule.at(this.pausedUntilMs, step);
      else run();
    };
    return step;
  }

  #tick(): void {
    const { membership, data } = this;
    if (membership === undefined) return;
    membership.tick(this.nowMs, this.wallMs);
    data?.tick(this.nowMs);
    if (this.#cluster.options.bug === 'elects itself') this.#electItself(membership);
    this.#cluster.schedule.after(
      tickMs / this.rate,
      this.#guarded(() => this.#tick()),
    );
  }

  /** The bug of clusters that elect whoever saw nobody. */
  #electItself(membership: Membership): void {
    if (membership.stage !== 'joining' || this.identity === undefined || this.installed !== undefined) return;
    const members = [{ ...this.registration, ...this.identity, state: 'active' as const }];
    const view: ViewBody = { timeline: 1, epoch: 1, members, phase: 'STABLE', table: [], target: null };
    this.installed = view;
    this.#cluster.checkers.installed(this, view);
  }

  #request(number: number, request: Parameters<MembershipWorld['request']>[1]): void {
    const sentWallMs = this.wallMs;
    const answered = (answer: Parameters<Membership['answered']>[1] | undefined) =>
      this.#guarded(() => {
        if (answer === undefined) this.membership?.failed(number, this.nowMs);
        else {
          if (request.kind === 'beat' && answer.accepted) this.#lastBeat = { sentWallMs, answeredMs: this.nowMs };
          this.membership?.answered(number, answer, this.nowMs);
        }
      })();
    const { life } = this;
    this.#cluster.database.request(this.name, request, (answer) => {
      if (this.life === life) answered(answer);
    });
  }

  #sendMessage(to: MemberId, message: MembershipMessage): void {
    this.#send(to, (node, from) => node.membership?.received(from, message, node.nowMs));
  }

  #send(to: MemberId, deliver: (node: SimulatedNode, from: MemberId) => void): void {
    const target = this.#cluster.identities.get(to);
    const from = this.identity?.id;
    if (target === undefined || from === undefined) return;
    const { network } = this.#cluster;
    network.send(this.name, target.name, () => {
      if (target.identity?.id === to) target.#guarded(() => deliver(target, from))();
      // Nobody of that name listens any more: the dial is refused.
      else if (!target.alive)
        network.send(
          target.name,
          this.name,
          this.#guarded(() => this.membership?.connectionClosed(to, this.nowMs)),
        );
    });
  }

  /** Only on the same host, and only of a process that really ended. */
  #isGone(row: MemberRow): boolean {
    return row.name === this.name && row.id !== this.identity?.id;
  }
}
