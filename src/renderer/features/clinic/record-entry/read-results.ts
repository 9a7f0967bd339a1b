/**
 * Vital signs, smoking and laboratory rows as observations. A test outside of our table is a result all the same: its
 * name, number and unit are kept as they were typed, under the hospital's own code. Pure.
 */
import { labTestByKey, labTestOf, LOINC_SYSTEM, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import type { Code, Observation, ObservationValue } from '../../../../shared/domain/visit.ts'
import type { LocalRule } from '../../../words/findings.ts'
import { labNamed } from '../../../../shared/domain/lab-search.ts'
import { ownCode } from '../../../parts/own-code.ts'
import { isBlankRow, type LabRow, VITALS, type VisitForm } from './form.ts'
import { judged, readRange, flagByItself } from './result-range.ts'
import { isStillToCome, parseTypedNumber, unitMeant } from './typed.ts'
import { isBlankSet, momentsOfSets } from './vital-sets.ts'

const SNOMED = 'http://snomed.info/sct'
/** Results of tests that are no numbers. */
export const QUALITATIVE: Readonly<Record<'negative' | 'positive', Code>> = {
  negative: { system: SNOMED, code: '260385009', display: 'Negative' },
  positive: { system: SNOMED, code: '10828004', display: 'Positive' },
}

export interface ResultTools {
  problem(field: string, rule: LocalRule, params: Record<string, string>): void
  /** A typed day, with a time or without, as the record has it; '' for nothing or for what is not understood. */
  moment(field: string, text: string): string
  observe(field: string, observation: Observation): void
  readonly admissionDay: string
  readonly admissionAt: string
}

export function readResults(form: VisitForm, tools: ResultTools): void {
  const { problem, moment, observe, admissionDay, admissionAt } = tools
  const [firstAt = '', ...furtherAt] = momentsOfSets(form, admissionDay, moment)
  readVitals('vitals', form.vitals, firstAt || admissionAt)
  for (const [i, set] of form.furtherVitals.entries()) {
    if (isBlankSet(set)) continue
    const field = `furtherVitals.${set.id}`
    // Without its time nobody can tell it from the first one.
    if (set.at.trim() === '') problem(`${field}.at`, 'vitals-time-missing', {})
    readVitals(field, set.values, furtherAt[i] || admissionAt)
  }
  const smoking = labTestByKey('smoking')
  if (form.smoking !== '' && smoking)
    observe('smoking', {
      ...observed(smoking, { type: 'code', value: { system: SNOMED, code: form.smoking } }),
      effective: admissionAt,
    })
  for (const row of form.labs) if (!isBlankRow.labs(row)) readLab(row)

  function readVitals(place: string, values: VisitForm['vitals'], effective: string): void {
    for (const key of VITALS) {
      const typed = values[key]
      const test = labTestByKey(key)
      if (typed.trim() === '' || test === null) continue
      const field = `${place}.${key}`
      const value = readNumber(field, typed, test, test.unit)
      // What stood beside it in the form, range and mark, is what was signed.
      if (value) observe(field, { ...observed(test, value), ...judged(test, value), effective })
    }
  }

  function readLab(row: LabRow): void {
    const field = `labs.${row.id}`
    // A name of the table that nobody chose from it means that test all the same.
    const named = row.test.code === null ? labNamed(row.test.text) : null
    const test = row.test.code === null ? named : labTestOf(row.test.code)
    const code = row.test.code ?? ownCode(row.test.text)
    if (code === null) return problem(`${field}.test`, 'test-missing', {})
    const about = test === null ? unlisted({ ...code }) : observed(test, { type: 'text', value: '-' })
    const collected = moment(`${field}.collected`, row.collected) || admissionDay
    const drawn = collected === '' ? {} : { specimenCollected: collected }
    if (isStillToCome(row.value))
      return observe(field, {
        ...about,
        value: { type: 'absent', reason: 'pending' },
        status: 'registered',
        ...drawn,
      })
    if (row.value.trim() === '' && row.absent !== '') {
      // A test that was not done has no result, and no specimen need have been taken.
      const said = row.collected.trim() === '' ? {} : drawn
      return observe(field, {
        ...about,
        value: { type: 'absent', reason: row.absent },
        status: row.status,
        ...said,
        ...dated(field, row, ''),
      })
    }
    if (row.value.trim() === '')
      return problem(`${field}.value`, 'value-missing', {
        name: test?.en ?? row.test.text,
        nameZh: test?.zh ?? row.test.text,
      })
    const value =
      test === null
        ? readOwnResult(row.value, row.unit)
        : test.unit === ''
          ? readQualitative(row.value)
          : readNumber(`${field}.value`, row.value, test, row.unit || (named?.unit ?? ''))
    if (!value) return
    const range = readRange(row.range)
    const hasOwn = Object.keys(range).length > 0
    const result: Observation = {
      ...about,
      value,
      status: row.status,
      ...drawn,
      ...dated(field, row, collected),
      ...(hasOwn ? range : test === null ? {} : judged(test, value)),
    }
    const flag = row.flag || (hasOwn ? flagByItself(result) : result.flag)
    observe(field, flag === undefined ? result : { ...result, flag })
  }

  function dated(field: string, row: LabRow, otherwise: string): { resultDate?: string } {
    const resulted = moment(`${field}.resulted`, row.resulted) || otherwise
    return resulted === '' ? {} : { resultDate: resulted }
  }

  function readNumber(field: string, typed: string, test: LabTest, unit: string): ObservationValue | null {
    const number = parseTypedNumber(typed)
    if (!number) {
      problem(field, 'not-a-number', { value: typed })
      return null
    }
    const meant = number.unitTyped === undefined ? undefined : unitMeant(test, number.unitTyped)
    const used = meant ?? number.unitTyped ?? unit
    return {
      type: 'decimal',
      value: number.value,
      ...(number.comparator === undefined ? {} : { comparator: number.comparator }),
      ...(used === '' ? {} : { unit: used.slice(0, 64) }),
      ...(number.unitTyped !== undefined && number.unitTyped !== used
        ? { unitSource: number.unitTyped.slice(0, 64) }
        : {}),
    }
  }
}

const observed = (test: LabTest, value: ObservationValue): Observation => ({
  code: { system: LOINC_SYSTEM, code: test.loinc, display: test.en },
  kind: test.kind,
  status: 'final',
  value,
  sourceCodings: [],
})

const unlisted = (code: Code): Observation => ({
  code,
  kind: 'lab',
  status: 'final',
  value: { type: 'text', value: '-' },
  sourceCodings: [],
})

/** A result of a test that we do not know: a number with a unit where it is one, else the words. */
export function readOwnResult(typed: string, unit: string): ObservationValue {
  const number = parseTypedNumber(typed)
  if (number === null || (number.unitTyped !== undefined && !isUnit(number.unitTyped)))
    return readQualitative(typed)
  const used = (number.unitTyped ?? unit).trim().slice(0, 64)
  return {
    type: 'decimal',
    value: number.value,
    ...(number.comparator === undefined ? {} : { comparator: number.comparator }),
    ...(used === '' ? {} : { unit: used }),
  }
}

/** `1:80`, `3+`, `10-20` and `2 of 3` begin with a number and are none: a unit has no digit behind a sign or a space. */
export const isUnit = (text: string): boolean =>
  /^[\p{L}%‰°[{/](?!.*([:=+;]|\s[\p{L}\p{N}]))/u.test(text) && !/^\/[0-9]/.test(text)

function readQualitative(typed: string): ObservationValue {
  const code = typed === 'negative' || typed === 'positive' ? QUALITATIVE[typed] : undefined
  return code ? { type: 'code', value: code } : { type: 'text', value: typed.trim().slice(0, 2000) }
}
