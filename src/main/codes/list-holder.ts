/** The indexes of the lists in use, each made when it is first asked and again when another edition is. */
import { codeListName, type CodeHit, type CodeListName } from '../../shared/contract/codes.ts'
import { builtInEntries, builtInIndex, codeNamed, commonnessOf } from './built-in.ts'
import type { ListedCode } from './code-rows.ts'
import type { ListInUse } from './codes-calls.ts'
import { loadEdition } from './edition-file.ts'
import { loadInitials } from './initials.ts'
import { buildIndex, type Boosts, type CodeEntry, type CodeIndex } from './search.ts'

export interface ListHolder {
  use(inUse: ListInUse): void
  search(list: CodeListName, text: string, limit: number, boosts: Boosts): Promise<CodeHit[]>
  names(codes: readonly { system: string; code: string }[]): Promise<(CodeHit | null)[]>
}

export function createListHolder(): ListHolder {
  const inUse = new Map<CodeListName, ListInUse>()
  const indexes = new Map<CodeListName, Promise<CodeIndex>>()

  function indexOf(list: CodeListName): Promise<CodeIndex> {
    let index = indexes.get(list)
    if (index === undefined) {
      index = makeIndex(list, inUse.get(list))
      indexes.set(list, index)
    }
    return index
  }

  return {
    use(next) {
      const before = inUse.get(next.list)
      if (JSON.stringify(before) === JSON.stringify(next)) return
      inUse.set(next.list, next)
      indexes.delete(next.list)
    },
    search: async (list, text, limit, boosts) => (await indexOf(list)).search(text, limit, boosts),
    async names(codes) {
      const all = await Promise.all(codeListName.options.map(indexOf))
      return codes.map(({ system, code }) => {
        for (const index of all) {
          const hit = index.get(system, code)
          if (hit !== null) return hit
        }
        return codeNamed(system, code) ?? otherIcd10(all[0]!, system, code)
      })
    },
  }
}

/** Records say ICD-10 by its WHO or its clinical system; the codes of a full list agree as far as they go. */
function otherIcd10(diagnoses: CodeIndex, system: string, code: string): CodeHit | null {
  if (!/\/icd-10(-cm|-tw)?$/.test(system)) return null
  const plain = code.replace('.', '')
  for (const each of ['http://hl7.org/fhir/sid/icd-10-cm', 'http://hl7.org/fhir/sid/icd-10']) {
    const hit = diagnoses.get(each, plain)
    if (hit !== null) return hit
  }
  return null
}

async function makeIndex(list: CodeListName, use: ListInUse | undefined): Promise<CodeIndex> {
  const edition = use?.edition == null ? null : await loadEdition(use.edition.path, use.edition.hash)
  const local: CodeEntry[] = (use?.local ?? []).map(({ code, en, zh }) => ({
    system: use!.localSystem,
    code,
    en,
    zh,
  }))
  const listed =
    edition === null ? builtInEntries(list) : entriesOf(list, edition.system, edition.codes, use!.today)
  const entries = [...listed, ...local]
  return buildIndex(entries, await loadInitials(entries.length))
}

/** Codes of an edition with what we know of the same codes: further words, how common they are, a missing name. */
function entriesOf(
  list: CodeListName,
  system: string,
  codes: readonly ListedCode[],
  today: string,
): CodeEntry[] {
  const ours = builtInIndex(list)
  const words = new Map(builtInEntries(list).map((each) => [each.code, each]))
  return codes.map(({ code, en, zh, hint, validFrom, validTo, isBillable }) => {
    const own = ours.get(system, code) === null ? undefined : words.get(code)
    // One name stood for both in the file: ours is better than another language.
    const isHalf = en === zh && own !== undefined
    const isHan = /\p{Script=Han}/u.test(zh)
    const [nameEn, nameZh] = isHalf ? (isHan ? [own.en, zh] : [en, own.zh]) : [en, zh]
    const more = own === undefined ? '' : `${own.en} ${own.zh} ${own.words ?? ''}`
    const usual = hint ?? own?.hint
    const isOut = (validFrom !== undefined && validFrom > today) || (validTo !== undefined && validTo < today)
    return {
      system,
      code,
      en: nameEn,
      zh: nameZh,
      ...(usual === undefined ? {} : { hint: usual }),
      ...(more === '' ? {} : { words: more }),
      ...(list === 'diagnosis' ? commonnessOf(code) : {}),
      ...(isBillable === false ? { isHeading: true } : {}),
      ...(isOut ? { isOutOfForce: true } : {}),
    }
  })
}
