import { defineConfig } from 'vitest/config';

// Each project is one time box of the test command (scripts/test.ts). A file's ending says which one it belongs to.
const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  test: { name, include, environment: 'node' as const, ...extra },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'], {
        exclude: ['**/*.{sim,db,cluster,client,cli}.test.ts', '**/node_modules/**'],
        isolate: false,
        pool: 'threads',
      }),
      project('simulator', ['packages/grid/src/**/*.sim.test.ts'], { testTimeout: 180_000 }),
      project('database', ['packages/*/src/**/*.db.test.ts'], { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false }),
      project('cluster', ['packages/*/src/**/*.cluster.test.ts', 'test/**/*.cluster.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
      project('cli', ['test/**/*.cli.test.ts', 'packages/*/src/**/*.cli.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        fileParallelism: false,
      }),
      project('clients', ['test/**/*.client.test.ts'], { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
