/** A FHIR CodeSystem as the table that any other file gives. Pure. */
import { z } from 'zod'
import type { ColumnMap } from '../../shared/contract/codes.ts'
import type { Row } from './separated-rows.ts'

const designation = z.object({ language: z.string().optional(), value: z.string() })
const property = z.object({
  code: z.string(),
  valueCode: z.string().optional(),
  valueString: z.string().optional(),
  valueBoolean: z.boolean().optional(),
  valueDateTime: z.string().optional(),
})
interface Concept {
  code: string
  display?: string | undefined
  designation?: z.infer<typeof designation>[] | undefined
  property?: z.infer<typeof property>[] | undefined
  concept?: Concept[] | undefined
}
const concept: z.ZodType<Concept> = z.object({
  code: z.string(),
  display: z.string().optional(),
  designation: z.array(designation).optional(),
  property: z.array(property).optional(),
  concept: z.lazy(() => z.array(concept)).optional(),
})
const codeSystem = z.object({
  resourceType: z.literal('CodeSystem'),
  url: z.string().optional(),
  version: z.string().optional(),
  language: z.string().optional(),
  concept: z.array(concept),
})

const HEADINGS = ['code', 'en', 'zh', 'parent', 'validFrom', 'validTo', 'billable'] as const
const COLUMNS: ColumnMap = { code: 0, en: 1, zh: 2, parent: 3, validFrom: 4, validTo: 5, billable: 6 }

export function codeSystemTable(
  text: string,
): { rows: Row[]; columns: ColumnMap; edition?: string; system?: string } | null {
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
  const parsed = codeSystem.safeParse(json)
  if (!parsed.success) return null
  const { url, version, language, concept: concepts } = parsed.data
  const rows: Row[] = [{ cells: [...HEADINGS], line: 1 }]
  const isChinese = /^zh/i.test(language ?? '')
  // Nested lists are walked without recursion: a file decides how deep they are.
  const waiting = concepts.map((each) => ({ each, parent: '' })).reverse()
  for (;;) {
    const next = waiting.pop()
    if (next === undefined) break
    const { each, parent } = next
    rows.push({ cells: cellsOf(each, parent, isChinese), line: rows.length + 1 })
    for (const child of [...(each.concept ?? [])].reverse()) waiting.push({ each: child, parent: each.code })
  }
  return {
    rows,
    columns: COLUMNS,
    ...(version === undefined ? {} : { edition: version }),
    ...(url === undefined ? {} : { system: url }),
  }
}

function cellsOf(
  { code, display, designation: names = [], property: properties = [] }: Concept,
  parent: string,
  isChinese: boolean,
) {
  const named = (pattern: RegExp) => names.find(({ language }) => pattern.test(language ?? ''))?.value
  const said = (wanted: string) => properties.find((each) => each.code === wanted)
  const english = named(/^en/i) ?? (isChinese ? '' : (display ?? ''))
  const chinese = named(/^zh-(tw|hant)/i) ?? named(/^zh/i) ?? (isChinese ? (display ?? '') : '')
  const isHeading = said('notSelectable')?.valueBoolean === true
  const isEnded = said('inactive')?.valueBoolean === true || said('status')?.valueCode === 'retired'
  return [
    code,
    english,
    chinese,
    said('parent')?.valueCode ?? parent,
    said('effectiveDate')?.valueDateTime?.slice(0, 10) ?? '',
    // A date of its end, or only that it ended: then it has always been over for whoever codes today.
    (said('deprecationDate') ?? said('retirementDate'))?.valueDateTime?.slice(0, 10) ??
      (isEnded ? '1900-01-01' : ''),
    isHeading ? '0' : '',
  ]
}
