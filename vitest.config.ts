import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'sim/**/*.test.ts', 'scripts/**/*.test.mjs'],
    globalSetup: ['scripts/vitest-global.mjs'],
    setupFiles: ['scripts/vitest-setup.ts'],
    pool: 'forks',
    // One file at a time: two consortia of real processes on two cores keep each other waiting for too long.
    maxWorkers: 1,
    // Slow machines and many builders at once: a test's time is never what it asserts.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    env: { CONSILIUM_SAMPLES: existsSync('../shared/samples') ? '../shared/samples' : '' },
  },
})
