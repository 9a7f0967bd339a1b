import { describe, expect, it } from 'vitest'
import { dayOfCivil } from '../../../shared/domain/dates.ts'
import type { Observation, VisitRecord } from '../../../shared/domain/visit.ts'
import { sampleVisit } from '../../node/node.test-kit.ts'
import { decodeRun, encodeRun, runOf } from './fact-columns.ts'
import { factCode } from './fact-tables.ts'
import { factsOf } from './facts-of.ts'

const place = { block: 7, supersedes: null, author: 'aa' }
const factsWith = (over: Partial<VisitRecord>) => factsOf({ ...sampleVisit(1), ...over }, place)
const result = (over: Partial<Observation>): Observation => ({ ...sampleVisit(1).observations[0]!, ...over })

describe('the facts of a visit', () => {
  it('name the hospital that signed it, whatever the record says', () => {
    expect(factsOf(sampleVisit(1), place).visit[0]).toMatchObject({
      block: 7,
      hospital: 'aa',
      day: dayOfCivil(2026, 1, 2),
      birth: dayOfCivil(1970, 5, 6),
      birthPrecision: 3,
      op: factCode('op', 'create'),
    })
  })

  it('know a result when the later of specimen and report was there', () => {
    const dates = { specimenCollected: '2026-01-02', resultDate: '2026-01-05', effective: '2026-01-01' }
    const rows = [dates, { ...dates, resultDate: undefined }, { effective: '2026-01-01' }, {}].map(
      (each) =>
        factsWith({ observations: [result({ ...each } as Partial<Observation>)] }).observation[0]!.known,
    )
    expect(rows).toEqual([5, 2, 1, 2].map((day) => dayOfCivil(2026, 1, day)))
  })

  it('keep a value as written beside its value in the unit of our own table', () => {
    const of = (value: Observation['value']) =>
      factsWith({ observations: [result({ value })] }).observation[0]!
    expect(of({ type: 'decimal', value: '48', unit: 'mmol/mol' })).toMatchObject({
      value: 48,
      unit: 'mmol/mol',
    })
    expect(of({ type: 'decimal', value: '48', unit: 'mmol/mol' }).canonical).toBeCloseTo(6.544, 9)
    expect(of({ type: 'decimal', value: '48' })).toMatchObject({ value: 48, canonical: null })
    expect(of({ type: 'decimal', value: '7', unit: 'stone' }).canonical).toBeNull()
    expect(of({ type: 'decimal', value: '7', unit: '%', comparator: '<' })).toMatchObject({
      canonical: 7,
      comparator: factCode('comparator', '<'),
    })
    expect(of({ type: 'text', value: 'high' })).toMatchObject({
      value: null,
      canonical: null,
      textValue: null,
    })
    expect(of({ type: 'text', value: '１２８．５' })).toMatchObject({
      value: null,
      canonical: null,
      textValue: 128.5,
    })
  })

  it('take no number from a text that only has a digit somewhere in its signs', () => {
    const of = (text: string) =>
      factsWith({ observations: [result({ value: { type: 'text', value: text } })] }).observation[0]!
        .textValue
    expect(['⑫', '5²', '½', '㏪', '128.5'].map(of)).toEqual([null, null, null, null, 128.5])
  })

  it('take the first and the last day that a month or a year of death may mean', () => {
    const deathOf = (deathDate: string) =>
      factsWith({ patient: { ...sampleVisit(1).patient, deathDate } }).visit[0]!.death
    const firstOf = (deathDate: string) =>
      factsWith({ patient: { ...sampleVisit(1).patient, deathDate } }).visit[0]!.deathFrom
    expect(['2026-02', '2026', '2026-02-03'].map(firstOf)).toEqual([
      dayOfCivil(2026, 2, 1),
      dayOfCivil(2026, 1, 1),
      dayOfCivil(2026, 2, 3),
    ])
    expect(['2026-02', '2026', '2026-02-03'].map(deathOf)).toEqual([
      dayOfCivil(2026, 2, 28),
      dayOfCivil(2026, 12, 31),
      dayOfCivil(2026, 2, 3),
    ])
  })

  it('know of a death by the outcome and by the way of discharge, beside its date', () => {
    const { encounter } = sampleVisit(1)
    const of = (over: Partial<VisitRecord>) => factsWith(over).visit[0]!.died
    const ended = (dischargeDisposition: string) => ({ encounter: { ...encounter, dischargeDisposition } })
    const outcome = (deathInHospital: boolean) => ({ outcome: { deathInHospital, adverseEvents: [] } })
    expect([{}, ended('home'), outcome(false)].map(of)).toEqual([0, 0, 0])
    expect([ended('exp'), outcome(true), { ...ended('exp'), ...outcome(false) }].map(of)).toEqual([1, 1, 1])
  })

  it('take no month for a day, and the ATC code of a medicine where one is known', () => {
    const [given] = factsWith({
      prescriptions: [
        {
          code: { system: 'local', code: 'met500' },
          sourceCodings: [{ system: 'http://www.whocc.no/atc', code: 'A10BA02' }],
          start: '2026-01',
          status: 'active',
          intent: 'order',
        },
      ],
    }).prescription
    expect(given).toMatchObject({ code: 'A10BA02', start: null })
  })

  it('come back from a kept run as they went in', () => {
    const facts = [factsOf(sampleVisit(1), place), factsOf(sampleVisit(2), { ...place, block: 8 })]
    const run = runOf(7, 8, facts)
    expect(decodeRun(encodeRun(run))).toEqual(run)
  })
})
