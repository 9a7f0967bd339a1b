import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  outputDir: '.cache/test-results',
  // One Electron at a time: two cores, and each test has a folder of its own anyway.
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  projects: [
    { name: 'application', testMatch: '*.spec.ts' },
    // Tests of the packaged folders, run by `npm run test:packaged`, the screenshots of `npm run screens`, and
    // the window of `npm run bench -- window`.
    { name: 'packaged', testMatch: '*.packaged.ts' },
    { name: 'screens', testMatch: 'screens.run.ts' },
    { name: 'bench', testMatch: 'window.bench.ts' },
  ],
})
