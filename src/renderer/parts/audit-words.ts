/** What the audit's codes say in words: why something was refused, and which decision was proposed. */
import type { Words as AllWords } from '../words/catalogue.ts'

type Words = Pick<AllWords, 'audit' | 'network' | 'erasures' | 'failures'>

/** Refusals are worded where they are met; a code that this version has no words for is shown as it is. */
export function reasonOf(code: string, { audit, network, erasures, failures }: Words): string {
  const tables: readonly Readonly<Record<string, string>>[] = [
    audit.codes,
    network.refusal,
    network.fileRefusal,
    erasures.refused,
  ]
  const found = tables.find((table) => Object.hasOwn(table, code))?.[code]
  const failure = (failures.byCode as Readonly<Record<string, { what: string }>>)[code]
  return found ?? failure?.what ?? code
}

/** `policy:name:value`, or the kind of a decision alone. */
export function decisionOf(decision: string, { audit, network }: Pick<Words, 'audit' | 'network'>): string {
  const [kind = '', name = '', value = ''] = decision.split(':')
  const words = audit.decisions[kind] ?? kind
  if (kind !== 'policy') return words
  const names = network.rules.names as Readonly<Record<string, string>>
  return `${words}${audit.disclosure.colon}${names[name] ?? name} = ${value}`
}
