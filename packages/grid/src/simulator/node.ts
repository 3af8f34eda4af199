import type { AuthorityAnswer, MemberRow, Registration } from '../authority/authority.ts';
import type { MajorityCore } from '../authority/majority/majority-core.ts';
import type { DataPort, Identity } from '../membership/data-port.ts';
import { Membership, tickMs } from '../membership/membership.ts';
import type { MembershipMessage } from '../membership/messages.ts';
import { majorityTiming } from '../membership/timing.ts';
import type { MembershipWorld } from '../membership/world.ts';
import type { Lane, MemberId, ViewBody } from '../protocol/types.ts';
import type { Cluster } from './cluster.ts';
import { NearCache } from './near-cache.ts';
import { NodeData } from './node-data.ts';
import { Random } from './random.ts';
import { simulatedMajority } from './simulated-majority.ts';
import { TurnCost } from './turn-cost.ts';
import type { Host } from './workload.ts';

const clientsPerProcess = 2;

/** One host with at most one process at a time: crash, restart, pause, drift, wall clock steps. */
export class SimulatedNode {
  readonly name: string;
  readonly rate: number;
  readonly registration: Registration;
  readonly #cluster: Cluster;
  readonly #startMs: number;
  membership: Membership | undefined;
  data: NodeData | undefined;
  majority: MajorityCore | undefined;
  /** Operations of the clients of this process that have not ended. */
  underWay = 0;
  /** The life that runs now: closures of older ones do nothing. */
  life = 0;
  pausedUntilMs = 0;
  wallOffsetMs = 0;
  left = false;
  identity: Identity | undefined;
  installed: ViewBody | undefined;
  readonly #turn: TurnCost;
  readonly #handling: Random;
  readonly #near: Random;
  #lastAnswer: AuthorityAnswer | undefined;

  /** `rate`: how fast its monotonic clock runs against true time. */
  constructor(cluster: Cluster, index: number, rate: number) {
    this.#cluster = cluster;
    this.name = `node-${index}`;
    this.rate = rate;
    this.registration = { name: this.name, address: { host: this.name, port: 7_800 }, labels: {}, process: '' };
    this.#startMs = index * 1_000_003;
    this.#turn = new TurnCost(cluster, this.name);
    this.#handling = new Random(cluster.options.seed, `handling ${index}`);
    this.#near = new Random(cluster.options.seed, `near ${index}`);
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
    return this.membership?.mayServe(this.nowMs) ?? false;
  }

  start(): void {
    if (this.alive) return;
    this.life += 1;
    this.left = false;
    this.underWay = 0;
    const { plant } = this.#cluster.options;
    const Data = plant?.data ?? NodeData;
    const data = new Data({
      owners: this.#cluster.owners,
      worked: (bytes) => this.#turn.worked(bytes),
      confirm: (epoch, nowMs) => this.membership?.confirm(epoch, nowMs),
      mayServe: (nowMs) => this.membership?.mayServe(nowMs) ?? false,
      send: (to, lane, bytes, kind) => this.#send(to, lane, kind, (node, from) => node.data?.received(from, bytes)),
      after: (delayMs, run) => this.#cluster.schedule.after(delayMs, this.guarded(run)),
      trueMs: () => this.#cluster.schedule.nowMs,
      nowMs: () => this.nowMs,
      handlingMs: () => this.#handling.about(5),
      completing: () => this.#cluster.checkers.completing(this),
    });
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
        if (event.kind === 'view') this.majority?.installed(event.view, this.nowMs);
        if (event.kind === 'fenced' || event.kind === 'lost') this.data?.near?.lapsed();
        if (event.kind === 'left') this.stop();
      },
    };
    this.membership = new Membership({
      registration: this.registration,
      world,
      data: this.#observed(data),
      isProcessGone: (row) => this.#isGone(row),
      types: plant?.membership,
      timing: this.#cluster.options.majority === true ? majorityTiming : undefined,
    });
    this.majority = this.#cluster.options.majority === true ? simulatedMajority(this.#cluster, this) : undefined;
    this.membership.start(this.nowMs);
    this.#tick();
    this.#startClients(data);
  }

  #startClients(data: NodeData): void {
    const { schedule, workload, options } = this.#cluster;
    const count = (change: number) => {
      this.underWay += change;
    };
    const { life } = this;
    const host: Host = {
      data,
      ended: (done) => {
        count(1);
        return () => {
          if (this.life === life) count(-1);
          done();
        };
      },
      trueMs: () => schedule.nowMs,
      nowMs: () => this.nowMs,
      after: (delayMs, run) => schedule.after(delayMs, this.guarded(run)),
    };
    for (let client = 0; client < clientsPerProcess; client += 1) {
      workload?.client(host);
      options.clients?.client(host);
    }
    if (workload === undefined) return;
    const Near = this.#cluster.options.plant?.near ?? NearCache;
    data.near = new Near(
      {
        ...host,
        name: this.name,
        mayServe: () => this.mayServe(),
        guarded: (run) => (answer) => this.#guardedOf(life, () => run(answer))(),
      },
      this.#cluster.truth,
      this.#cluster.nearChecker,
      this.#near,
    );
    data.near.start();
  }

  /** The process is gone at once. */
  stop(): void {
    if (this.identity !== undefined) this.#cluster.exposure.failed(this.identity.id);
    this.left = this.membership?.stage === 'stopped';
    this.membership = undefined;
    this.data = undefined;
    this.majority = undefined;
    this.identity = undefined;
    this.installed = undefined;
    this.life += 1;
    this.#cluster.trace(this, 'stopped', '');
  }

  #observed(data: NodeData): DataPort {
    return {
      begin: (identity, nowMs) => {
        this.identity = identity;
        this.#cluster.checkers.began(this, identity.id);
        this.#cluster.identities.set(identity.id, this);
        data.begin(identity, nowMs);
      },
      install: (view, nowMs) => {
        this.#cluster.checkers.installed(this, view);
        this.installed = view;
        data.install(view, nowMs);
      },
      end: (reason, nowMs) => {
        if (this.identity !== undefined) this.#cluster.exposure.failed(this.identity.id);
        this.identity = undefined;
        this.installed = undefined;
        data.end(reason, nowMs);
      },
    };
  }

  /** Runs unless this life is over; a paused process gets it when it goes on. */
  guarded(run: () => void): () => void {
    return this.#guardedOf(this.life, run);
  }

  #guardedOf(life: number, run: () => void): () => void {
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
    data?.core.tick(this.nowMs);
    this.majority?.tick(this.nowMs);
    this.#cluster.schedule.after(
      tickMs / this.rate,
      this.guarded(() => this.#tick()),
    );
  }

  #request(number: number, request: Parameters<MembershipWorld['request']>[1]): void {
    const answered = (answer: Parameters<Membership['answered']>[1] | undefined) =>
      this.guarded(() => {
        if (answer !== undefined) {
          this.#lastAnswer = answer;
          this.membership?.answered(number, answer, this.nowMs);
        } else if (request.kind === 'change' && this.#cluster.options.plant?.lostAnswerIsRefusal === true && this.#lastAnswer !== undefined)
          this.membership?.answered(number, { ...this.#lastAnswer, accepted: false, view: null }, this.nowMs);
        else this.membership?.failed(number, this.nowMs);
      })();
    if (this.#cluster.options.plant?.electsItself === true && request.kind === 'change' && request.view.members.length === 1) {
      const unasked = this.#lastAnswer;
      if (unasked !== undefined) this.#cluster.schedule.after(0, () => answered({ ...unasked, accepted: true }));
      return;
    }
    if (this.majority !== undefined) {
      this.majority.execute(request, this.nowMs, (answer) =>
        this.#cluster.schedule.after(
          0.1,
          this.guarded(() => answered(answer)),
        ),
      );
      return;
    }
    const { life, nowMs: sentAtMs } = this;
    this.#cluster.database.request(this.name, request, (answer) => {
      if (this.life !== life) return;
      this.guarded(() => answer?.clockMs !== undefined && this.data?.clock.sample(answer.clockMs, sentAtMs, this.nowMs))();
      answered(answer);
    });
  }

  #sendMessage(to: MemberId, message: MembershipMessage): void {
    this.#send(to, 'control', message.kind, (node, from) => node.membership?.received(from, message, node.nowMs));
  }

  #send(to: MemberId, lane: Lane, kind: string, deliver: (node: SimulatedNode, from: MemberId) => void): void {
    const target = this.#cluster.identities.get(to);
    const from = this.identity?.id;
    if (target === undefined || from === undefined) return;
    const { network } = this.#cluster;
    if (network.loses(kind)) return;
    if (kind === 'request')
      network.repeatLate(this.name, target.name, () => {
        if (target.identity?.id === to) target.guarded(() => deliver(target, from))();
      });
    network.send(this.name, target.name, lane, () => {
      if (target.identity?.id === to) target.guarded(() => deliver(target, from))();
      // Nobody of that name listens any more: the dial is refused.
      else if (!target.alive)
        network.send(
          target.name,
          this.name,
          'control',
          this.guarded(() => this.membership?.connectionClosed(to, this.nowMs)),
        );
    });
  }

  /** Only on the same host, and only of a process that really ended. */
  #isGone(row: MemberRow): boolean {
    return row.name === this.name && row.id !== this.identity?.id;
  }
}
