/**
 * The hospital's map on what an import brings: a source's code becomes the code that a coder or a file of the hospital gave
 * it, and stays beside as the source's coding. A department that is written by its name gets its code and keeps the name.
 * Each code is asked for once.
 */
import type { CodeTarget } from '../../shared/contract/codes.ts'
import type { VisitDraft } from '../../shared/domain/source.ts'
import type { Code } from '../../shared/domain/visit.ts'
import { codedThings, isWords, type CodedThing, withCodes } from '../codes/uncoded.ts'

export interface SourceCode {
  readonly list: CodedThing['list'] | 'department'
  readonly system: string
  readonly code: string
}

export interface MappedContent {
  readonly content: VisitDraft
  /** Entries that have another code now. */
  readonly count: number
}

/** Codes that are remembered between batches; a source has far fewer. */
const KNOWN_MAX = 50_000

/** The system of what importers found without one. */
const OWN_WORDS = 'local'
const departmentKey = ({ code }: Code): string => JSON.stringify(['department', OWN_WORDS, code])

export function createCodeMapper(
  ask: (codes: readonly SourceCode[]) => Promise<(CodeTarget | null)[]>,
): (contents: readonly VisitDraft[]) => Promise<MappedContent[]> {
  const known = new Map<string, CodeTarget | null>()
  const keyOf = ({ list, code }: CodedThing) => JSON.stringify([list, code.system, code.code])
  return async (contents) => {
    if (known.size > KNOWN_MAX) known.clear()
    const asked = new Map<string, SourceCode>()
    for (const content of contents)
      for (const thing of codedThings(content)) {
        const key = keyOf(thing)
        if (!known.has(key) && !isWords(thing.code))
          asked.set(key, { list: thing.list, system: thing.code.system, code: thing.code.code })
      }
    for (const { encounter } of contents) {
      const { department } = encounter
      if (department?.system !== OWN_WORDS || known.has(departmentKey(department))) continue
      asked.set(departmentKey(department), {
        list: 'department',
        system: department.system,
        code: department.code,
      })
    }
    if (asked.size > 0) {
      const answers = await ask([...asked.values()])
      for (const [i, key] of [...asked.keys()].entries()) known.set(key, answers[i] ?? null)
    }
    return contents.map((content) => {
      let count = 0
      const mapped = withCodes(content, (thing) => {
        const target = isWords(thing.code) ? null : (known.get(keyOf(thing)) ?? null)
        if (target !== null) count++
        return target
      })
      const { department } = content.encounter
      const target = department?.system === OWN_WORDS ? (known.get(departmentKey(department)) ?? null) : null
      if (target === null) return { content: mapped ?? content, count }
      const { system, code } = target
      // The source's word is its only coding, so it stays as the name.
      const coded = { system, code, display: department!.display ?? department!.code }
      const withDepartment = { ...(mapped ?? content) }
      withDepartment.encounter = { ...content.encounter, department: coded }
      return { content: withDepartment, count: count + 1 }
    })
  }
}
