/** One time-boxed part of the test command. */
export interface Part {
  readonly name: string;
  /** The part is stopped, and counts as failed, when it takes longer. */
  readonly boxSeconds: number;
  /** vitest projects, run one after the other in one process; absent for parts that are a script of their own. */
  readonly projects?: readonly string[];
  readonly script?: readonly string[];
  readonly needsDatabase?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** What `npm test` and CI run, in order. */
export const parts: readonly Part[] = [
  { name: 'static checks', boxSeconds: 120, script: ['scripts/check.ts'] },
  { name: 'unit and fuzz', boxSeconds: 90, projects: ['unit'] },
  { name: 'simulator', boxSeconds: 180, projects: ['simulator'] },
  { name: 'database', boxSeconds: 120, projects: ['database'], needsDatabase: true },
  { name: 'scenarios over real processes', boxSeconds: 330, projects: ['cluster'], needsDatabase: true },
  { name: 'command line and bad input', boxSeconds: 150, projects: ['cli'], needsDatabase: true },
  { name: 'browser and third-party clients', boxSeconds: 180, projects: ['clients'], needsDatabase: true },
  { name: 'bench smoke', boxSeconds: 60, script: ['bench/main.ts', 'smoke'], needsDatabase: true },
];

/** What `npm run test:full` runs after that; its summary is written to docs/proof. */
export const fullParts: readonly Part[] = [
  { name: 'simulator, 300 seeds', boxSeconds: 900, script: ['packages/grid/src/simulator/main.ts', '--seeds', '300'] },
  { name: 'planted faults', boxSeconds: 300, script: ['packages/grid/src/simulator/main.ts', '--planted'] },
];
