/**
 * What the codes of a record are called in the window's language. What the record itself says in it comes first; the lists
 * are asked only for codes that came without such words, and each is asked once.
 */
import { useEffect, useReducer } from 'react'
import type { Locale } from '../../shared/contract/app.ts'
import type { CodeHit } from '../../shared/contract/codes.ts'
import type { Code } from '../../shared/domain/visit.ts'
import { node } from '../lib/node.ts'
import { localeNow, useLocale } from '../words/catalogue.ts'
import { codeWords, saysIn } from './code-words.ts'

const MAX_ASKED = 500
const MAX_KNOWN = 20_000
const known = new Map<string, CodeHit | null>()
const keyOf = (code: Pick<Code, 'system' | 'code'>) => `${code.system}|${code.code}`

const nameIn = (code: Code, locale: Locale): string | undefined =>
  codeWords(code.display, known.get(keyOf(code)), locale)

/** Codes that do not say themselves what they are in this language, and that no list was asked for yet. */
const toAsk = (codes: readonly Code[], locale: Locale) =>
  [
    ...new Map(
      codes
        .filter((code) => !saysIn(code.display, locale) && code.code !== 'text' && !known.has(keyOf(code)))
        .map((code) => [keyOf(code), { system: code.system.slice(0, 300), code: code.code.slice(0, 100) }]),
    ),
  ].slice(0, MAX_ASKED)

async function askLists(missing: ReturnType<typeof toAsk>): Promise<void> {
  const names = await node.codes.names({ codes: missing.map(([, code]) => code) })
  if (known.size > MAX_KNOWN) known.clear()
  for (const [i, [key]] of missing.entries()) known.set(key, names[i] ?? null)
}

/** The name of each of these codes in the window's language; what no list knows keeps its own words. */
export function useCodeNames(codes: readonly Code[]): (code: Code) => string | undefined {
  const locale = useLocale()
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const missing = toAsk(codes, locale)
  const question = missing.map(([key]) => key).join(' ')
  useEffect(() => {
    if (missing.length === 0) return
    let isGone = false
    // A record without names is still whole: nothing is said where the lists cannot be asked.
    askLists(missing).then(
      () => {
        if (!isGone) redraw()
      },
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [question])
  return (code) => nameIn(code, locale)
}

/** The same once, for what is not drawn: the lists are asked, and the names come when they have answered. */
export async function codeNames(codes: readonly Code[]): Promise<(code: Code) => string | undefined> {
  const locale = localeNow()
  const missing = toAsk(codes, locale)
  if (missing.length > 0) await askLists(missing).catch(() => undefined)
  return (code) => nameIn(code, locale)
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
