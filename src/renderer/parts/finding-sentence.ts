/** A finding as one sentence in the window's language. Pure. */
import type { Words } from '../words/catalogue.ts'
import type { Params } from '../words/findings.ts'
import { showUnit } from './units.ts'

export function findingSentence(
  finding: { readonly rule: string; readonly params: Readonly<Record<string, string>> },
  t: Words,
): string {
  const params: Record<string, string> = { ...finding.params }
  for (const key of ['unit', 'limitUnit']) if (params[key] !== undefined) params[key] = showUnit(params[key])
  // Of the rule about units the limit is one.
  if (finding.rule === 'unknown-unit') params['limit'] = showUnit(params['limit'] ?? '')
  const rules = t.findings.rules as Record<string, ((p: Params) => string) | undefined>
  return rules[finding.rule]?.(params) ?? finding.rule
}
