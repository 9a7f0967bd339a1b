import { existsSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'

// Consortia of real processes need both cores: two at once keep each other waiting for too long.
const ALONE = [
  'src/main/node/cluster.test.ts',
  'src/main/cli/upgrade.test.ts',
  'src/main/cli/crash.test.ts',
  'src/main/demonstration/demonstration.test.ts',
]

export default defineConfig({
  test: {
    globalSetup: ['scripts/vitest-global.mjs'],
    setupFiles: ['scripts/vitest-setup.ts'],
    pool: 'forks',
    // Slow machines and many builders at once: a test's time is never what it asserts.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    env: { CONSILIUM_SAMPLES: existsSync('../shared/samples') ? '../shared/samples' : '' },
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['src/**/*.test.{ts,tsx}', 'sim/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: [...configDefaults.exclude, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
