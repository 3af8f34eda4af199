import { defineConfig } from 'vitest/config';

// Limits of waiting are patience, not expectations: what hangs is ended, a busy machine is no failure.
const limits = { testTimeout: 240_000, hookTimeout: 240_000, expect: { poll: { timeout: 60_000 } } };
// While one file waits for processes, another goes on; more at a time would only be slower on two cores.
const twoAtATime = { ...limits, maxWorkers: 2 };

// Each project is one time box of the test command (scripts/test.ts). A file's ending says which one it belongs to.
const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include, environment: 'node' as const, ...extra },
});

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        [
          'packages/{*,adapters/*}/src/**/*.test.ts',
          'packages/console/web/**/*.test.ts',
          'tools/**/*.test.ts',
          'scripts/**/*.test.ts',
          'bench/**/*.test.ts',
        ],
        {
          exclude: ['**/*.{sim,db,cluster,client,cli,stack}.test.ts', '**/node_modules/**'],
          isolate: false,
          pool: 'threads',
          testTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
        },
      ),
      project('simulator', ['packages/grid/src/**/*.sim.test.ts'], { testTimeout: 240_000 }),
      project('database', ['packages/*/src/**/*.db.test.ts'], twoAtATime),
      project('cluster', ['packages/{*,adapters/*}/src/**/*.cluster.test.ts', 'test/**/*.cluster.test.ts'], {
        ...limits,
        // Nodes that are starved lose their leases, as they should: one scenario at a time.
        fileParallelism: false,
      }),
      project('stacks', ['test/stacks/*.stack.test.ts'], { ...limits, fileParallelism: false }),
      project('cli', ['test/**/*.cli.test.ts', 'packages/*/src/**/*.cli.test.ts'], twoAtATime),
      // A part of the full run: the files of test/cli with more cases.
      project('cache-files', ['test/cli/cache-file.cli.test.ts'], { ...limits, fileParallelism: false }),
      project('clients', ['test/**/*.client.test.ts'], twoAtATime),
    ],
  },
});
