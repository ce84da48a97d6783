import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The examples import the package by its name, as users do.
  resolve: { alias: { pare: resolve(import.meta.dirname, 'src/index.ts') } },
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    // Processes, for a thread ended while the engine runs takes the whole program down; shared by the test files, which
    // hold no state between them: half the time.
    pool: 'forks',
    isolate: false,
    setupFiles: ['tests/configure-properties.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
