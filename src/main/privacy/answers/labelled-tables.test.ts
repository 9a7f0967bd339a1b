import { describe, expect, it } from 'vitest'
import { createNodeCrypto } from '../../node/crypto-node.ts'
import { encodeRequest, requestHash } from '../request/request-bytes.ts'
import { planOf } from '../request/plan.ts'
import type { ProfileOutput } from '../request/profile-output.ts'
import type { ReleaseRequest } from '../request/release-request.ts'
import { tabulate, type Patient } from '../request/tabulate.ts'
import { RELEASE_DEFAULTS } from './answer-policy.ts'
import { answerRequest } from './answer.ts'
import { keyedNoise } from './noisy-tables.ts'
import { readRelease } from './read-release.ts'
import { encodeRelease, type LabelledTable, type Release } from './release.ts'

const crypto = createNodeCrypto()
const bytes = (n: number) => new Uint8Array(32).fill(n)
const output: ProfileOutput = {
  kind: 'cleaning-profile',
  tests: [{ test: 'hba1c', units: ['%', 'mmol/mol'] }],
  reasons: ['impossible', 'unusual'],
  lastYear: 2020,
  years: 2,
}
const request: ReleaseRequest = {
  snapshot: bytes(1),
  cohort: bytes(2),
  cleaning: bytes(3),
  followUp: null,
  output,
  microRho: 20_000,
}

/** Everybody has a usual result; each third one that is unusual, and so many one that cannot be. */
function people(count: number, impossible: number): Patient[] {
  return Array.from({ length: count }, (_, i): Patient => [
    { 'profile-left': 'kept' },
    { 'profile-tested': 'hba1c' },
    ...(i < impossible ? [{ 'profile-test': 'hba1c', 'profile-written': 'impossible' }] : []),
    ...(i % 3 === 0 ? [{ 'profile-test': 'hba1c', 'profile-written': 'unusual' }] : []),
    ...(i >= impossible || i % 3 !== 0 ? [{ 'profile-test': 'hba1c', 'profile-written': 'usual' }] : []),
    { 'profile-unit': i % 2 === 0 ? 'hba1c %' : 'hba1c mmol/mol' },
    { 'profile-seen': '2020' },
    ...(i % 2 === 0 ? [{ 'profile-test': 'hba1c', 'profile-known': '2020' }] : []),
    ...(i < impossible ? [{ 'profile-reason': 'impossible' }] : []),
  ])
}

function released(patients: readonly Patient[], seed: number): Release {
  const noise = keyedNoise(
    crypto,
    bytes(seed),
    bytes(5),
    requestHash(crypto, bytes(5), encodeRequest(request)),
  )
  return readRelease(encodeRelease(answerRequest(request, patients, noise, RELEASE_DEFAULTS)))!
}
const tablesOf = (release: Release): readonly LabelledTable[] => {
  if (release.kind !== 'tables') throw new Error(release.kind)
  return release.tables
}

describe('a release of named tables', () => {
  it('says itself what its cells are, and has none of “not known”', () => {
    const tables = tablesOf(released(people(2_000, 300), 7))
    expect(tables.map(({ name, axes }) => [name, axes])).toEqual([
      ['count', [['kept', 'gone']]],
      ['tested', [['hba1c']]],
      ['written', [['hba1c'], ['impossible', 'no-number', 'unusual', 'usual']]],
      ['cleaned', [['hba1c'], ['impossible', 'no-number', 'unusual', 'usual']]],
      ['units', [['hba1c %', 'hba1c mmol/mol', 'hba1c {other}', 'hba1c {none}']]],
      ['seen', [['2019', '2020']]],
      ['known', [['hba1c'], ['2019', '2020']]],
      ['reasons', [['impossible', 'unusual']]],
    ])
    for (const { axes, cells } of tables)
      expect(cells.length).toBe(axes.reduce((product, labels) => product * labels.length, 1))
  })

  it('has intervals that hold the exact number in 19 of 20 draws, and hides what could be too few', () => {
    const patients = people(600, 70)
    const exact = planOf(request).map((part) => tabulate(part, patients))
    let [held, all, hidden] = [0, 0, 0]
    for (let seed = 0; seed < 40; seed++)
      for (const [t, table] of tablesOf(released(patients, seed)).entries()) {
        const levels = table.axes.at(-1)!.length
        for (const [i, cell] of table.cells.entries()) {
          // The last level of each axis is “not known”.
          const row = (i - (i % levels)) / levels
          const truth = exact[t]![row * (levels + 1) + (i % levels)]!
          all++
          if (cell === null) {
            hidden++
            // A number far above the threshold would be shown.
            expect(truth).toBeLessThan(Number(table.shownFrom) + 3 * Number(table.halfWidth))
            held++
          } else if (cell - truth <= table.halfWidth && truth - cell <= table.halfWidth) held++
          if (cell !== null) expect(cell).toBeGreaterThanOrEqual(table.shownFrom)
        }
      }
    expect(all).toBeGreaterThan(800)
    expect(hidden / all).toBeGreaterThan(0.2)
    expect(hidden / all).toBeLessThan(0.7)
    // Five standard errors of 0.95 over so many draws.
    expect(held / all).toBeGreaterThan(0.95 - 5 * Math.sqrt((0.95 * 0.05) / all))
  })

  it('has noise that is as wide as it says: not much wider, nor much narrower', () => {
    const patients = people(3_000, 1_000)
    const errors: number[] = []
    for (let seed = 0; seed < 40; seed++) {
      const tables = tablesOf(released(patients, seed))
      const { cells, halfWidth } = tables[4]!
      errors.push(Number(cells[0]! - 1_500n) / (Number(halfWidth) / 1.96))
    }
    const variance = errors.reduce((sum, each) => sum + each * each, 0) / errors.length
    expect(variance).toBeGreaterThan(0.5)
    expect(variance).toBeLessThan(1.6)
  })

  it('is withheld where there are not certainly a hundred people', () => {
    for (let seed = 0; seed < 20; seed++) expect(released(people(60, 5), seed)).toEqual({ kind: 'withheld' })
  })

  it('is read only in its one form', () => {
    const tables = tablesOf(released(people(2_000, 300), 7))
    const [first, ...rest] = tables
    const encoded = (changed: unknown) =>
      readRelease(encodeRelease({ kind: 'tables', tables: [changed as LabelledTable, ...rest] }))
    expect(encoded(first)).not.toBeNull()
    expect(encoded({ ...first!, cells: first!.cells.slice(1) })).toBeNull()
    expect(encoded({ ...first!, axes: [['kept', 'gone', 'more']] })).toBeNull()
    expect(encoded({ ...first!, name: 7 })).toBeNull()
  })
})
