/** Rules of one result: limits, units, dates. */
import { formatDay, parseWhen } from '../dates.ts'
import { labTestOf, LOINC_SYSTEM } from '../lab-tests.ts'
import type { LabTest } from '../lab-tests.ts'
import { canonicalValue, decimalTextOf, unitUnderstood } from '../units.ts'
import type { Observation } from '../visit.ts'
import { checkBetweenObservations } from './between-observations.ts'
import { outside } from './limits.ts'
import { comesBefore, swapInto } from './rules.ts'
import type { Add, CheckContext, CheckedVisit, Stay, VisitRule } from './rules.ts'

export function checkObservations(visit: CheckedVisit, context: CheckContext, stay: Stay, add: Add): void {
  const isForm = context.mode === 'form'
  visit.observations.forEach((observation, index) => {
    const path = `observations.${index}`
    const { value } = observation
    if (value.type === 'decimal') {
      const test = labTestOf(observation.code)
      // Of a test that we do not know, nobody can say that it has a unit.
      if (isForm && value.unit === undefined && test !== null)
        add(`${path}.unit`, 'required', 'refuse', { field: 'unit' })
      // A comparator says that the device stopped at its own limit, so the number is no measurement to judge.
      if (test !== null && value.unit !== undefined && value.comparator === undefined) {
        checkNumber(test, value.value, value.unit, `${path}.value`, add)
      }
    }
    if (isForm && isOwnTest(observation)) {
      const { display, code } = observation.code
      add(`${path}.code`, 'code-unlisted', 'confirm', { value: (display ?? code).slice(0, 200) })
    }
    checkSexOfTest(observation, context, path, add)
    checkResultDates(observation, context, stay, path, add)
    if (observation.refLow !== undefined && observation.refHigh !== undefined) {
      if (Number(observation.refLow) > Number(observation.refHigh)) {
        const params = { value: observation.refLow, limit: observation.refHigh }
        add(`${path}.refLow`, 'range-reversed', 'refuse', params)
      }
    }
  })
  checkBetweenObservations(visit, context, stay, add)
}

/** A laboratory test under a code or name of the hospital's own, which no other hospital understands. */
export const isOwnTest = ({ code, kind }: Pick<Observation, 'code' | 'kind'>): boolean =>
  kind === 'lab' && code.system !== LOINC_SYSTEM

export function checkNumber(
  test: LabTest,
  text: string,
  unit: string | undefined,
  path: string,
  add: Add,
): void {
  const value = Number(text)
  if (!Number.isFinite(value)) return
  const usedUnit = unit ?? test.unit
  const canonical = canonicalValue(test, value, usedUnit)
  const names = { value: text, unit: usedUnit, name: test.en, nameZh: test.zh }
  if (canonical.kind === 'unknown-unit') {
    const better = test.unit === '' ? undefined : test.unit
    add(path.replace(/\.value$/, '.unit'), 'unknown-unit', 'confirm', { ...names, limit: test.unit }, better)
    return
  }
  const hard = outside(canonical.value, test.hard)
  const soft = hard === null ? outside(canonical.value, test.soft) : null
  if (hard === null && soft === null) return
  const side = (hard ?? soft)!
  const limits = hard !== null ? test.hard : test.soft
  const limit = String(side === 'above' ? limits![1] : limits![0])
  const rule: VisitRule = `${side}-${hard !== null ? 'hard' : 'soft'}-limit`
  const severity = hard !== null ? 'refuse' : 'confirm'
  add(
    path,
    rule,
    severity,
    { ...names, limit, limitUnit: test.unit },
    betterValue(test, value, usedUnit, side),
  )
}

/**
 * The value that was probably meant, in the unit that stands beside the field: the number read in another unit of the
 * test, else its decimal point moved. Only what lies within the soft limits is offered.
 */
function betterValue(
  test: LabTest,
  value: number,
  unit: string,
  side: 'above' | 'below',
): string | undefined {
  const rule = unitUnderstood(test, unit)!
  const inFieldUnit = (canonical: number) => (canonical - rule.offset) / rule.factor
  const decimals = Math.max(test.decimals, rule.factor > 5 ? 2 : 0)
  for (const other of test.otherUnits) {
    if (other.factor === rule.factor && other.offset === rule.offset) continue
    const canonical = value * other.factor + other.offset
    if (outside(canonical, test.soft) === null && canonical !== value) {
      return decimalTextOf(inFieldUnit(canonical), decimals)
    }
  }
  if (rule.factor !== 1 && outside(value, test.soft) === null)
    return decimalTextOf(inFieldUnit(value), decimals)
  for (const factor of side === 'above' ? [0.1, 0.01] : [10, 100]) {
    const shifted = value * factor
    const canonical = shifted * rule.factor + rule.offset
    if (outside(canonical, test.soft) === null)
      return decimalTextOf(shifted, Math.max(decimals, 1)).replace(/\.0+$/, '')
  }
  return undefined
}

const MALE_TESTS = new Set(['2857-1'])

export function checkSexOfTest(
  observation: Observation,
  context: CheckContext,
  path: string,
  add: Add,
): void {
  if (context.patient.sex !== 'female' || labTestOf(observation.code) === null) return
  if (MALE_TESTS.has(observation.code.code)) {
    add(`${path}.code`, 'unusual-for-sex', 'confirm', { value: observation.code.code, sex: 'female' })
  }
}

export function checkResultDates(
  observation: Observation,
  context: CheckContext,
  stay: Stay,
  path: string,
  add: Add,
): void {
  const isForm = context.mode === 'form'
  const dates = [
    ['specimenCollected', observation.specimenCollected],
    ['resultDate', observation.resultDate],
    ['effective', observation.effective],
  ] as const
  for (const [field, text] of dates) {
    if (text === undefined) {
      const isNeeded =
        observation.kind === 'lab' && field !== 'effective' && observation.value.type !== 'absent' && isForm
      if (isNeeded) add(`${path}.${field}`, 'required', 'refuse', { field })
      continue
    }
    const span = parseWhen(text)
    if (span === null) add(`${path}.${field}`, 'date-does-not-exist', 'refuse', { value: text })
    else if (span.first > context.today + 1) {
      const params = { value: text, limit: formatDay(context.today) }
      add(
        `${path}.${field}`,
        'in-future',
        'refuse',
        params,
        swapInto(text, stay.birth?.first ?? null, context.today + 1),
      )
    } else if (stay.birth !== null && span.last < stay.birth.first) {
      add(`${path}.${field}`, 'before-birth', 'refuse', { value: text, limit: context.patient.birthDate! })
    }
  }
  const specimen =
    observation.specimenCollected === undefined ? null : parseWhen(observation.specimenCollected)
  const result = observation.resultDate === undefined ? null : parseWhen(observation.resultDate)
  if (specimen !== null && result !== null) {
    const params = { value: observation.resultDate!, limit: observation.specimenCollected! }
    if (
      result.last < specimen.first ||
      comesBefore(observation.resultDate!, observation.specimenCollected!)
    ) {
      add(`${path}.resultDate`, 'result-before-specimen', 'refuse', params)
    } else if (result.first - specimen.last > 60) add(`${path}.resultDate`, 'result-late', 'confirm', params)
  }
  if (specimen !== null && stay.admission !== null) {
    const last = (stay.discharge ?? stay.admission).last + 1
    if (specimen.last < stay.admission.first - 30 || (stay.discharge !== null && specimen.first > last)) {
      const test = labTestOf(observation.code)
      const params = {
        value: observation.specimenCollected!,
        limit: formatDay(stay.admission.first),
        name: test?.en ?? observation.code.code,
        nameZh: test?.zh ?? observation.code.code,
      }
      add(`${path}.specimenCollected`, 'specimen-outside-stay', 'confirm', params)
    }
  }
}
