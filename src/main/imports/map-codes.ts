/**
 * The hospital's map on what an import brings: a source's code becomes the code that a coder or a file of the hospital gave
 * it, and stays beside as the source's coding. Each code is asked for once.
 */
import type { CodeTarget } from '../../shared/contract/codes.ts'
import type { VisitDraft } from '../../shared/domain/source.ts'
import { codedThings, isWords, type CodedThing, withCodes } from '../codes/uncoded.ts'

export interface SourceCode {
  readonly list: CodedThing['list']
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
      return { content: mapped ?? content, count }
    })
  }
}
