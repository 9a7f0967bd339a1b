/** Rules between results of one visit, and against the last measures of the patient. */
import { ageInYears } from '../dates.ts'
import { labTestOf } from '../lab-tests.ts'
import { canonicalValue, decimalTextOf, estimatedFiltration } from '../units.ts'
import { outside } from './limits.ts'
import type { Add, CheckContext, CheckedVisit, Stay } from './rules.ts'

export interface Measured {
  index: number
  value: number
  /** To the minute; '' where it is not said. */
  minute: string
}

export function checkBetweenObservations(
  visit: CheckedVisit,
  context: CheckContext,
  stay: Stay,
  add: Add,
): void {
  const measured = new Map<string, Measured[]>()
  visit.observations.forEach((observation, index) => {
    const { value } = observation
    if (value.type !== 'decimal' || value.comparator !== undefined) return
    if (observation.status === 'entered-in-error' || observation.status === 'cancelled') return
    const test = labTestOf(observation.code)
    if (test === null) return
    const canonical = canonicalValue(test, Number(value.value), value.unit ?? '')
    if (canonical.kind === 'unknown-unit' || outside(canonical.value, test.hard) !== null) return
    const found = { index, value: canonical.value, minute: observation.effective?.slice(0, 16) ?? '' }
    const list = measured.get(test.key)
    if (list === undefined) measured.set(test.key, [found])
    else list.push(found)
  })
  const only = (key: string): Measured | null => measured.get(key)?.[0] ?? null
  const text = (value: number, decimals = 1) => decimalTextOf(value, decimals)

  // Pressures of one minute pair in the order of entry: the first systolic with the first diastolic, and so on.
  const systolics = [...(measured.get('sbp') ?? [])]
  ;(measured.get('dbp') ?? []).forEach((diastolic) => {
    const place = systolics.findIndex(({ minute }) => minute === diastolic.minute)
    const [systolic] = place < 0 ? [] : systolics.splice(place, 1)
    if (systolic === undefined) return
    const path = `observations.${diastolic.index}.value`
    const params = { value: text(diastolic.value, 0), limit: text(systolic.value, 0) }
    const pulse = systolic.value - diastolic.value
    if (pulse <= 0) add(path, 'diastolic-not-below-systolic', 'refuse', params)
    else if (pulse < 15 || pulse > 150) add(path, 'pulse-pressure-unusual', 'confirm', params)
  })

  const height = only('height')
  const weight = only('weight')
  const bodyMass = only('bmi')
  if (height !== null && weight !== null && bodyMass !== null) {
    const metres = height.value / 100
    const expected = weight.value / (metres * metres)
    if (Math.abs(expected - bodyMass.value) > 1) {
      const params = { value: text(bodyMass.value), limit: text(expected) }
      add(
        `observations.${bodyMass.index}.value`,
        'body-mass-index-differs',
        'confirm',
        params,
        text(expected),
      )
    }
  }
  const total = only('chol')
  const high = only('hdl')
  const low = only('ldl') ?? only('ldlD')
  if (total !== null && high !== null && low !== null && high.value + low.value > 1.1 * total.value) {
    const params = { value: text(high.value + low.value, 0), limit: text(total.value, 0) }
    add(`observations.${total.index}.value`, 'cholesterol-parts-exceed-total', 'confirm', params)
  }
  const creatinine = only('creat')
  const filtration = only('egfr')
  const { sex } = context.patient
  if (creatinine !== null && filtration !== null && stay.birth !== null && stay.admission !== null) {
    const age = ageInYears(stay.birth.first, stay.admission.first)
    if (age >= 18 && (sex === 'male' || sex === 'female')) {
      const expected = estimatedFiltration(creatinine.value, age, sex === 'female')
      if (Math.abs(expected - filtration.value) > 15) {
        const params = { value: text(filtration.value, 0), limit: text(expected, 0) }
        add(`observations.${filtration.index}.value`, 'filtration-differs', 'confirm', params)
      }
    }
  }
  const { previous } = context
  if (stay.admission === null || previous === undefined) return
  for (const weight of measured.get('weight') ?? []) {
    if (previous['weight'] === undefined) break
    const days = Math.abs(stay.admission.first - previous['weight'].day)
    const change = Math.abs(weight.value / previous['weight'].value - 1)
    if (days <= 90 && change > 0.2) {
      const params = { value: text(weight.value), limit: text(previous['weight'].value) }
      add(`observations.${weight.index}.value`, 'weight-jump', 'confirm', params)
    }
  }
  if (height !== null && previous['height'] !== undefined && stay.birth !== null) {
    const wasAdult = ageInYears(stay.birth.first, previous['height'].day) >= 20
    if (wasAdult && Math.abs(height.value - previous['height'].value) > 3) {
      const params = { value: text(height.value), limit: text(previous['height'].value) }
      add(`observations.${height.index}.value`, 'height-jump', 'confirm', params)
    }
  }
}
