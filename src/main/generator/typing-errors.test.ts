import { describe, expect, it } from 'vitest'
import { labTestByKey, LOINC_SYSTEM } from '../../shared/domain/lab-tests.ts'
import { previousMeasures } from '../../shared/domain/visit-check/previous-measures.ts'
import { checkVisit, type CheckedVisit } from '../../shared/domain/visit-check.ts'
import type { Observation, VisitRecord } from '../../shared/domain/visit.ts'
import { isoDay } from './facts.ts'
import { isUnitSlip, typingTrials, type TypedValues, type TypingTrial } from './typing-errors.ts'

function observationsOf(values: TypedValues): Observation[] {
  return Object.entries(values).map(([key, typed]) => {
    const test = labTestByKey(key)!
    const [, value = '', unit = ''] = /^([0-9.]+)(.*)$/.exec(typed)!
    return {
      code: { system: LOINC_SYSTEM, code: test.loinc },
      kind: test.kind,
      status: 'final',
      value: { type: 'decimal', value, unit: unit === '' ? test.unit : unit },
      sourceCodings: [],
    }
  })
}

/** What is asked or refused about each value, by the key of its test. */
function askedAbout(trial: TypingTrial, values: TypedValues): Set<string> {
  const day = isoDay(trial.day)
  const earlier = trial.earlier.map(
    (each, i) =>
      ({
        envelope: { visitId: `v${i}`, op: 'create' },
        encounter: { admission: { at: isoDay(each.day) } },
        observations: observationsOf(each.values),
      }) as unknown as VisitRecord,
  )
  const visit: CheckedVisit = {
    encounter: { class: 'AMB', status: 'finished', admission: { at: day }, payer: { type: 'NHI' } },
    observations: observationsOf(values),
    diagnoses: [],
    procedures: [],
    prescriptions: [],
    claims: [],
  }
  const keys = Object.keys(values)
  const findings = checkVisit(visit, {
    mode: 'form',
    today: trial.day,
    patient: { sex: trial.sex, birthDate: trial.birthDate },
    previous: previousMeasures(earlier, { day: trial.day }),
  })
  return new Set(
    findings
      .map((each) => /^observations\.([0-9]+)\.(value|unit)$/.exec(each.path)?.[1])
      .filter((index) => index !== undefined)
      .map((index) => keys[Number(index)]!),
  )
}

describe('the questions of the form about typed values', () => {
  it.each(['typing', 'a', 'b', 'c'])(
    'stop or question at least 95 % of slips of the hand and 90 % of slips of units, and at most 5 % of right values (seed %s)',
    (seed) => {
      const trials = typingTrials(seed, 300)
      let [hands, handsSeen, units, unitsSeen, right, rightAsked] = [0, 0, 0, 0, 0, 0]
      for (const trial of trials) {
        const asked = askedAbout(trial, trial.values)
        right += Object.keys(trial.values).length
        rightAsked += asked.size
        for (const slip of trial.slips) {
          const now = askedAbout(trial, { ...trial.values, [slip.key]: slip.after })
          const isSeen = now.has(slip.key) || [...now].some((key) => !asked.has(key))
          if (isUnitSlip(slip.kind)) {
            units++
            unitsSeen += isSeen ? 1 : 0
          } else {
            hands++
            handsSeen += isSeen ? 1 : 0
          }
        }
      }
      expect(hands + units).toBe(300)
      expect(right).toBeGreaterThanOrEqual(300)
      expect(handsSeen / hands).toBeGreaterThanOrEqual(0.95)
      expect(unitsSeen / units).toBeGreaterThanOrEqual(0.9)
      expect(rightAsked / right).toBeLessThanOrEqual(0.05)
    },
  )
})
