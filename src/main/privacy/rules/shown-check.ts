/**
 * A comparison as a checker is shown it: what counts patients or events as coarse as what would leave, so that nothing exact stands
 * beside its rounded form. Pure.
 */
import { roundCount, roundToDigits } from './rounding.ts'
import type { RuleCheck } from './rule-check.ts'
import type { RulePolicy } from './rule-policy.ts'

export type ShownCheck = RuleCheck & {
  /** The number was made coarse. */
  readonly isAbout: boolean
}

/** Patients or events. */
const COUNTS = new Set([
  'largest-cell',
  'patients',
  'cohort',
  'events',
  'residual-freedom',
  'level-patients',
  'level-events',
  'level-without-event',
  'column-patients',
  'column-events',
  'column-without-event',
  'fitted-by',
  'on-each-side',
  'smallest-leaf',
  'least-difference',
  'changed-since',
  'differs-from-then',
])
/** What follows from such numbers, and would give them back: events for each parameter, say. */
const DERIVED = new Set([
  'largest-share',
  'largest-two-share',
  'others-per-largest',
  'share-of-patients',
  'share-of-events',
  'events-per-parameter',
  'patients-per-parameter',
  'condition',
  'leverage',
  'attack-area',
  'attack-hits',
])
const DIGITS = 2

export function shownCheck(check: RuleCheck, { roundTo }: Pick<RulePolicy, 'roundTo'>): ShownCheck {
  const { what, value } = check
  const coarse = Number.isFinite(value)
    ? COUNTS.has(what)
      ? roundCount(value, roundTo)
      : DERIVED.has(what) && value !== 0
        ? numberOf(roundToDigits(value, DIGITS))
        : null
    : null
  return coarse === null
    ? { ...check, isAbout: false }
    : { ...check, value: onItsSide(coarse, check), isAbout: true }
}

/** Rounding moves nothing over its limit: what is met is shown as met. */
function onItsSide(coarse: number, { limit, verdict, bound }: RuleCheck): number {
  if (verdict === 'broken') return coarse
  return bound === 'most' ? Math.min(coarse, limit) : Math.max(coarse, limit)
}

const numberOf = ([mantissa, exponent]: readonly [number, number]): number =>
  Number(`${mantissa}e${exponent}`)
