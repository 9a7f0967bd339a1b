/**
 * What the desk has learnt: words of this hospital with the code that a coder gave them, and for each person the codes
 * that were pinned and those that were used last in a department. People write these words into records, so they lie
 * sealed under the session's keys; a locked window knows none of them.
 */
import { createHmac } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  codeListName,
  learntWords,
  type CodedList,
  type CodeListName,
  type CodeTarget,
} from '../../shared/contract/codes.ts'
import type { VisitInput } from '../../shared/contract/records.ts'
import { utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { openRow, sealRow } from '../patients/patient-row.ts'
import { errorCode, writeFileAtomic } from '../profile/atomic-file.ts'
import { codesFolderOf } from '../profile/code-lists-folder.ts'
import { FORCED_POINTS, type Boosts } from './search.ts'

const FILE = 'desk.sealed'
const DOMAIN = utf8Encode('consilium/desk-codes/1')
const LEARNT_MAX = 20_000
const PEOPLE_MAX = 500
const PINNED_MAX = 100
const RECENT_MAX = 40
const DEPARTMENTS_MAX = 50

const person = z.object({
  userKeyId: z.string(),
  pinned: z.partialRecord(codeListName, z.array(z.string())),
  /** Codes by `list|department`, newest first. */
  recent: z.record(z.string(), z.array(z.string())),
})
const content = z.object({ format: z.literal(1), learnt: z.array(learntWords), people: z.array(person) })
type Content = z.infer<typeof content>
type Person = z.infer<typeof person>

export interface DeskCodes {
  readonly learnt: Content['learnt']
  /** Boosts for a search, and why. */
  boosts(
    list: CodeListName,
    text: string,
    userKeyId: string,
    department: string,
  ): { boosts: Boosts; markOf(code: string): 'favourite' | 'recent' | 'learnt' | undefined }
  learn(list: CodedList, text: string, target: CodeTarget): void
  forget(list: CodedList, text: string): void
  /** What these words were given, whoever wrote them in whichever width, case and spacing. */
  known(list: CodedList, text: string): CodeTarget | null
  pin(list: CodeListName, code: string, isPinned: boolean, userKeyId: string): void
  /** The codes of a visit that was just queued. */
  note(visit: VisitInput, userKeyId: string): void
  /** Durable when it resolves. Sealed before the first wait, so that a lock meanwhile changes nothing. */
  save(patientIndexKey: Bytes): Promise<void>
}

export const foldWords = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

/** Empty where there is none yet; a file that does not open under these keys is begun anew. */
export async function openDeskCodes(folder: string, patientIndexKey: Bytes): Promise<DeskCodes> {
  const path = join(codesFolderOf(folder), FILE)
  // Before the file is waited for: the keys may be gone then.
  const key = sealingKey(patientIndexKey)
  let opened: unknown = null
  try {
    opened = openRow(key, DOMAIN, new Uint8Array(await readFile(path)))
  } catch (error) {
    if (errorCode(error) === null) throw error
  }
  key.fill(0)
  const parsed = content.safeParse(opened)
  return deskCodes(
    parsed.success ? parsed.data : { format: 1, learnt: [], people: [] },
    async (now, indexKey) => {
      const sealed = sealRow(sealingKey(indexKey), DOMAIN, now)
      await mkdir(codesFolderOf(folder), { recursive: true, mode: 0o700 })
      await writeFileAtomic(path, sealed)
    },
  )
}

function deskCodes(now: Content, save: (now: Content, key: Bytes) => Promise<void>): DeskCodes {
  let turn: Promise<unknown> = Promise.resolve()
  function personOf(userKeyId: string): Person {
    let found = now.people.find((each) => each.userKeyId === userKeyId)
    if (found === undefined) {
      found = { userKeyId, pinned: {}, recent: {} }
      now.people.push(found)
      if (now.people.length > PEOPLE_MAX) now.people.shift()
    }
    return found
  }
  const isSame = (list: CodedList, text: string) => {
    const folded = foldWords(text)
    return (each: Content['learnt'][number]) => each.list === list && foldWords(each.text) === folded
  }
  return {
    get learnt() {
      return now.learnt
    },
    boosts(list, text, userKeyId, department) {
      const boosts = new Map<string, number>()
      const marks = new Map<string, 'favourite' | 'recent' | 'learnt'>()
      const found = now.people.find((each) => each.userKeyId === userKeyId)
      const add = (code: string, points: number, mark: 'favourite' | 'recent' | 'learnt') => {
        if (points <= (boosts.get(code) ?? 0)) return
        boosts.set(code, points)
        marks.set(code, mark)
      }
      found?.recent[`${list}|${department}`]?.forEach((code, i) => add(code, 400 - i, 'recent'))
      found?.pinned[list]?.forEach((code, i) => add(code, 600 - i, 'favourite'))
      const folded = foldWords(text)
      if ([...folded].length >= 2)
        for (const each of now.learnt) {
          if (each.list !== list) continue
          const words = foldWords(each.text)
          if (words === folded) add(each.target.code, FORCED_POINTS + 50, 'learnt')
          else if (words.startsWith(folded)) add(each.target.code, FORCED_POINTS, 'learnt')
        }
      return { boosts, markOf: (code) => marks.get(code) }
    },
    learn(list, text, target) {
      const words = text.trim().slice(0, 500)
      if (words === '') return
      now.learnt = [
        { list, text: words, target },
        ...now.learnt.filter((each) => !isSame(list, words)(each)),
      ].slice(0, LEARNT_MAX)
    },
    forget(list, text) {
      const same = isSame(list, text)
      now.learnt = now.learnt.filter((each) => !same(each))
    },
    known: (list, text) => now.learnt.find(isSame(list, text))?.target ?? null,
    pin(list, code, isPinned, userKeyId) {
      const { pinned } = personOf(userKeyId)
      const others = (pinned[list] ?? []).filter((each) => each !== code)
      pinned[list] = isPinned ? [code, ...others].slice(0, PINNED_MAX) : others
    },
    note(visit, userKeyId) {
      const { recent } = personOf(userKeyId)
      const department = visit.encounter.department?.code ?? ''
      const used: [CodeListName, string][] = [
        ...visit.prescriptions.map(({ code }): [CodeListName, string] => ['medicine', code.code]),
        ...visit.procedures.map(({ code }): [CodeListName, string] => ['procedure', code.code]),
        ...visit.diagnoses.map(({ code }): [CodeListName, string] => ['diagnosis', code.code]),
      ]
      for (const [list, code] of used.reverse()) {
        if (code === 'text') continue
        const place = `${list}|${department}`
        recent[place] = [code, ...(recent[place] ?? []).filter((each) => each !== code)].slice(0, RECENT_MAX)
      }
      if (department !== '' && department !== 'text')
        recent['department|'] = [
          department,
          ...(recent['department|'] ?? []).filter((each) => each !== department),
        ].slice(0, RECENT_MAX)
      const places = Object.keys(recent)
      for (const place of places.slice(0, Math.max(0, places.length - 4 * DEPARTMENTS_MAX)))
        delete recent[place]
    },
    save(patientIndexKey) {
      // Text, not the object: it may change while an earlier write is waited for.
      const snapshot = structuredClone(now)
      const key = patientIndexKey.slice()
      const mine = turn
        .then(
          () => save(snapshot, key),
          () => save(snapshot, key),
        )
        .finally(() => key.fill(0))
      turn = mine.catch(() => {})
      return mine
    },
  }
}

function sealingKey(patientIndexKey: Bytes): Bytes {
  return new Uint8Array(createHmac('sha256', patientIndexKey).update(DOMAIN).digest())
}
