/** What the demonstration's hospitals publish of themselves: of every variable, and with enough people of years too, by the room's own action and last. */
import { expect, it } from 'vitest'
import type { AllHandlers } from '../../shared/contract/index.ts'
import { coverageTables } from '../requests/coverage-tables.ts'
import { askDemonstrationStudies } from './demonstration-studies.ts'

const SNAPSHOT = 'ab'.repeat(32)
type Publish = Parameters<AllHandlers['requests']['publishCoverage']>[0]

async function publishedOf(patientCount: number) {
  const published: Publish[] = []
  let [askedBefore, looks] = [0, 0]
  const handlers = {
    jobs: {
      list: async () => [{ jobId: 'job', state: looks++ < 2 ? 'running' : 'done' }],
    },
    snapshots: { propose: async () => ({ kind: 'proposed', hash: SNAPSHOT }) },
    requests: {
      catalog: async () => ({ snapshots: [{ hash: SNAPSHOT }] }),
      price: async () => ({ kind: 'priced', requestHash: '', microRho: 1 }),
      submit: async () => void askedBefore++,
      coveragePlan: async ({ years }: { years: string[] }) => ({
        kind: 'plan',
        snapshot: SNAPSHOT,
        microRho: 7,
        tables: coverageTables(years),
      }),
      publishCoverage: async (asked: Publish) => {
        published.push(asked)
        return { kind: 'started', jobId: 'job' }
      },
    },
  } as never
  await askDemonstrationStudies({
    hospital: handlers,
    university: handlers,
    insurer: null,
    patientCount,
    locale: 'en',
    exposureFile: async () => '',
    sleep: async () => {},
    signal: new AbortController().signal,
  })
  return { published, askedBefore, looks }
}

it('publishes every variable, and of those first seen in two years where they are enough, and waits until it is asked', async () => {
  const few = await publishedOf(200)
  expect(few).toMatchObject({ askedBefore: 2, looks: 3 })
  expect(few.published).toEqual([
    { years: [], locale: 'en', shown: { snapshot: SNAPSHOT, tableCount: 12, microRho: 7 } },
  ])
  const many = await publishedOf(2_000)
  expect(many.published).toMatchObject([{ years: ['2020', '2019'], shown: { tableCount: 36 } }])
})
