/**
 * What the codes of a record are called in the window's language. What the record itself says comes first; the lists are
 * asked only for codes that came without words, and each is asked once.
 */
import { useEffect, useReducer } from 'react'
import type { CodeHit } from '../../shared/contract/codes.ts'
import type { Code } from '../../shared/domain/visit.ts'
import { node } from '../lib/node.ts'
import { useLocale } from '../words/catalogue.ts'

const MAX_ASKED = 500
const MAX_KNOWN = 20_000
const known = new Map<string, CodeHit | null>()
const keyOf = (code: Pick<Code, 'system' | 'code'>) => `${code.system}|${code.code}`

/** The name of each of these codes: its own words, else those of the list, else undefined. */
export function useCodeNames(codes: readonly Code[]): (code: Code) => string | undefined {
  const locale = useLocale()
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const missing = [
    ...new Map(
      codes
        .filter((code) => code.display === undefined && code.code !== 'text' && !known.has(keyOf(code)))
        .map((code) => [keyOf(code), { system: code.system.slice(0, 300), code: code.code.slice(0, 100) }]),
    ),
  ].slice(0, MAX_ASKED)
  const question = missing.map(([key]) => key).join(' ')
  useEffect(() => {
    if (missing.length === 0) return
    let isGone = false
    // A record without names is still whole: nothing is said where the lists cannot be asked.
    node.codes.names({ codes: missing.map(([, code]) => code) }).then(
      (names) => {
        if (known.size > MAX_KNOWN) known.clear()
        for (const [i, [key]] of missing.entries()) known.set(key, names[i] ?? null)
        if (!isGone) redraw()
      },
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [question])
  return (code) => {
    if (code.display !== undefined) return code.display
    const hit = known.get(keyOf(code))
    return hit ? (locale === 'zh-Hant' ? hit.zh : hit.en) : undefined
  }
}

/** Every code of a record that a reader sees with its name. */
export const codesOf = (record: {
  readonly encounter: { readonly department?: Code | undefined }
  readonly diagnoses: readonly { readonly code: Code }[]
  readonly procedures: readonly { readonly code: Code }[]
  readonly prescriptions: readonly { readonly code: Code }[]
}): Code[] => [
  ...(record.encounter.department ? [record.encounter.department] : []),
  ...[...record.diagnoses, ...record.procedures, ...record.prescriptions].map((each) => each.code),
]
