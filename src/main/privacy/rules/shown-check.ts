/**
 * Comparisons as a checker is shown them: what counts patients or events as coarse as what would leave, and what follows from a count made
 * of the number that is shown of it, so that nothing exact can be read from two numbers beside each other. Judged was exactly. Pure.
 */
import { roundCount, roundToDigits, roundToStep, stepOfShare } from './rounding.ts'
import { atLeast, atMost, type RuleCheck } from './rule-check.ts'
import type { RulePolicy } from './rule-policy.ts'

export type ShownCheck = Pick<RuleCheck, 'rule' | 'what' | 'limit' | 'bound'> & Shown

type Shown = Pick<RuleCheck, 'verdict'> & {
  /** Null where any number would tell more than those beside it. */
  readonly value: number | null
  /** The number was made coarse. */
  readonly isAbout: boolean
}

/** Patients or events. */
const COUNTS = new Set([
  'largest-cell',
  'patients',
  'cohort',
  'events',
  'level-patients',
  'level-events',
  'column-patients',
  'column-events',
  'fitted-by',
  'smallest-leaf',
  'least-difference',
  'changed-since',
  'differs-from-then',
])
/** What is left of two counts, or a part of one that is rounded otherwise: however coarse, beside them it would tell more. */
const UNSAID = new Set(['level-without-event', 'column-without-event', 'on-each-side'])
const DIGITS = 2

/**
 * Each once by what is shown of it: two rows that look alike would say that their exact numbers differ.
 * @param checks each with what it was made of: a list that leaves out what stands in it already does not say whose a number is
 */
export function shownChecks(checks: readonly RuleCheck[], policy: RulePolicy): ShownCheck[] {
  const seen = new Map<string, ShownCheck>()
  for (const check of checks) {
    const { rule, what, limit, bound } = check
    const shown = { rule, what, limit, bound, ...shownOf(check, checks, policy) }
    const name = JSON.stringify(shown)
    if (!seen.has(name)) seen.set(name, shown)
  }
  return [...seen.values()]
}

function shownOf(check: RuleCheck, all: readonly RuleCheck[], policy: RulePolicy): Shown {
  const { what, value, verdict, madeOf } = check
  if (UNSAID.has(what)) return unsaid(check)
  if (!Number.isFinite(value)) return { value, verdict, isAbout: false }
  const asShown = (of: RuleCheck) => onItsSide(roundCount(of.value, policy.roundTo), of)
  /** The step too is chosen by what is shown: by the exact number it would say on which side of 500 that is. */
  const shareOf = (rule: RuleCheck['rule'], total: string) =>
    about(check, toShareStep(value, leastOf(all, rule, total, asShown), policy), policy)
  /** Made of the shown total as the exact number was made of the exact one. */
  const following = (made: (total: RuleCheck) => number) => {
    const [total] = madeOf
    return total === undefined ? unsaid(check) : about(check, made(total), policy)
  }
  switch (what) {
    case 'events-per-parameter':
    case 'patients-per-parameter':
      return following((total) => (value === 0 ? 0 : asShown(total) / Math.round(total.value / value)))
    case 'residual-freedom':
      return following((total) => asShown(total) - (total.value - value))
    case 'share-of-patients':
    case 'attack-area':
    case 'attack-hits':
      return shareOf('R4', 'cohort')
    case 'share-of-events':
      return shareOf('R5', 'events')
    case 'largest-share':
    case 'largest-two-share':
      return about(check, toTenths(value), policy)
    case 'others-per-largest': {
      const [one, two] = madeOf
      if (one === undefined || two === undefined) return unsaid(check)
      return about(check, toDigits((1 - toTenths(two.value)) / toTenths(one.value)), policy)
    }
    case 'leverage':
      return about(check, toTenths(value), policy)
    case 'condition':
      return about(check, value === 0 ? 0 : Number(`1e${value.toExponential().split('e')[1]!}`), policy)
    default:
      return COUNTS.has(what)
        ? about(check, roundCount(value, policy.roundTo), policy)
        : { value, verdict, isAbout: false }
  }
}

/** Near is said of the shown number: of the exact one it would say on which side of a further limit that is. */
function about(check: RuleCheck, coarse: number, policy: RulePolicy): Shown {
  const { rule, what, limit, verdict, bound } = check
  const value = onItsSide(coarse, check)
  if (verdict === 'broken') return { value, verdict, isAbout: true }
  const judged = bound === 'most' ? atMost : atLeast
  return { value, verdict: judged(policy, rule, what, value, limit).verdict, isAbout: true }
}

function unsaid({ verdict }: RuleCheck): Shown {
  return { value: null, verdict: verdict === 'broken' ? 'broken' : 'met', isAbout: false }
}

/** Rounding moves nothing over its limit: what is met is shown as met. */
function onItsSide(coarse: number, { limit, verdict, bound }: RuleCheck): number {
  if (verdict === 'broken') return coarse
  return bound === 'most' ? Math.min(coarse, limit) : Math.max(coarse, limit)
}

function leastOf(
  checks: readonly RuleCheck[],
  rule: RuleCheck['rule'],
  what: string,
  asShown: (check: RuleCheck) => number,
): number {
  const totals = checks.filter((each) => each.rule === rule && each.what === what)
  return totals.reduce((least, each) => Math.min(least, asShown(each)), Infinity)
}

/** No finer than the rounding of its total; as coarse as can be where that is not known. */
const toShareStep = (share: number, total: number, policy: RulePolicy): number =>
  numberOf(roundToStep(share, stepOfShare(Number.isFinite(total) ? total : 0, policy)))

/** Upwards: equal parts of as many patients as the rules ask for all look alike. */
const toTenths = (share: number): number => (Number.isFinite(share) ? Math.ceil(share * 10) / 10 : share)

const toDigits = (value: number): number =>
  Number.isFinite(value) && value !== 0 ? numberOf(roundToDigits(value, DIGITS)) : value

const numberOf = ([mantissa, exponent]: readonly [number, number]): number =>
  Number(`${mantissa}e${exponent}`)
