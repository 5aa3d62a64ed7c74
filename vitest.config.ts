import { defineConfig } from 'vitest/config';
import { seed } from './test/setup/seed.ts';

const config = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts'],
    setupFiles: ['test/setup/seed.ts'],
    // Forks: DuckDB's native part and the engine's worker threads get a process of their own.
    pool: 'forks',
    maxWorkers: 2,
    sequence: { shuffle: false, seed },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    typecheck: { enabled: false },
    coverage: {
      provider: 'v8',
      include: ['engine/**', 'sim/**', 'data/**', 'live/**', 'lab/**', 'cli/**'],
      reporter: ['text-summary', 'text'],
      exclude: ['**/index.ts'],
    },
  },
  resolve: {
    alias: [
      { find: /^holdfast$/, replacement: new URL('./engine/index.ts', import.meta.url).pathname },
      { find: /^holdfast\/testing$/, replacement: new URL('./lab/testing/index.ts', import.meta.url).pathname },
      { find: /^holdfast\/(sim|data|live)$/, replacement: new URL('./$1/index.ts', import.meta.url).pathname },
    ],
  },
});

export { config as default };
