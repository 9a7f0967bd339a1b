import { existsSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Consortia of real processes need both cores: two at once keep each other waiting for too long.
const ALONE = [
  'src/main/node/cluster.test.ts',
  'src/main/cli/crash.test.ts',
  'src/main/demonstration/demonstration.test.ts',
]

// What `npm test` leaves out for its time: `npx vitest run --project long`.
const LONG = ['src/**/*.long.test.ts']

// Nothing here keeps a state between files: they share a process, which saves half of their time.
const SHARING = [
  'src/shared/**/*.test.ts',
  'src/renderer/**/*.test.{ts,tsx}',
  'src/main/{generator,patients,pricing,privacy,records,stats}/**/*.test.ts',
  'src/main/node/{chain,consensus,crypto,membership,mempool}/**/*.test.ts',
]

// These share a process too, three of them at once: half of them mostly wait for a thread, a vote, a clock.
const SHARING_AND_WAITING = [
  'src/main/{analytics,audit,codes,gateway,governance,imports,insurer,package,requests,services}/**/*.test.ts',
  // It replaces a module by `vi.mock`, which one that was loaded before evades.
  'src/main/profile/!(keys-cut).test.ts',
  'src/main/node/*.test.ts',
  'src/main/node/{access,network,storage,studies,sync,vault,waiting}/**/*.test.ts',
  'src/main/{local-socket,updates,work-place,workers}/**/*.test.ts',
  'src/*.test.ts',
  // These replace modules too, or wait for a clock of their own.
  'src/main/cli/!(failing-commands|program-interface).test.ts',
  'src/main/!(compose|idle-lock).test.ts',
]

// One of these that began last would go on alone while the other processes have nothing left.
const FIRST = ['gateway/golden.test.ts', 'workers/analysis.test.ts', 'node/membership-in-flight.test.ts']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isFirst = ({ moduleId }: TestSpecification) => FIRST.some((path) => moduleId.endsWith(path))
    const sorted = await super.sort(files)
    return sorted.sort((a, b) =>
      a.project.name === b.project.name ? Number(isFirst(b)) - Number(isFirst(a)) : 0,
    )
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    globalSetup: ['scripts/vitest-global.mjs'],
    setupFiles: ['scripts/vitest-setup.ts'],
    pool: 'forks',
    // A test file and its threads end soon: V8 compiles a function well only after four times as much of it has run, which saves
    // more of the compiler's time than it costs.
    execArgv: ['--interrupt-budget=540672'],
    // Slow machines and many builders at once: a test's time is never what it asserts.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    env: { CONSILIUM_SAMPLES: existsSync('../shared/samples') ? '../shared/samples' : '' },
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: [
            'src/**/*.test.{ts,tsx}',
            'sim/**/*.test.ts',
            'attacks/**/*.test.ts',
            'scripts/**/*.test.mjs',
          ],
          exclude: [...configDefaults.exclude, ...ALONE, ...SHARING, ...SHARING_AND_WAITING, ...LONG],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'sharing',
          include: SHARING,
          exclude: [...configDefaults.exclude, ...LONG],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'sharing and waiting',
          include: SHARING_AND_WAITING,
          exclude: [...configDefaults.exclude, ...ALONE, ...LONG],
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 3 } },
      },
      {
        extends: true,
        test: { name: 'long', include: LONG, maxWorkers: 1, sequence: { groupOrder: 4 } },
      },
    ],
  },
})
