import { availableParallelism } from 'node:os'
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e',
  outputDir: '.cache/test-results',
  // Files side by side, the tests of one file in turn: an Electron mostly waits, and each has folders of its own.
  workers: Math.min(2, availableParallelism()),
  fullyParallel: false,
  // Deriving keys takes ten times as long on a busy machine, and six members in one window as well; no test is about time.
  timeout: 600_000,
  expect: { timeout: 45_000 },
  reporter: [['list'], ['./e2e/where-reporter.ts']],
  projects: [
    { name: 'application', testMatch: '*.spec.ts', grepInvert: /@long/ },
    // In another language or at greater length what a short test shows too (of the rooms of research that is `workbench.spec.ts`), and
    // what takes a filled consortium or minutes and is shown here alone (pathways, sizes, the tutorial): `npm run test:e2e -- --project=long`.
    { name: 'long', testMatch: '*.spec.ts', grep: /@long/ },
    // Tests of the packaged folders, run by `npm run test:packaged`, the screenshots of `npm run screens`, and
    // the windows of `npm run bench -- window` and `-- entry`.
    { name: 'packaged', testMatch: '*.packaged.ts' },
    { name: 'screens', testMatch: 'screens.run.ts' },
    { name: 'bench', testMatch: '*.bench.ts' },
  ],
})
