/** A hospital's map from codes of a source system to its own: source system, source code, target code. */
import type { CodeFileRefusal } from '../../shared/contract/codes.ts'
import { readCodeFile } from './read-code-file.ts'

export type ReadCodeMap =
  | {
      readonly kind: 'read'
      readonly rows: [string, string, string][]
      readonly malformed: { row: number; text: string }[]
      readonly malformedCount: number
    }
  | { readonly kind: 'refused'; readonly reason: CodeFileRefusal }

export const MAP_ROWS_MAX = 200_000
const SHOWN_MALFORMED = 50
/** How sources and people call systems whose address they do not know by heart. */
const SYSTEMS: Readonly<Record<string, string>> = {
  snomed: 'http://snomed.info/sct',
  snomedct: 'http://snomed.info/sct',
  sct: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  icd9cm: 'http://hl7.org/fhir/sid/icd-9-cm',
  loinc: 'http://loinc.org',
  cpt: 'http://www.ama-assn.org/go/cpt',
  cvx: 'http://hl7.org/fhir/sid/cvx',
}

export async function readCodeMap(path: string): Promise<ReadCodeMap> {
  const file = await readCodeFile(path)
  if (file.kind === 'refused') return file
  const all = file.table.rows
  const first =
    all[0]?.cells.map((cell) =>
      cell
        .replace(/^\uFEFF/, '')
        .trim()
        .toLowerCase(),
    ) ?? []
  const system = first.findIndex((cell) => /source.?system|system|來源系統|系統/.test(cell))
  const source = first.findIndex((cell) => /source.?code|^source$|^from$|來源代碼|來源編碼/.test(cell))
  const target = first.findIndex((cell) => /target|^to$|^code$|目標|對應/.test(cell))
  const hasHeader = system >= 0 && source >= 0 && target >= 0
  const [systemAt, sourceAt, targetAt] = hasHeader ? [system, source, target] : [0, 1, 2]
  if (!hasHeader && first.length < 3) return { kind: 'refused', reason: 'no-columns' }
  const bySource = new Map<string, [string, string, string]>()
  const malformed: { row: number; text: string }[] = []
  let malformedCount = 0
  for (const { cells, line } of hasHeader ? all.slice(1) : all) {
    if (cells.every((cell) => cell.trim() === '')) continue
    const row = [systemAt, sourceAt, targetAt].map((at) => (cells[at] ?? '').normalize('NFC').trim())
    const [from, code, to] = row as [string, string, string]
    const named = SYSTEMS[from.toLowerCase().replace(/[^a-z0-9]/g, '')] ?? from
    const isWhole =
      from !== '' && code !== '' && to !== '' && Math.max(named.length, code.length, to.length) <= 200
    if (isWhole && !/\p{C}/u.test(code + to)) bySource.set(`${named}|${code}`, [named, code, to])
    else if (++malformedCount <= SHOWN_MALFORMED)
      malformed.push({ row: line, text: cells.join(' | ').slice(0, 80) })
  }
  if (bySource.size === 0) return { kind: 'refused', reason: 'no-codes' }
  if (bySource.size > MAP_ROWS_MAX) return { kind: 'refused', reason: 'too-many-codes' }
  return { kind: 'read', rows: [...bySource.values()], malformed, malformedCount }
}
