import { defineConfig } from 'vitest/config';
import { seed } from './test/setup/seed.ts';

/** Tests of pure folders keep nothing between files: one process loads the engine once for all of them. */
const pure = ['engine', 'sim', 'seed'].map((folder) => `test/${folder}/**/*.test.ts`);

const resolve = {
  alias: [
    { find: /^holdfast$/, replacement: new URL('./engine/index.ts', import.meta.url).pathname },
    { find: /^holdfast\/testing$/, replacement: new URL('./lab/testing/index.ts', import.meta.url).pathname },
    { find: /^holdfast\/(sim|data|live)$/, replacement: new URL('./$1/index.ts', import.meta.url).pathname },
  ],
};

/** Forks: DuckDB's native part and the engine's worker threads get a process of their own. */
const shared = {
  setupFiles: ['test/setup/seed.ts'], pool: 'forks', sequence: { shuffle: false, seed }, testTimeout: 120_000, hookTimeout: 120_000,
  typecheck: { enabled: false },
} as const;

const config = defineConfig({
  test: {
    globalSetup: ['test/setup/build.ts'],
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['engine/**', 'sim/**', 'data/**', 'live/**', 'lab/**', 'cli/**'],
      reporter: ['text-summary', 'text'],
      exclude: ['**/index.ts'],
    },
    projects: [
      { resolve, test: { ...shared, setupFiles: [...shared.setupFiles], name: 'pure', include: pure, isolate: false } },
      { resolve, test: { ...shared, setupFiles: [...shared.setupFiles], name: 'whole', include: ['test/**/*.test.ts'], exclude: [...pure, '**/node_modules/**'] } },
    ],
  },
});

export { config as default };
