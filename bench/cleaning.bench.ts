/**
 * Cleaning everybody: `npm run bench -- cleaning [VISITS] [HELD]` (1,000,000; rows that are held at one time, as the room does where absent). Facts of synthetic patients with the errors of real files, cleaned
 * with all steps as usual, as the room does; beside the time the most memory that the process had, with the facts in it.
 */
import { runOf } from '../src/main/analytics/facts/fact-columns.ts'
import { factsOf } from '../src/main/analytics/facts/facts-of.ts'
import type { Facts } from '../src/main/analytics/facts/fact-tables.ts'
import { previewCleaning } from '../src/main/analytics/study/preview-cleaning.ts'
import { inventedPatients, recordOfInvented } from '../src/main/analytics/twin/twin-records.ts'
import { openWarehouse } from '../src/main/analytics/warehouse/warehouse.ts'
import { presetSteps } from '../src/shared/domain/cleaning.ts'
import type { CohortDefinition } from '../src/shared/domain/cohort.ts'

const VISITS = Number(process.argv[2] ?? 1_000_000)
const HELD = process.argv[3] === undefined ? {} : { heldRowsMost: Number(process.argv[3]) }
const PATIENTS_AT_ONCE = 2_000
const MEMORY_MB = 2_048
const EVERYBODY: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}

const warehouse = await openWarehouse({ threads: 2, memoryMb: MEMORY_MB })
let blocks = 0
for (let part = 0; blocks < VISITS; part++) {
  const facts: Facts[] = []
  for (const { index, visits } of inventedPatients(`bench-${part}`, PATIENTS_AT_ONCE, true)) {
    const key = (part * PATIENTS_AT_ONCE + index).toString(16).padStart(64, '0')
    for (const visit of visits) {
      const record = recordOfInvented(visit, key, visit.hospital)
      const block = blocks + facts.length
      facts.push(factsOf(record, { block, supersedes: null, author: record.encounter.facility }))
    }
  }
  await warehouse.load(runOf(blocks, blocks + facts.length - 1, facts))
  blocks += facts.length
}
const mb = (bytes: number): number => Math.round(bytes / 2 ** 20)
const loadedMb = mb(process.memoryUsage().rss)
let [mostRss, mostHeap, mostBuffers] = [0, 0, 0]
const look = (): void => {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  mostRss = Math.max(mostRss, rss)
  mostHeap = Math.max(mostHeap, heapUsed)
  mostBuffers = Math.max(mostBuffers, arrayBuffers)
}
const startedAt = performance.now()
const cpuBefore = process.cpuUsage()
const shares: number[] = []
const answer = await previewCleaning(
  warehouse,
  {
    scope: { upTo: blocks - 1, hospitals: null, samePerson: [] },
    cohort: EVERYBODY,
    pipeline: { schema: 'cleaning/1', title: 'All steps', steps: presetSteps('careful') },
  },
  {
    ...HELD,
    isCancelled: () => false,
    onPersons(done, total) {
      look()
      const share = Math.floor((10 * done) / total)
      if (shares.length <= share) {
        shares.push(share)
        process.stderr.write(
          `${share * 10} %: ${Math.round((performance.now() - startedAt) / 1000)} s, heap ${mb(process.memoryUsage().heapUsed)} MB\n`,
        )
      }
    },
  },
)
look()
const cpu = process.cpuUsage(cpuBefore)
process.stdout.write(
  `${JSON.stringify({
    visits: blocks,
    start: answer.start,
    left: answer.steps.at(-1)!.left,
    resultHash: answer.resultHash,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    cpuSeconds: Math.round((cpu.user + cpu.system) / 1e6),
    mb: { loaded: loadedMb, mostRss: mb(mostRss), mostHeap: mb(mostHeap), mostBuffers: mb(mostBuffers) },
  })}\n`,
)
await warehouse.close()
