import { describe, expect, it } from 'vitest';
import type { MemberId, ViewBody } from '../../protocol/types.ts';
import type { AuthorityAnswer, AuthorityRequest } from '../authority.ts';
import { MajorityCore } from './majority-core.ts';
import type { Ask } from './messages.ts';

const leaseMs = 4_400;
const names = ['a', 'b', 'c'] as const;
type Name = (typeof names)[number];

/** Voters on one clock whose questions are answered at once, but for those that are lost. */
class Electorate {
  nowMs = 0;
  loses: (to: Name, ask: Ask) => boolean = () => false;
  readonly ids = new Map<Name, MemberId>();
  readonly decided: ViewBody[] = [];
  readonly #cores = new Map<Name, MajorityCore>();
  #lastId: number;
  readonly #idStep: number;

  /** Ids are random: a later one may be the smaller. */
  constructor(firstId = 1, idStep = 1) {
    this.#lastId = firstId - idStep;
    this.#idStep = idStep;
    for (const name of names) this.start(name);
  }

  /** A new process at that address, which remembers nothing. */
  start(name: Name): void {
    const core: MajorityCore = new MajorityCore({
      addresses: names.map((host) => ({ host, port: 7_800 })),
      leaseMs,
      newId: () => {
        this.#lastId += this.#idStep;
        return this.#lastId;
      },
      ask: (to, number, ask) => {
        const voter = to.host as Name;
        if (this.loses(voter, ask)) return;
        const vote = this.core(voter).asked(ask, this.nowMs);
        if (number !== 0) core.answered(number, to, vote, this.nowMs);
      },
    });
    core.onDecided = (view) => this.decided.push(view);
    this.#cores.set(name, core);
  }

  core(name: Name): MajorityCore {
    const core = this.#cores.get(name);
    if (core === undefined) throw new Error(`no voter ${name}`);
    return core;
  }

  execute(name: Name, request: AuthorityRequest): AuthorityAnswer | undefined {
    let answered: AuthorityAnswer | undefined;
    this.core(name).execute(request, this.nowMs, (answer) => {
      answered = answer;
    });
    return answered;
  }

  register(...those: readonly Name[]): void {
    for (const name of those) {
      const registration = { name, address: { host: name, port: 7_800 }, labels: {}, process: '' };
      this.ids.set(name, this.execute(name, { kind: 'register', registration, knownEpoch: 0 })?.id ?? 0);
    }
  }

  beat(name: Name): boolean {
    const id = this.ids.get(name) ?? 0;
    return this.execute(name, { kind: 'beat', id, incarnation: id, heard: [], knownEpoch: 0 })?.accepted === true;
  }

  /** What follows the last decided view, if it is decided now. */
  propose(proposer: Name, epoch: number, those: readonly Name[]): ViewBody | undefined {
    const before = this.decided.length;
    const last = this.decided.at(-1);
    const members = those.map((name) => {
      const id = this.ids.get(name) ?? 0;
      return { id, incarnation: id, name, address: { host: name, port: 7_800 }, labels: {}, state: 'active' as const };
    });
    const view: ViewBody = { epoch, timeline: last?.timeline ?? 0, phase: 'STABLE', members, table: [], target: null };
    const known = new Set(last?.members.map(({ id }) => id));
    const admitted = members.map(({ id }) => id).filter((id) => epoch > 1 && !known.has(id));
    this.execute(proposer, { kind: 'change', expectedEpoch: epoch - 1, view, gone: [], admitted, revoked: [] });
    return this.decided[before];
  }
}

/** a is the only member, b and c are let in; c does not hear of that from the proposer, nor do others than a and c live on. */
function whereTheWordWasLost(): { voters: Electorate; view: ViewBody } {
  const voters = new Electorate();
  voters.register('a', 'b', 'c');
  expect(voters.propose('a', 1, ['a'])?.epoch).toBe(1);
  voters.loses = (to, ask) => to === 'c' && ask.kind === 'decided';
  const view = voters.propose('a', 2, ['a', 'b', 'c']);
  if (view === undefined) throw new Error('nothing was decided');
  expect(voters.core('c').asked({ kind: 'read' }, voters.nowMs).view).toBeNull();
  return { voters, view };
}

function restartTheOthers(voters: Electorate): void {
  voters.loses = () => false;
  for (const name of ['a', 'b'] as const) voters.start(name);
  voters.register('a', 'b');
}

describe('a voter that the word of a decided view has not reached', () => {
  it('begins no other lineage while its member serves in that view, and does so once that is over', () => {
    const { voters, view } = whereTheWordWasLost();
    voters.core('c').installed(view, voters.nowMs);
    restartTheOthers(voters);
    voters.nowMs = 10 * leaseMs;
    voters.decided.length = 0;
    expect(voters.propose('a', 1, ['a'])).toBeUndefined();

    expect(voters.beat('c')).toBe(false);
    voters.register('c');
    expect(voters.propose('a', 1, ['a'])?.members).toHaveLength(1);
  });

  it('begins none while its member holds a lease that it may serve by as soon as it hears of a view', () => {
    const { voters } = whereTheWordWasLost();
    expect(voters.beat('c')).toBe(true);
    restartTheOthers(voters);
    voters.decided.length = 0;
    voters.nowMs = leaseMs - 1;
    expect(voters.propose('a', 1, ['a'])).toBeUndefined();

    voters.nowMs = leaseMs;
    expect(voters.propose('a', 1, ['a'])?.members).toHaveLength(1);
  });
});

/** a and b let c in, which registered with them and then hears of nothing; they die, and others stand in their places. */
function whereNobodyKnowsThatItWasIn(voters = new Electorate()): Electorate {
  voters.register('a', 'b', 'c');
  voters.propose('a', 1, ['a']);
  voters.propose('a', 2, ['a', 'b']);
  voters.start('c');
  voters.register('c');
  voters.loses = (to) => to === 'c';
  expect(voters.propose('a', 3, ['a', 'b', 'c'])?.epoch).toBe(3);
  voters.nowMs = 10 * leaseMs;
  voters.decided.length = 0;
  restartTheOthers(voters);
  return voters;
}

describe('a starter whom members of a lineage that is gone may have let in', () => {
  it('is let into no other one before it is somebody new', () => {
    const voters = whereNobodyKnowsThatItWasIn();
    const before = voters.ids.get('c');
    expect(voters.propose('a', 1, ['a'])?.epoch).toBe(1);
    expect(voters.propose('a', 2, ['a', 'c'])).toBeUndefined();

    expect(voters.beat('c')).toBe(false);
    voters.register('c');
    expect(voters.ids.get('c')).not.toBe(before);
    expect(voters.propose('a', 2, ['a', 'c'])?.epoch).toBe(2);
  });

  it('makes whoever begins another one go above it, though nobody else has heard of it', () => {
    const voters = whereNobodyKnowsThatItWasIn(new Electorate(1_000, -1));
    const first = voters.propose('a', 1, ['a']);
    expect(first?.timeline).toBeGreaterThan(1_000);
    expect(voters.beat('c')).toBe(false);
  });

  it('begins none before it is somebody new', () => {
    const voters = whereNobodyKnowsThatItWasIn();
    expect(voters.propose('c', 1, ['c'])).toBeUndefined();

    expect(voters.beat('c')).toBe(false);
    voters.register('c');
    expect(voters.propose('c', 1, ['c'])?.members).toHaveLength(1);
  });
});
