/** What the audit's codes say in words: why something was refused, and which decision was proposed. */
import type { Words as AllWords } from '../words/catalogue.ts'
import { isShareOfBudget } from './rule-number.ts'

type Words = Pick<AllWords, 'audit' | 'network' | 'erasures' | 'failures' | 'checks'>

/** Refusals are worded where they are met; a code that this version has no words for is shown as it is. */
export function reasonOf(code: string, { audit, network, erasures, failures, checks }: Words): string {
  const tables: readonly Readonly<Record<string, unknown>>[] = [
    audit.codes,
    network.refusal,
    network.fileRefusal,
    erasures.refused,
    checks.snapshots.refused as Readonly<Record<string, unknown>>,
  ]
  const found = tables.find((table) => Object.hasOwn(table, code))?.[code]
  const failure = (failures.byCode as Readonly<Record<string, { what: string }>>)[code]
  // One with numbers in it is a function, and an entry of the audit has the code alone.
  return (typeof found === 'string' ? found : undefined) ?? failure?.what ?? code
}

/** `policy:name:value`, or the kind of a decision alone. */
export function decisionOf(decision: string, { audit, network }: Pick<Words, 'audit' | 'network'>): string {
  const [kind = '', name = '', value = ''] = decision.split(':')
  const words = audit.decisions[kind] ?? kind
  if (kind !== 'policy') return words
  const names = network.rules.names as Readonly<Record<string, string>>
  return `${words}${audit.disclosure.colon}${names[name] ?? name} = ${isShareOfBudget(name) ? String(Number(value) / 1e6) : value}`
}

/** What was typed; of an emergency `reason: words`, where the reason is a code. */
export function basisReasonOf(
  { kind, reason }: { readonly kind: string; readonly reason: string },
  { audit, access }: Pick<AllWords, 'audit' | 'access'>,
): string {
  if (kind !== 'break-glass') return reason
  const [code = ''] = reason.split(':', 1)
  const word = Object.hasOwn(access.glassReasons, code) ? access.glassReasons[code] : undefined
  if (word === undefined) return reason
  const typed = reason.slice(code.length + 1).trim()
  return typed === '' ? word : `${word}${audit.disclosure.colon}${typed}`
}
