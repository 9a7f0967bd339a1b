/** The code lists that every installation has from the first start; full lists are imported on top of them. */
import type { CodeHit, CodeListName } from '../../shared/contract/codes.ts'
import { CODE_SYSTEMS } from './code-systems.ts'
import { DEPARTMENTS } from './departments.ts'
import { DIAGNOSES_A_TO_K } from './diagnoses-a.ts'
import { DIAGNOSES_L_TO_Z } from './diagnoses-l.ts'
import { MEDICINES } from './medicines.ts'
import { PROCEDURES } from './procedures.ts'
import { buildIndex, recentBoosts } from './search.ts'
import type { CodeEntry, CodeIndex } from './search.ts'

/** Subspecialties are codes of another list of the insurance (就醫科別), which has letters. */
const SUBSPECIALTY_SYSTEM =
  'https://twcore.mohw.gov.tw/ig/twcore/CodeSystem/medical-consultation-department-nhi-tw'

/** Diagnoses that every out-patient department sees many times a day. */
const USUAL = new Set('E119 I10 E785 J069 N390 K219 M545 J189 I639 N189 J45909 I2510 N401 R509'.split(' '))
/** Diagnoses of everyday practice. */
const COMMON = new Set(
  (
    'A09 A419 B182 B181 D509 D649 E039 E109 E1122 E1142 E1165 E119 E785 E782 E669 E876 E871 F329 F411 F0390 G20 G309 ' +
    'G409 G43909 G4700 H109 H259 H409 H6690 H8110 I10 I2510 I209 I219 I214 I4891 I509 I639 I619 I739 J069 J029 J189 ' +
    'J209 J309 J449 J45909 J111 K219 K2950 K259 K5900 K589 K7460 K760 K8020 K3580 L0390 L309 L509 M069 M109 M179 M545 ' +
    'M5450 M542 M810 N179 N189 N390 N200 N400 N401 O80 R05 R059 R42 R509 R519 R079 R109 R112 U071 Z0000 Z23 Z79899'
  ).split(' '),
)

const indexes = new Map<CodeListName, CodeIndex>()

/** Codes that match what was typed, best first; with an empty text the recent ones. Built on first use. */
export function searchCodes(
  list: CodeListName,
  text: string,
  limit: number,
  recent: readonly string[] = [],
): CodeHit[] {
  return builtInIndex(list).search(text, limit, recentBoosts(recent))
}

/** What a code of a record is called. Records say ICD-10 by its WHO or its clinical system; the built-in codes agree. */
export function codeNamed(system: string, code: string): CodeHit | null {
  const lists = Object.keys(CODE_SYSTEMS) as CodeListName[]
  const list = lists.find((each) => CODE_SYSTEMS[each] === system)
  if (list !== undefined) return builtInIndex(list).get(system, code)
  if (system === SUBSPECIALTY_SYSTEM) return builtInIndex('department').get(system, code)
  if (!/\/icd-10(-tw)?$/.test(system)) return null
  return builtInIndex('diagnosis').get(CODE_SYSTEMS.diagnosis, code.replace('.', ''))
}

export function builtInIndex(list: CodeListName): CodeIndex {
  let index = indexes.get(list)
  if (index === undefined) {
    index = buildIndex(builtInEntries(list))
    indexes.set(list, index)
  }
  return index
}

export function builtInEntries(list: CodeListName): CodeEntry[] {
  const system = CODE_SYSTEMS[list]
  switch (list) {
    case 'diagnosis':
      return parse(DIAGNOSES_A_TO_K + DIAGNOSES_L_TO_Z, (code) => code.replace('.', ''), system, false).map(
        (entry) => ({ ...entry, ...commonnessOf(entry.code) }),
      )
    case 'procedure':
      return parse(PROCEDURES, (code) => code, system, false)
    case 'medicine':
      return parse(MEDICINES, (code) => code, system, true)
    case 'department':
      return parse(DEPARTMENTS, (code) => code, system, false).map((entry) =>
        /^[A-Z]{2}$/.test(entry.code) ? { ...entry, system: SUBSPECIALTY_SYSTEM } : entry,
      )
  }
}

/** How often a diagnosis is seen, whichever list it comes from. */
export function commonnessOf(code: string): { commonness: 1 | 2 } | undefined {
  if (USUAL.has(code)) return { commonness: 2 }
  return COMMON.has(code) ? { commonness: 1 } : undefined
}

function parse(
  text: string,
  stored: (code: string) => string,
  system: string,
  isLastHint: boolean,
): CodeEntry[] {
  const entries: CodeEntry[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [code, en, zh, last] = line.split('|')
    const entry: CodeEntry = { system, code: stored(code!), en: en!, zh: zh! }
    if (last !== undefined && last !== '') {
      if (isLastHint) entry.hint = last
      else entry.words = last
    }
    entries.push(entry)
  }
  return entries
}
