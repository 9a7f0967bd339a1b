/** Tables of completeness: each is a good request for everybody, and the catalogue reads just that variable and year out of its answer. */
import { expect, it } from 'vitest'
import { canonicalCohort } from '../../shared/domain/cohort.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { coverageOf } from './coverage.ts'
import { coverageAsked, coveragePrice, coverageTables, coverageTitle } from './coverage-tables.ts'
import { readyRequest } from './ready-request.ts'

const SNAPSHOT = 'ab'.repeat(32)
const asking = { snapshot: SNAPSHOT, microRho: 2_500 }

it('has a table of each variable that needs no follow-up, everybody first', () => {
  const tables = coverageTables(['2025', '2024'])
  expect(tables).toHaveLength(36)
  expect(tables.slice(0, 12).every(({ year }) => year === null)).toBe(true)
  expect(tables.map(({ variable }) => variable)).not.toContain('follow-up-days')
})

it('asks what may be asked, and what the catalogue takes as coverage', () => {
  const whole = (value: number) => ({ value, halfWidth: 4 })
  for (const table of coverageTables(['2025'])) {
    const asked = coverageAsked(table, asking)
    expect(readyRequest(createNodeCrypto(), new Uint8Array(32), asked, 5)).toMatchObject({
      kind: 'ready',
      chargeKind: 'table',
    })
    const { cohort, cleaning, followUp, output } = asked
    const question = {
      lane: 'noise' as const,
      cohort,
      cleaning,
      followUp,
      output,
      requestHash: SNAPSHOT,
      cohortHash: canonicalCohort(cohort),
    }
    const answer = {
      kind: 'table' as const,
      cells: [150, 90],
      halfWidth: 4,
      margins: [[whole(150), whole(90)]],
      total: whole(240),
    }
    expect(coverageOf([{ studyHash: SNAPSHOT, question, answer, shownFrom: 14 }])).toMatchObject([
      { ...table, known: { value: 150 }, missing: { value: 90 } },
    ])
    for (const locale of ['en', 'zh-Hant'] as const)
      expect(coverageTitle(table, locale).length).toBeLessThanOrEqual(200)
  }
})

it('costs a thirtieth of what may be published in a year, and no more than one table may', () => {
  expect(coveragePrice(75_000, 20_000)).toBe(2_500)
  expect(coveragePrice(7_500_000, 200_000)).toBe(200_000)
  expect(coveragePrice(0, 20_000)).toBe(1)
})
