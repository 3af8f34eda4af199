/** One promise of the grid, where the code asserts it, and what looks at it from outside. */
export interface Invariant {
  readonly id: string;
  readonly sentence: string;
  /** Files below packages/grid/src; empty = nothing in the code can see it alone. */
  readonly asserted: string;
  readonly checker: string;
}

const observer = 'simulator/checkers.ts, at every event';
const judge = 'simulator/data-checkers.ts, at the end of each seed';
const tables = 'table/next-table.test.ts';

/** docs/reference/invariants.md is made from this table. */
export const invariants: readonly Invariant[] = [
  { id: 'M1', sentence: 'Epochs that a member installs strictly increase.', asserted: 'data/node.ts', checker: observer },
  { id: 'M2', sentence: 'All members that install an epoch (timeline and number) install the same body.', asserted: '', checker: observer },
  {
    id: 'M3',
    sentence: 'At any instant at most one epoch’s primary of a segment can complete an operation.',
    asserted: 'data/commit.ts and data/primary.ts ask for the lease after the work',
    checker: observer,
  },
  {
    id: 'M4',
    sentence: 'An evicted member completes nothing once its eviction is committed, and may not serve at that moment.',
    asserted: 'authority (conditional on the beat)',
    checker: observer,
  },
  { id: 'M5', sentence: 'Nobody installs a view that the database never committed.', asserted: '', checker: observer },
  {
    id: 'M6',
    sentence: 'Starters that start together on an empty table make one lineage of views.',
    asserted: 'authority (insert of the first view)',
    checker: `${observer}; simulator/walk.sim.test.ts`,
  },
  { id: 'M7', sentence: 'No two disjoint sets of members both complete writes.', asserted: '', checker: 'follows from M3 and D1' },
  {
    id: 'M8',
    sentence: 'Once faults are over all living members agree on one epoch in bounded time.',
    asserted: '',
    checker: 'simulator/run.ts',
  },
  {
    id: 'M9',
    sentence: 'An absence of the database that froze all beats alike costs nobody its membership.',
    asserted: '',
    checker: observer,
  },
  {
    id: 'M10',
    sentence: 'Whoever was out of the view comes back under another id.',
    asserted: 'authority (asks for the row of whom it admits)',
    checker: observer,
  },
  { id: 'M11', sentence: 'No two lives have the same id, whatever a fail-over of the database forgot.', asserted: '', checker: observer },
  {
    id: 'M12',
    sentence: 'No statement waits for a lock that a member holds, so a frozen one stops nobody.',
    asserted: 'authority/postgres-statements.ts: one autocommitted statement a step',
    checker: 'simulator/database.ts, at every statement',
  },
  {
    id: 'M13',
    sentence: 'A member that loses its links to all others, while the database is up, costs nobody else the membership.',
    asserted: 'membership/eviction.ts (a verdict that a younger break would turn around is held)',
    checker: 'simulator/walk.sim.test.ts; `npm run chaos`',
  },
  { id: 'T1', sentence: 'Every segment of a target table has min(owners, members) distinct owners.', asserted: '', checker: tables },
  { id: 'T2', sentence: 'Owners of a segment stand in as many sites, racks and machines as possible.', asserted: '', checker: tables },
  { id: 'T3', sentence: 'With equal labels primaries and copies are spread within 1 of the ideal.', asserted: '', checker: tables },
  {
    id: 'T4',
    sentence:
      'With equal labels a join moves no more copies than the joiner’s share and one a member, a leave no more than the leaver held and one a member.',
    asserted: '',
    checker: tables,
  },
  { id: 'T5', sentence: 'The same members give the same table.', asserted: '', checker: tables },
  {
    id: 'T6',
    sentence: 'Writers of an epoch contain the surviving readers of the one before.',
    asserted: '',
    checker: 'membership/rebalance.test.ts',
  },
  { id: 'D1', sentence: 'Operations on a key are linearizable.', asserted: '', checker: `${judge} (verification/linearizability.ts)` },
  {
    id: 'D2',
    sentence:
      'An acknowledged write survives while fewer than `owners` owners of its segment fail between two whole tables; what a SWITCH leaves when it falls is one.',
    asserted: '',
    checker: `${judge}; simulator/exposure.ts counts the failures`,
  },
  {
    id: 'D3',
    sentence: 'An operation takes effect at most once and all its answers are equal.',
    asserted: 'data/results-table.ts',
    checker: `${judge} (lists that every operation adds to)`,
  },
  {
    id: 'D4',
    sentence: 'A removed entry never reappears without a later write.',
    asserted: 'data/store.ts (versions and tombstones)',
    checker: `${judge} (part of D1)`,
  },
  {
    id: 'D5',
    sentence: 'In a quiet, stable cluster all owners of a segment hold the same.',
    asserted: 'data/state-pull.ts (end mark of a transfer)',
    checker: judge,
  },
  {
    id: 'D6',
    sentence: 'Versions strictly increase along the commits of a segment.',
    asserted: 'data/commit.ts',
    checker: 'the assertion, in every seed',
  },
  {
    id: 'D7',
    sentence: 'A member holds nothing of a segment that it does not own, except while that moves.',
    asserted: '',
    checker: judge,
  },
  { id: 'D8', sentence: 'Results of operations that may be retried stand on all owners.', asserted: '', checker: `${judge} (part of D3)` },
  {
    id: 'D9',
    sentence: 'No entry is handed out after it expired, nor expires before its time, within the bound of the clocks.',
    asserted: 'data/entry.ts',
    checker: 'simulator/expiry.sim.test.ts; data/idle.test.ts, facade/grid-clock.test.ts',
  },
  {
    id: 'D10',
    sentence: 'An entry whose truth is the grid is never evicted.',
    asserted: 'data/cache-options.ts',
    checker: 'data/sieve.test.ts',
  },
  {
    id: 'L1',
    sentence: 'Once a change of a row in the database is acknowledged, no member of the writer’s view shows what stood there before.',
    asserted: '',
    checker: 'simulator/near-cache-checker.ts, at every read of a local cache',
  },
  {
    id: 'L2',
    sentence: 'A load that an invalidation overtook is not kept.',
    asserted: '',
    checker: 'simulator/near-cache-checker.ts (part of L1 and L3)',
  },
  {
    id: 'L3',
    sentence: 'Nothing that was cached before a lapse of the lease is shown after it.',
    asserted: '',
    checker: 'simulator/near-cache-checker.ts',
  },
  {
    id: 'L4',
    sentence:
      'A committed change is seen by all in bounded time although its writer died; what a sender was told that all have handled, they have.',
    asserted: '',
    checker: `simulator/near-cache-checker.ts; ${judge} (topics)`,
  },
  {
    id: 'R1',
    sentence: 'Every queue and table has a limit.',
    asserted: 'data/limits.ts, at each use',
    checker: 'the assertions, in every seed',
  },
  {
    id: 'R2',
    sentence: 'No turn of the event loop spends more than 5 ms in the grid, by a model of what messages and bytes cost.',
    asserted: 'data/limits.ts (budgets of expiry, compaction, transfer and resending)',
    checker: 'simulator/turn-cost.ts, at every message; `npm run bench -- grid` prints the longest stall of real members',
  },
  {
    id: 'R3',
    sentence: 'Bytes on their way to a peer stay within the window of the lane, and what does not fit is refused.',
    asserted: 'transport/connection.ts, at every frame',
    checker: 'transport/hostile-peers.cluster.test.ts (a peer that never reads), transport/socket-transport.cluster.test.ts',
  },
  {
    id: 'R4',
    sentence: 'Nothing that a member has begun outlives its stop: no timer, no socket, no promise of a caller.',
    asserted: 'facade/member-shell.ts and transport/socket-transport.ts (`close`), data/core.ts (`stop`)',
    checker: 'no-leaks.cluster.test.ts, grid.test.ts',
  },
  {
    id: 'R5',
    sentence: 'Every operation ends, in an answer or in an error, within its budget.',
    asserted: 'data/origin.ts',
    checker: judge,
  },
  {
    id: 'S1',
    sentence: 'Nothing of a stranger is parsed before the TLS handshake proves it, and nothing but a hello before the hello is accepted.',
    asserted: 'transport/secure-channel.ts, transport/socket-transport.ts; transport/frame-parser.ts (4 KB at most until then)',
    checker: 'transport/hostile-peers.cluster.test.ts, transport/hello.test.ts',
  },
  {
    id: 'S2',
    sentence: 'A node with another cluster name, another version or an untrusted certificate is never in a view.',
    asserted: 'transport/hello.ts, transport/introduction.ts, transport/secure-channel.ts',
    checker:
      'transport/hello.test.ts, transport/socket-transport.cluster.test.ts, transport/retired-certificate.cluster.test.ts, protocol-version.cluster.test.ts',
  },
  {
    id: 'S3',
    sentence: 'A frame that is malformed or too large closes its connection and changes no state.',
    asserted: 'transport/connection.ts, protocol/wire.ts (each read is checked against the end of its frame)',
    checker: '`npm run fuzz`, fuzz/fuzz.test.ts, transport/hostile-peers.cluster.test.ts',
  },
];

/** docs/reference/invariants.md. */
export function renderInvariantsReference(): string {
  const lines = [
    '# Invariants of the grid',
    '',
    'Generated by `npm run docs` from packages/grid/src/simulator/invariants.ts; do not edit. `npm run simulate` runs whole clusters under faults',
    'and looks at these; `npm run simulate -- --planted` shows that the checkers find faults that are planted on purpose.',
    '',
    '| id | promise | asserted in | checked by |',
    '|---|---|---|---|',
    ...invariants.map(({ id, sentence, asserted, checker }) => `| ${id} | ${sentence} | ${asserted} | ${checker} |`),
  ];
  return `${lines.join('\n')}\n`;
}
