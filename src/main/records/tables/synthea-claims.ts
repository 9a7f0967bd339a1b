/**
 * Rows of claims_transactions.csv and payer_transitions.csv put into the claims of their patient: charges become lines,
 * payments become what a benefit says, and who was insured where gives the number of the member.
 */
import { parsePartialDate, parseWhen } from '../../../shared/domain/dates.ts'
import { Decimal } from '../fhir/json.ts'
import type { Json, JsonObject } from '../fhir/json.ts'
import { majorText, minorOf } from '../fhir/read-claim.ts'
import { objectAt, objectsAt, referenceText } from '../fhir/reading.ts'
import type { Item } from '../fhir/references.ts'
import {
  conceptOf,
  CVX,
  MEMBERSHIP_TYPE,
  RXNORM,
  SNOMED,
  SYNTHEA_OWN_SYSTEM,
  TRANSACTION_TYPE,
} from './synthea.ts'

export interface JoinedItems {
  readonly items: Item[]
  /** Rows that found no claim. */
  readonly orphans: readonly { path: string; claim: string }[]
  /** Rows that only move an amount between payers; who paid in the end is in the payments. */
  readonly transferCount: number
}

/** `payerNames`: payers.csv, by id. */
export function joinSynthea(
  items: readonly Item[],
  payerNames: (reference: string) => string | undefined,
): JoinedItems {
  const rest: Item[] = []
  const claims = new Map<string, Item>()
  const rows = new Map<string, Item[]>()
  const memberships: JsonObject[] = []
  const systems = new Map<string, string>()
  let transferCount = 0
  for (const item of items) {
    const { resource } = item
    switch (resource['resourceType']) {
      case TRANSACTION_TYPE: {
        if (text(resource, 'type').startsWith('TRANSFER')) {
          transferCount++
          break
        }
        const claim = text(resource, 'claim')
        const list = rows.get(claim)
        if (list === undefined) rows.set(claim, [item])
        else list.push(item)
        break
      }
      case MEMBERSHIP_TYPE:
        memberships.push(resource)
        break
      case 'Claim':
        claims.set(text(resource, 'id'), item)
        break
      default:
        noteSystems(resource, systems)
        rest.push(item)
    }
  }
  const orphans: { path: string; claim: string }[] = []
  for (const [id, list] of rows)
    if (!claims.has(id)) for (const { path } of list) orphans.push({ path, claim: id })
  for (const [id, item] of claims) {
    const lines = (rows.get(id) ?? []).map(({ resource }) => resource)
    const { claim, benefit } = joined(item.resource, lines, memberships, payerNames, systems)
    rest.push({ ...item, resource: claim })
    if (benefit !== null) rest.push({ ...item, resource: benefit })
  }
  return { items: rest, orphans, transferCount }
}

function joined(
  source: JsonObject,
  rows: readonly JsonObject[],
  memberships: readonly JsonObject[],
  payerNames: (reference: string) => string | undefined,
  systems: ReadonlyMap<string, string>,
): { claim: JsonObject; benefit: JsonObject | null } {
  const { 'x-closed': isClosed, 'x-uninsured': isUninsured, 'x-places': places, insurer, ...claim } = source
  const charges = rows.filter((row) => row['type'] === 'CHARGE')
  const payments = rows.filter((row) => row['type'] === 'PAYMENT' && isNumber(text(row, 'paid')))
  if (charges.length > 0) claim['item'] = charges.map((row, i) => lineOf(row, i, places, systems))
  const payer = objectAt(insurer)
  const reference = referenceText(payer)
  if (reference !== undefined) {
    const member = memberAt(reference, claim, memberships)
    const display = payerNames(reference)
    claim['contained'] = [
      {
        resourceType: 'Coverage',
        id: 'coverage',
        ...(member === undefined ? {} : { subscriberId: member }),
        payor: [display === undefined ? { reference } : { reference, display }],
      },
    ]
    claim['insurance'] = [{ coverage: { reference: '#coverage' } }]
  }
  // The number 0 in place of an insurer means that there is none.
  if (isUninsured === true) claim['insurance'] = [{ coverage: { display: 'no_insurance' } }]
  if (isClosed !== true && payments.length === 0) return { claim, benefit: null }
  const total: Json[] = []
  const add = (category: string, amount: string): void => {
    total.push({
      category: { coding: [{ code: category }] },
      amount: { value: new Decimal(amount), currency: 'USD' },
    })
  }
  const billed = charges.map((row) => text(row, 'amount')).filter(isNumber)
  if (billed.length > 0) add('submitted', sumOf(billed))
  for (const category of ['benefit', 'paidbypatient', 'copay'] as const) {
    const paid = payments.filter((row) => paidBy(text(row, 'method')) === category)
    if (paid.length > 0) add(category, sumOf(paid.map((row) => text(row, 'paid'))))
    // A closed claim to which the payer gave nothing: that is an amount too.
    else if (category === 'benefit' && isClosed === true) add(category, '0')
  }
  const benefit: JsonObject = {
    resourceType: 'ExplanationOfBenefit',
    status: 'active',
    outcome: isClosed === true ? 'complete' : 'queued',
    patient: claim['patient'],
    claim: { reference: `Claim/${text(claim, 'id')}` },
    total,
  }
  return { claim, benefit }
}

/** Exact, with as many digits behind the point as the finest of the amounts. */
function sumOf(amounts: readonly string[]): string {
  const exponent = Math.min(4, Math.max(...amounts.map((each) => each.split('.')[1]?.length ?? 0)))
  return majorText(
    amounts.reduce((sum, each) => sum + minorOf(each, exponent), 0),
    exponent,
  )
}

/** Payers transfer electronically; the simulator's people pay in cash, by cheque, by card, or their share. */
function paidBy(method: string): 'benefit' | 'paidbypatient' | 'copay' {
  return method === 'COPAY'
    ? 'copay'
    : method === 'ECHECK' || method === 'SYSTEM'
      ? 'benefit'
      : 'paidbypatient'
}

function lineOf(
  row: JsonObject,
  i: number,
  places: Json | undefined,
  systems: ReadonlyMap<string, string>,
): JsonObject {
  const code = text(row, 'code')
  const line: JsonObject = { sequence: new Decimal(String(i + 1)) }
  const concept = conceptOf(systems.get(code) ?? SYNTHEA_OWN_SYSTEM, code, text(row, 'note'))
  if (concept !== undefined) line['productOrService'] = concept
  const encounter = text(row, 'encounter')
  if (encounter !== '') line['encounter'] = [{ reference: `Encounter/${encounter}` }]
  if (isNumber(text(row, 'units'))) line['quantity'] = { value: new Decimal(text(row, 'units')) }
  if (isNumber(text(row, 'unitAmount')))
    line['unitPrice'] = { value: new Decimal(text(row, 'unitAmount')), currency: 'USD' }
  if (isNumber(text(row, 'amount')))
    line['net'] = { value: new Decimal(text(row, 'amount')), currency: 'USD' }
  const points = Array.isArray(row['points']) ? row['points'] : []
  const list = Array.isArray(places) ? places : []
  line['diagnosisSequence'] = points
    .map((each) => list[Number(each) - 1])
    .filter((each): each is Decimal => each instanceof Decimal)
  return line
}

/** Which code system the simulator took a charge's code from is not in its row, but the charged thing is in the export. */
function noteSystems(resource: JsonObject, systems: Map<string, string>): void {
  const concepts = [
    ...objectsAt(resource['type']),
    ...objectsAt(resource['code']),
    ...objectsAt(resource['medicationCodeableConcept']),
    ...objectsAt(resource['vaccineCode']),
    ...objectsAt(resource['procedureCode']),
  ]
  for (const concept of concepts) {
    for (const coding of objectsAt(concept['coding'])) {
      const { system, code } = coding
      if (typeof code !== 'string' || (system !== SNOMED && system !== RXNORM && system !== CVX)) continue
      if (!systems.has(code)) systems.set(code, system)
    }
  }
}

/** The number under which the payer knew the patient on the day of the claim. */
function memberAt(payer: string, claim: JsonObject, memberships: readonly JsonObject[]): string | undefined {
  const start = objectAt(claim['billablePeriod'])?.['start']
  const day = typeof start === 'string' ? parseWhen(start)?.first : undefined
  if (day === undefined) return undefined
  for (const each of memberships) {
    if (`Organization/${text(each, 'payer')}` !== payer || text(each, 'member') === '') continue
    const from = parseWhen(text(each, 'from')) ?? parsePartialDate(text(each, 'from'))
    const to = parseWhen(text(each, 'to')) ?? parsePartialDate(text(each, 'to'))
    if ((from === null || from.first <= day) && (to === null || day <= to.last)) return text(each, 'member')
  }
  return undefined
}

const text = (row: JsonObject, name: string): string => {
  const value = row[name]
  return typeof value === 'string' ? value : ''
}

const isNumber = (value: string): boolean => /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(value)
