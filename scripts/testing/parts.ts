/** One time-boxed part of the test command. */
export interface Part {
  readonly name: string;
  /** The part is stopped, and counts as failed, when it takes longer: several times what it takes, as a crowded machine is no failure. */
  readonly boxSeconds: number;
  /** vitest projects, run one after the other in one process; absent for parts that are a script of their own. */
  readonly projects?: readonly string[];
  readonly script?: readonly string[];
  readonly needsDatabase?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Tests over real processes: files that failed are run once more, and what passes then is told as unsteady. */
  readonly again?: boolean;
}

/** What `npm test` and CI run, in order. */
export const parts: readonly Part[] = [
  { name: 'static checks', boxSeconds: 300, script: ['scripts/check.ts'] },
  { name: 'unit and fuzz', boxSeconds: 600, projects: ['unit'] },
  { name: 'simulator', boxSeconds: 600, projects: ['simulator'] },
  {
    name: 'simulator, seeds for 150 s',
    // Far more than the time: on a crowded machine the last seeds take minutes.
    boxSeconds: 600,
    script: ['packages/grid/src/simulator/main.ts', '--seconds', '150', '--no-shrink'],
  },
  { name: 'database', boxSeconds: 600, projects: ['database'], needsDatabase: true, again: true },
  { name: 'scenarios over real processes', boxSeconds: 900, projects: ['cluster'], needsDatabase: true, again: true },
  { name: 'stacks over real processes', boxSeconds: 600, projects: ['stacks'], needsDatabase: true, again: true },
  { name: 'command line and bad input', boxSeconds: 900, projects: ['cli'], needsDatabase: true, again: true },
  { name: 'browser and third-party clients', boxSeconds: 600, projects: ['clients'], needsDatabase: true, again: true },
  {
    name: 'chaos over real processes',
    boxSeconds: 260,
    script: ['packages/grid/src/chaos/main.ts', '--minutes', '1.5', '--seed', '8', '--nodes', '3'],
  },
  { name: 'bench smoke', boxSeconds: 300, script: ['bench/main.ts', 'smoke'], needsDatabase: true },
];

/** What `npm run test:full` runs after that; its summary is written to docs/proof. */
export const fullParts: readonly Part[] = [
  {
    name: 'every stack and what may go wrong with it',
    boxSeconds: 900,
    projects: ['stacks'],
    needsDatabase: true,
    env: { KEYGRID_STACKS: 'all' },
  },
  {
    name: 'the certificate rotated every second for five minutes under load',
    boxSeconds: 480,
    script: ['packages/grid/src/testing/rotate-under-load.ts', '--minutes', '5'],
    needsDatabase: true,
  },
  {
    name: 'every shape of cache configuration file starts a node',
    boxSeconds: 300,
    projects: ['cache-files'],
    needsDatabase: true,
    env: { KEYGRID_CACHE_FILES: 'all' },
  },
  {
    name: 'simulator, 2,000 seeds',
    boxSeconds: 3_600,
    script: ['packages/grid/src/simulator/main.ts', '--seeds', '2000', '--from', '100001'],
  },
  { name: 'chaos, ten minutes', boxSeconds: 720, script: ['packages/grid/src/chaos/main.ts', '--minutes', '10', '--nodes', '5'] },
  {
    name: 'sessions in every mode, every disturbance, and ten minutes of history',
    boxSeconds: 2_700,
    script: ['test/session-scenarios/main.ts', '--history-minutes', '10'],
    needsDatabase: true,
  },
  {
    name: 'what the original was recorded to say, each request on another of three nodes',
    boxSeconds: 900,
    script: ['parity/elsewhere.ts', '--nodes', '3'],
    needsDatabase: true,
  },
  { name: 'two starts at once, 100 times', boxSeconds: 600, script: ['packages/grid/src/chaos/main.ts', '--races', '100'] },
  { name: 'planted faults', boxSeconds: 900, script: ['packages/grid/src/simulator/main.ts', '--planted'] },
];
