/** Which tables a twin is made to look like, and of which day they are. */
import { describe, expect, it } from 'vitest'
import { canonicalCohort, type CohortDefinition } from '../../shared/domain/cohort.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { crypto } from '../node/chain/consortium.test-kit.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import { decodeSegment } from '../node/chain/segment.ts'
import type { ChainNode } from '../node/node.ts'
import { readSegment } from '../node/storage/chain-store.ts'
import { packagedStudy } from '../package/package.test-kit.ts'
import { encodeRelease } from '../privacy/answers/release.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import { encodeDocument } from '../privacy/request/study-document.ts'
import { twinPlan } from './twin-plan.ts'

const EVERYBODY: CohortDefinition = {
  schema: 'cohort/1',
  title: '',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}

describe('the plan of a twin', () => {
  it('has the published tables, at the day of the state that was asked and not of the question', async () => {
    const { store } = await packagedStudy()
    const stored = await readSegment(store, 1)
    const time = stored.kind === 'ok' ? decodeSegment(stored.value.segment)!.time : NaN
    const cohortText = canonicalCohort(EVERYBODY)
    const snapshotHash = new Uint8Array(32).fill(5)
    const axis = { variable: 'sex', edges: [] }
    const requestBytes = encodeRequest({
      snapshot: snapshotHash,
      cohort: crypto.sha256(utf8Encode(cohortText)),
      cleaning: null,
      followUp: null,
      output: { kind: 'histogram', axis, counted: { unit: 'patients' } },
      microRho: 20_000,
    })
    const texts = { cohortText, cleaningText: null, followUpText: null, studyText: null }
    const about = { lane: 'noise', requestBytes, purpose: 'research', title: 'By sex' } as const
    const document = encodeDocument({ salt: new Uint8Array(32), ...texts, ...about })
    const margin = [0n, 12n, 0n, 0n, 0n].map((value) => ({ value, halfWidth: 9n }))
    const answer = encodeRelease({
      kind: 'table',
      cells: [null, 12n, null, null, null],
      halfWidth: 9n,
      margins: [margin],
      total: { value: 12n, halfWidth: 9n },
    })
    const row = {
      studyHash: new Uint8Array(32).fill(6),
      commitment: new Uint8Array(32),
      snapshotHash,
      // The question came a year after the state that it asks.
      time: time + 365 * DAY_MS,
    }
    const filters: unknown[] = []
    const node = {
      store,
      ledger: { state: { consortium: { snapshots: [{ itemHash: snapshotHash, height: 1 }] } } },
      studies: {
        index: {
          list: async (filter: object) => {
            filters.push(filter)
            return [row]
          },
        },
        exchange: { documentOf: async () => document, answerOf: async () => answer },
      },
    } as unknown as ChainNode
    const { tables } = await twinPlan(node)
    expect(tables).toMatchObject([
      { axes: [axis], cells: [null, 12, null, null, null], snapshotDay: Math.floor(time / DAY_MS) },
    ])
    expect(filters).toMatchObject([{ requesterClass: 'published', states: ['answered'] }])
  })
})
