/**
 * FHIR Claim with its ExplanationOfBenefit → a claim of the visit. Money becomes whole minor units from the verbatim
 * decimals, without floating point: the exponent is the currency's usual one, or larger where the source is finer.
 */
import { usualExponent } from '../../../shared/domain/currencies.ts'
import { claim as claimSchema } from '../../../shared/domain/visit.ts'
import type { Claim, ClaimLine, Encounter } from '../../../shared/domain/visit.ts'
import { Decimal } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { ownPartOf, withOwnFields } from './own-extension.ts'
import {
  conceptOf,
  cut,
  decimalAt,
  goodWhen,
  integerAt,
  mainCode,
  objectAt,
  objectsAt,
  referenceWord,
  textAt,
  wordOf,
} from './reading.ts'
import type { Issues } from './reading.ts'
import type { Read } from './read-clinical.ts'

export const CLAIM_ID_SYSTEM = 'urn:consilium:claim'
const EXPONENT_MAX = 4

export interface ClaimContext {
  /** Rank that the diagnosis of an entry of the claim has in this visit; undefined when it is not in it. */
  rankOf(entry: JsonObject): number | undefined
}

interface Amount {
  text: string
  currency: string | undefined
}

export function readClaim(
  claim: JsonObject | undefined,
  benefit: JsonObject | undefined,
  context: ClaimContext,
  issues: Issues,
): Read<Claim> {
  const source = (claim ?? benefit)!
  const own = ownPartOf(source)
  const totals = benefitTotals(benefit, issues)
  const total = moneyOf(objectAt(claim?.['total']), issues) ?? totals.submitted[0]
  const payment = moneyOf(objectAt(objectAt(benefit?.['payment'])?.['amount']), issues)
  const items = objectsAt((claim?.['item'] !== undefined ? claim : benefit)?.['item'])
  const benefitItems = new Map<number, JsonObject>()
  for (const item of objectsAt(benefit?.['item'])) {
    const sequence = integerAt(item['sequence'], 1, 100_000)
    if (sequence !== undefined) benefitItems.set(sequence, item)
  }

  const lineMoney = items.map((item) => {
    const sequence = integerAt(item['sequence'], 1, 100_000)
    const other = sequence === undefined ? undefined : benefitItems.get(sequence)
    return {
      unitPrice: moneyOf(objectAt(item['unitPrice']), issues),
      net: moneyOf(objectAt(item['net']), issues) ?? moneyOf(objectAt(other?.['net']), issues),
    }
  })
  const all = [
    total,
    payment,
    ...Object.values(totals).flat(),
    ...lineMoney.flatMap((line) => [line.unitPrice, line.net]),
  ].filter((each) => each !== undefined)
  const currency = currencyOf(all, issues)
  const exponent = exponentOf(all, currency, issues)
  const minor = (amount: Amount | undefined) =>
    amount === undefined ? undefined : minorOf(amount.text, exponent)
  const sum = (amounts: readonly Amount[]) =>
    amounts.length === 0 ? undefined : safeSum(amounts.map((each) => minorOf(each.text, exponent)))

  const value: Claim = {
    claimId: claimIdOf(claim, benefit, issues),
    type: typeOf(source),
    status: statusOf(claim, benefit),
    currency,
    currencyExponent: exponent,
    lines: items
      .slice(0, 500)
      .map((item, i) =>
        lineOf(item, source, minor(lineMoney[i]!.unitPrice), minor(lineMoney[i]!.net), context, issues),
      ),
  }
  if (items.length > 500) issues.leave('item', 'too-many-claim-lines', String(items.length))
  const amounts: [keyof Claim, number | undefined][] = [
    ['billedMinor', minor(total) ?? sum(totals.submitted)],
    ['allowedMinor', sum(totals.eligible)],
    ['paidByPayerMinor', minor(payment) ?? sum(totals.benefit)],
    ['paidByPatientMinor', sum(totals.patient)],
    ['copayMinor', sum(totals.copay)],
    ['deductibleMinor', sum(totals.deductible)],
  ]
  for (const [name, amount] of amounts) if (amount !== undefined) Object.assign(value, { [name]: amount })
  const submitted =
    goodWhen(claim?.['created'], 'created', issues) ?? goodWhen(benefit?.['created'], 'created', issues)
  if (submitted !== undefined) value.submitted = submitted
  const paidOn = goodWhen(objectAt(benefit?.['payment'])?.['date'], 'payment.date', issues)
  const adjudicated =
    paidOn ?? (claim === undefined ? undefined : goodWhen(benefit?.['created'], 'created', issues))
  if (adjudicated !== undefined) value.adjudicated = adjudicated
  return { value: withOwnFields(value, own.fields, claimSchema), order: own.order }
}

function lineOf(
  item: JsonObject,
  source: JsonObject,
  unitPrice: number | undefined,
  net: number | undefined,
  context: ClaimContext,
  issues: Issues,
): ClaimLine {
  const line: ClaimLine = { diagnosisRanks: ranksOf(item, source, context) }
  const code = mainCode(conceptOf(item['productOrService'], issues), () => false)
  if (code !== undefined) line.code = code.code
  const quantity = decimalAt(objectAt(item['quantity'])?.['value'], issues)
  if (quantity !== undefined) line.quantity = quantity
  if (unitPrice !== undefined) line.unitPriceMinor = unitPrice
  if (net !== undefined) line.netMinor = net
  return line
}

/** Ranks of the diagnoses that a line points to, by way of the claim's own numbers. */
function ranksOf(item: JsonObject, source: JsonObject, context: ClaimContext): number[] {
  const wanted = Array.isArray(item['diagnosisSequence']) ? item['diagnosisSequence'] : []
  if (wanted.length === 0) return []
  const ranks: number[] = []
  for (const sequence of wanted) {
    if (!(sequence instanceof Decimal)) continue
    const entry = objectsAt(source['diagnosis']).find(
      (each) => (each['sequence'] as Decimal | undefined)?.text === sequence.text,
    )
    const rank = entry === undefined ? undefined : context.rankOf(entry)
    if (rank !== undefined && !ranks.includes(rank) && ranks.length < 12) ranks.push(rank)
  }
  return ranks
}

function claimIdOf(claim: JsonObject | undefined, benefit: JsonObject | undefined, issues: Issues): string {
  for (const resource of [claim, benefit]) {
    const own = objectsAt(resource?.['identifier']).find((each) => each['system'] === CLAIM_ID_SYSTEM)
    const value = textAt(own?.['value'], 128, issues)
    if (value !== undefined) return value
  }
  const id = claim?.['id'] ?? referenceWord(benefit?.['claim']) ?? benefit?.['id']
  if (typeof id === 'string' && id !== '') return cut(id, 128)
  const first = objectsAt((claim ?? benefit)?.['identifier'])[0]?.['value']
  return typeof first === 'string' && first !== '' ? cut(first, 128) : 'unnamed'
}

const TYPES = new Set(['institutional', 'professional', 'pharmacy', 'oral', 'vision'])

function typeOf(source: JsonObject): Claim['type'] {
  for (const coding of objectsAt(objectAt(source['type'])?.['coding'])) {
    const code = coding['code']
    if (typeof code === 'string' && TYPES.has(code)) return code as Claim['type']
  }
  return 'other'
}

function statusOf(claim: JsonObject | undefined, benefit: JsonObject | undefined): Claim['status'] {
  const status = claim?.['status'] ?? benefit?.['status']
  if (status === 'cancelled') return 'reversed'
  if (status === 'draft') return 'draft'
  if (status === 'entered-in-error') return 'unknown'
  switch (benefit?.['outcome']) {
    case 'complete':
    case 'partial':
      return 'paid'
    case 'error':
      return 'denied'
    default:
      return status === 'active' ? 'submitted' : 'unknown'
  }
}

/* Money */

function moneyOf(money: JsonObject | undefined, issues: Issues): Amount | undefined {
  const text = decimalAt(money?.['value'], issues)
  if (text === undefined) return undefined
  const currency = money!['currency']
  const amount: Amount = {
    text,
    currency: typeof currency === 'string' && /^[A-Z]{3}$/.test(currency) ? currency : undefined,
  }
  if (Number.isSafeInteger(minorOf(text, EXPONENT_MAX)) && Math.abs(minorOf(text, EXPONENT_MAX)) <= 1e15)
    return amount
  issues.leave('amount', 'amount-too-large', text)
  return undefined
}

function currencyOf(amounts: readonly Amount[], issues: Issues): string {
  const currencies = new Set(amounts.map((each) => each.currency).filter((each) => each !== undefined))
  if (currencies.size > 1) issues.warn('several-currencies')
  const first = [...currencies][0]
  if (first !== undefined) return first
  // XXX is ISO 4217's "no currency".
  return 'XXX'
}

function exponentOf(amounts: readonly Amount[], currency: string, issues: Issues): number {
  let exponent = usualExponent(currency)
  for (const { text } of amounts) exponent = Math.max(exponent, decimalsOf(text))
  if (exponent <= EXPONENT_MAX) return exponent
  issues.warn('amount-rounded')
  return EXPONENT_MAX
}

/** Digits behind the point that the number needs, trailing zeros counted: they are how the source counts. */
function decimalsOf(text: string): number {
  const { digits, shift } = digitsOf(text)
  return digits === '' ? 0 : Math.max(0, shift)
}

function digitsOf(text: string): { sign: string; digits: string; shift: number } {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(text)
  if (match === null) return { sign: '', digits: '', shift: 0 }
  const fraction = match[3] ?? ''
  return { sign: match[1]!, digits: match[2]! + fraction, shift: fraction.length - Number(match[4] ?? 0) }
}

/** Whole minor units of a decimal text; half a unit is rounded away from zero. Larger than 1e15: not a safe result. */
export function minorOf(text: string, exponent: number): number {
  const { sign, digits, shift } = digitsOf(text)
  if (digits === '') return NaN
  const move = exponent - shift
  if (move > 40) return digits.replace(/0/g, '') === '' ? 0 : Infinity
  if (-move > digits.length) return 0
  // Nearly all amounts are short, and then doubles are exact.
  if (move >= 0 && digits.length + move <= 15) {
    const size = Number(digits) * Number(`1e${move}`)
    return size === 0 ? 0 : sign === '-' ? -size : size
  }
  let size: bigint
  if (move >= 0) size = BigInt(digits) * 10n ** BigInt(move)
  else {
    const divisor = 10n ** BigInt(-move)
    size = (BigInt(digits) + divisor / 2n) / divisor
  }
  const number = Number(size)
  return number === 0 ? 0 : sign === '-' ? -number : number
}

/** Decimal text of minor units, with all its decimals: 12500 and 2 give `125.00`. */
export function majorText(minor: number, exponent: number): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const text = exponent === 0 ? whole : `${whole}.${digits.slice(digits.length - exponent)}`
  return minor < 0 ? `-${text}` : text
}

function safeSum(amounts: readonly number[]): number {
  return amounts.reduce((total, each) => total + each, 0)
}

/** What a benefit says in its totals, else in the adjudications of its lines. */
function benefitTotals(benefit: JsonObject | undefined, issues: Issues) {
  const totals = {
    submitted: [] as Amount[],
    eligible: [] as Amount[],
    benefit: [] as Amount[],
    patient: [] as Amount[],
    copay: [] as Amount[],
    deductible: [] as Amount[],
  }
  if (benefit === undefined) return totals
  const collect = (list: JsonObject[], only: (name: keyof typeof totals) => boolean) => {
    for (const each of list) {
      const amount = moneyOf(objectAt(each['amount']), issues)
      const name = categoryOf(each['category'])
      if (amount !== undefined && name !== undefined && only(name)) totals[name].push(amount)
    }
  }
  collect(objectsAt(benefit['total']), () => true)
  const isMissing = Object.fromEntries(
    Object.entries(totals).map(([name, list]) => [name, list.length === 0]),
  )
  for (const item of objectsAt(benefit['item']))
    collect(objectsAt(item['adjudication']), (name) => isMissing[name] === true)
  return totals
}

/** HL7's adjudication words and the ends of the Blue Button addresses. */
function categoryOf(
  category: Json | undefined,
): 'submitted' | 'eligible' | 'benefit' | 'patient' | 'copay' | 'deductible' | undefined {
  for (const coding of objectsAt(objectAt(category)?.['coding'])) {
    const code = coding['code']
    if (typeof code !== 'string') continue
    const word = code.slice(code.lastIndexOf('/') + 1).toLowerCase()
    if (word === 'submitted' || word.includes('sbmtd_chrg')) return 'submitted'
    if (word === 'eligible' || word === 'allowed' || word.includes('alowd_chrg')) return 'eligible'
    if (word === 'benefit' || word === 'paidtoprovider' || word.includes('prvdr_pmt')) return 'benefit'
    if (word === 'paidbypatient' || word === 'memberliability' || word.includes('coinsrnc')) return 'patient'
    if (word === 'copay') return 'copay'
    if (word === 'deductible' || word.includes('ddctbl')) return 'deductible'
  }
  return undefined
}

/* Insurance */

export interface Insurance {
  payer: Encounter['payer']
  /** Number of the member; to be tokenised by whoever holds the key. */
  memberNumber: string | undefined
}

/** The payer of a visit by the coverage that its claims name. */
export function readInsurance(
  coverage: JsonObject | undefined,
  displays: readonly (string | undefined)[],
  issues: Issues,
): Insurance {
  const classes = objectsAt(coverage?.['class'])
  const classValue = (type: string, max: number) =>
    textAt(
      classes.find((each) => objectsAt(objectAt(each['type'])?.['coding'])[0]?.['code'] === type)?.['value'],
      max,
      issues,
    )
  const payor = objectsAt(coverage?.['payor'])[0]
  const organisation = textAt(payor?.['display'], 200, issues) ?? displays.find((each) => each !== undefined)
  const typeWord = wordOf(coverage?.['type'], 200, issues)
  const payer: Encounter['payer'] = { type: payerType([typeWord, organisation, ...displays]) }
  if (organisation !== undefined && payer.type !== 'SELF') payer.organisation = cut(organisation, 200)
  const plan = classValue('plan', 200)
  const group = classValue('group', 64)
  if (plan !== undefined) payer.plan = plan
  if (group !== undefined) payer.group = group
  const memberNumber = textAt(coverage?.['subscriberId'], 200, issues)
  return { payer, memberNumber }
}

function payerType(words: readonly (string | undefined)[]): Encounter['payer']['type'] {
  const known = words.filter((each) => each !== undefined).map((each) => each.toLowerCase())
  if (known.length === 0) return 'UNKNOWN'
  if (known.some((each) => /^(no[_ ]?insurance|self[- ]?pay|pay|none|uninsured)$/.test(each))) return 'SELF'
  if (
    known.some(
      (each) => each === 'nhi' || each.includes('健保') || each.includes('national health insurance'),
    )
  )
    return 'NHI'
  if (known.some((each) => /medicare|medicaid|government|public|dual eligible|tricare|veteran/.test(each)))
    return 'OTHER'
  return 'PRIVATE'
}
