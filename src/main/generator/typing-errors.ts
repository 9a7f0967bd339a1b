/**
 * What goes wrong between the paper and the keyboard, from nothing but a seed: right values of generated visits, and for
 * each a ledger of slips of the hand (decimal point moved, digit doubled, neighbours exchanged) and of units (a number of
 * one unit typed into the field of another, a unit named that the number does not have). It scores the questions that the
 * form asks; the form knows nothing of it.
 */
import { LAB_TESTS, type LabTest } from '../../shared/domain/lab-tests.ts'
import { convertUnit, decimalTextOf, unitRuleOf } from '../../shared/domain/units.ts'
import type { VisitFacts } from './facts.ts'
import { generateLives } from './generate-patients.ts'
import { streamOf, type Stream } from './random.ts'

export type SlipKind =
  'decimal-shift' | 'digit-doubled' | 'digits-exchanged' | 'number-of-other-unit' | 'other-unit-named'

export interface TypingSlip {
  readonly key: string
  readonly kind: SlipKind
  readonly before: string
  readonly after: string
}
/** Values by the key of their test, as a clerk types them: a number, with its unit where that is not the test's own. */
export type TypedValues = Readonly<Record<string, string>>

export interface TypingTrial {
  readonly sex: 'male' | 'female'
  readonly birthDate: string
  /** Visits that the hospital already has, oldest first. */
  readonly earlier: readonly { readonly day: number; readonly values: TypedValues }[]
  readonly day: number
  readonly values: TypedValues
  readonly slips: readonly TypingSlip[]
}

const HANDS: readonly SlipKind[] = ['decimal-shift', 'digit-doubled', 'digits-exchanged']
const UNITS: readonly SlipKind[] = ['number-of-other-unit', 'other-unit-named']
export const isUnitSlip = (kind: SlipKind): boolean => UNITS.includes(kind)

const EARLIER_VISITS = 3
/** From this ratio on, exchanged digits count as an error of range. */
const EXCHANGE_RATIO = 1.5

/** Trials with `count` slips in all, half of them of units, and at least as many right values. */
export function typingTrials(seed: string, count: number): TypingTrial[] {
  const trials: TypingTrial[] = []
  const planted = { hands: 0, units: 0, values: 0 }
  const isDone = () => planted.hands + planted.units >= count && planted.values >= count
  for (const life of generateLives({ seed, patients: 100_000 })) {
    if (isDone()) break
    const visits = life.visits.filter((visit) => !visit.isRetracted && visit.visitClass === 'AMB')
    if (visits.length <= EARLIER_VISITS) continue
    const visit = visits[EARLIER_VISITS]!
    const values = valuesOf(visit)
    const dice = streamOf(seed, life.course.index, 'typing')
    const slips: TypingSlip[] = []
    for (const [key, before] of Object.entries(values)) {
      for (const [kinds, name] of [
        [HANDS, 'hands'],
        [UNITS, 'units'],
      ] as const) {
        if (planted[name] >= count / 2) continue
        const kind = kinds[dice.pick(kinds.map((_kind, i) => (kinds === HANDS && i === 2 ? 1 : 2)))]!
        const after = slipOf(kind, testOf(key), before, dice)
        if (after === null) continue
        slips.push({ key, kind, before, after })
        planted[name]++
      }
    }
    planted.values += Object.keys(values).length
    trials.push({
      sex: visit.sex,
      birthDate: visit.birthDate,
      earlier: visits.slice(0, EARLIER_VISITS).map((each) => ({ day: each.day, values: valuesOf(each) })),
      day: visit.day,
      values,
      slips,
    })
  }
  return trials
}

function testOf(key: string): LabTest {
  return LAB_TESTS.find((test) => test.key === key)!
}

const FIELDS = [
  'sbp',
  'dbp',
  'hr',
  'height',
  'weight',
  'hba1c',
  'ldl',
  'hdl',
  'tg',
  'creat',
  'alt',
  'hgb',
  'k',
]

function valuesOf(visit: VisitFacts): TypedValues {
  const values: Record<string, string> = {}
  for (const key of FIELDS) {
    const typed = visit[key as keyof VisitFacts] as string
    if (typed !== '') values[key] = typed
  }
  if (visit.glucose !== '')
    values['gluc'] = visit.glucoseUnit === 'mg/dL' ? visit.glucose : `${visit.glucose}${visit.glucoseUnit}`
  return values
}

/** What was typed instead, or null where this slip cannot happen to this value. */
function slipOf(kind: SlipKind, test: LabTest, before: string, dice: Stream): string | null {
  const [, number = '', unit = ''] = /^([0-9.]+)(.*)$/.exec(before)!
  const [whole = '', fraction = ''] = number.split('.')
  const written = (after: string): string | null =>
    after === '' || Number(after) === Number(number) ? null : `${after}${unit}`
  switch (kind) {
    case 'decimal-shift': {
      const isUp = dice.chance(0.5)
      if (isUp)
        return written(
          fraction === '' ? `${whole}0` : `${whole}${fraction[0]!}.${fraction.slice(1)}`.replace(/\.$/, ''),
        )
      return written(`${whole.slice(0, -1) || '0'}.${whole.slice(-1)}${fraction}`)
    }
    case 'digit-doubled': {
      const at = dice.integer(0, whole.length - 1)
      return written(`${whole.slice(0, at + 1)}${whole.slice(at)}${fraction === '' ? '' : `.${fraction}`}`)
    }
    case 'digits-exchanged': {
      const digits = whole + fraction
      const at = dice.integer(0, Math.max(0, digits.length - 2))
      const swapped = `${digits.slice(0, at)}${digits[at + 1] ?? ''}${digits[at]!}${digits.slice(at + 2)}`
      const after = `${swapped.slice(0, whole.length)}${fraction === '' ? '' : `.${swapped.slice(whole.length)}`}`
      // 85 for 58 is a wrong value, but a usual one: nothing short of a second reader sees it, so it is no slip of range.
      return ratioOf(Number(after), Number(number)) < EXCHANGE_RATIO ? null : written(after)
    }
    case 'number-of-other-unit':
    case 'other-unit-named': {
      const own = unit === '' ? test.unit : unit
      const rule = unitRuleOf(test, own)!
      const others = [{ unit: test.unit, factor: 1, offset: 0 }, ...test.otherUnits].filter(
        (other) => ratioOf(other.factor, rule.factor) > 1.2 || other.offset !== rule.offset,
      )
      if (others.length === 0) return null
      const other = others[dice.integer(0, others.length - 1)]!
      if (kind === 'other-unit-named') return `${number}${other.unit}`
      const converted = convertUnit(test, Number(number), own, other.unit)!
      const decimals = converted >= 100 ? 0 : converted >= 10 ? 1 : 2
      return `${decimalTextOf(converted, decimals)}${unit}`
    }
  }
}

const ratioOf = (a: number, b: number): number => Math.max(a / b, b / a)
