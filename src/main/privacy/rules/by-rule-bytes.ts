/**
 * The bytes of an answer by rule, which gateways sign and checkers agree to (docs/spec/release-rules.md section 1): the rounded findings
 * as one canonical text. Pure.
 */
import { equalBytes } from '../../../shared/std/bytes.ts'
import { canonicalJson, type CanonicalValue } from '../../../shared/std/canonical-json.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { byRuleAnswer, type ByRuleAnswer, type ByRuleFinding } from '../../../shared/domain/by-rule-answer.ts'
import { encode, tryDecode } from '../../node/chain/codec.ts'
import { asArray } from '../../node/chain/ids.ts'
import type { Decimal } from '../answers/release.ts'
import type { Rounded } from '../lane-b.ts'

const LABEL = 'release-by-rule/1'
/** What a study is answered that broke a rule, or that no gateway could read: that it is refused, and nothing else. */
export const REFUSED_ANSWER: Uint8Array = encode(['refused/1'])
/** What gateways keep and hand over at a time (docs/spec/gateways.md section 3). */
export const BY_RULE_BYTES_MAX = 1 << 20
/** Findings, coefficients of a model, cells of a table, steps of a curve: `byRuleAnswer` takes no more. */
export const BY_RULE_LIST_MAX = 500

/** The axes of a table, in its own order, with the names of their levels. */
export type TableAxes = readonly { readonly variable: string; readonly levels: readonly string[] }[]

/**
 * @param name which of the study's results it is (`model/0`)
 * @param axes of a table; empty for everything else
 * @returns null for what is nothing to print: an artefact stays with the gateways
 */
export function findingOf(name: string, rounded: Rounded, axes: TableAxes = []): ByRuleFinding | null {
  switch (rounded.kind) {
    case 'model': {
      const { coefficients, patients, events } = rounded.model
      return {
        name,
        kind: 'model',
        patients: String(patients),
        events: String(events),
        coefficients: coefficients.map((each) => {
          const [low, high] = limitsOf(each.value, each.error)
          return {
            term: each.name,
            coefficient: decimalText(each.value),
            error: decimalText(each.error),
            low: decimalText(low),
            high: decimalText(high),
          }
        }),
      }
    }
    case 'curve':
      return {
        name,
        kind: 'curve',
        steps: rounded.steps.map(({ untilDay, survival, atRisk }) => ({
          day: String(untilDay),
          survival: decimalText(survival),
          atRisk: String(atRisk),
        })),
      }
    case 'table': {
      const { cells, margins, total } = rounded.table
      return {
        name,
        kind: 'table',
        axes: axes.map(({ variable, levels }) => ({ variable, levels: [...levels] })),
        cells: cells.map((cell) => (cell === null ? null : String(cell))),
        margins: margins.map((levels) => levels.map(String)),
        total: String(total),
      }
    }
    case 'mean':
      return { name, kind: 'mean', value: decimalText(rounded.mean) }
    case 'quantile':
      return { name, kind: 'quantile', perMille: String(rounded.perMille), value: decimalText(rounded.value) }
    case 'artefact':
      return null
    default:
      return unreachable(rounded)
  }
}

export function encodeByRule(findings: readonly ByRuleFinding[]): Uint8Array {
  return encode([LABEL, canonicalJson({ findings } as CanonicalValue)])
}

/** Null for what `encodeByRule` never gives. */
export function readByRule(bytes: Uint8Array): ByRuleAnswer | null {
  if (bytes.length > BY_RULE_BYTES_MAX) return null
  const [label, text] = asArray(tryDecode(bytes), 2) ?? []
  if (label !== LABEL || typeof text !== 'string') return null
  const parsed = byRuleAnswer.safeParse(asJson(text))
  return parsed.success && equalBytes(encodeByRule(parsed.data.findings), bytes) ? parsed.data : null
}

export function isRefusal(bytes: Uint8Array): boolean {
  return equalBytes(bytes, REFUSED_ANSWER)
}

/** mantissa · 10^exponent in full, without an exponent. */
export function decimalText([mantissa, exponent]: Decimal): string {
  const sign = mantissa < 0 ? '-' : ''
  const digits = String(Math.abs(mantissa))
  if (mantissa === 0) return '0'
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`
  const padded = digits.padStart(1 - exponent, '0')
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

/** value ∓ 1.96 · error in whole numbers, to the last digit of either, outwards: no double decides a digit of a paper. */
function limitsOf(value: Decimal, error: Decimal): readonly [low: Decimal, high: Decimal] {
  const exponent = Math.min(value[1], error[1])
  const scaled = ([mantissa, own]: Decimal) => BigInt(`${mantissa}${'0'.repeat(own - exponent)}`)
  const reach = 196n * scaled(error)
  const centre = 100n * scaled(value)
  const high = -floorOf(-(centre + reach), 100n)
  return [shortest(floorOf(centre - reach, 100n), exponent), shortest(high, exponent)]
}

function floorOf(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator
  return numerator < 0n && whole * denominator !== numerator ? whole - 1n : whole
}

function shortest(mantissa: bigint, exponent: number): Decimal {
  if (mantissa === 0n) return [0, 0]
  let [rest, power] = [mantissa, exponent]
  for (; rest % 10n === 0n; power++) rest /= 10n
  return [Number(rest), power]
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
