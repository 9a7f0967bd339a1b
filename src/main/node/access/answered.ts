/** What this hospital has answered to others that read its patients' visits: for the rates, and for whoever looks back. */
import { toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { encode, tryDecode } from '../chain/codec.ts'
import { asArray, type MemberId } from '../chain/ids.ts'
import { answeredKey, keyTail, rangeOf, readU64 } from '../storage/buckets.ts'
import { del, put, type Store, type Write } from '../storage/store.ts'
import type { NodeSeal } from './node-seal.ts'
import { boundsFor, DAY_MS, weighOpening, type Opening, type Watched, type Weighed } from './opening-rates.ts'

/** Somebody reads more patients here than any day's work asks for. */
export interface BulkAlarm {
  readonly at: number
  readonly reader: MemberId
  readonly userKeyId: string
  readonly watched: Watched
  readonly patientCount: number
  readonly isRefused: boolean
}

export interface Answered {
  /** Weighs and notes it; durable with the next write that is, which comes before the answer. */
  note(opening: {
    readonly accessId: Bytes
    readonly reader: MemberId
    readonly userKeyId: string
    /** What stands for each patient; one answer may be about several entries. */
    readonly patients: readonly string[]
    readonly at: number
    readonly visitsPerDay: number
    /** A broken glass is counted and told, and never refused. */
    readonly mayRefuse: boolean
  }): Promise<{ readonly isRefused: boolean; readonly alarms: readonly BulkAlarm[] }>
  /** Newest first. */
  alarms(): readonly BulkAlarm[]
  /** Forgets what is older than the window in which it counts. */
  prune(now: number): Promise<void>
}

const KEPT_MS = 30 * DAY_MS
const ALARMS_MAX = 200

export async function openAnswered(store: Store, seal: NodeSeal, now: number): Promise<Answered> {
  const byReader = new Map<string, Opening[]>()
  const alarms: BulkAlarm[] = []
  for await (const { key, value } of store.scan(rangeOf('z/n'))) {
    const content = seal.open(key, value)
    const slots = content === null ? null : asArray(tryDecode(content), 5)
    if (slots === null) continue
    const at = readU64(keyTail('z/n', key))
    const [reader, person, patients, isRefused, told] = slots as [
      Bytes,
      string,
      string[],
      number,
      [Watched, number][],
    ]
    const openings = openingsOf(reader)
    if (at > now - DAY_MS && isRefused === 0)
      for (const patient of patients) openings.push({ at, person, patient })
    for (const [watched, patientCount] of told) {
      const from = { at, reader: reader as MemberId, userKeyId: person }
      alarms.push({ ...from, watched, patientCount, isRefused: isRefused === 1 })
    }
  }

  function openingsOf(reader: Bytes): Opening[] {
    const name = toHex(reader)
    const known = byReader.get(name)
    if (known !== undefined) return known
    const fresh: Opening[] = []
    byReader.set(name, fresh)
    return fresh
  }

  return {
    async note({ accessId, reader, userKeyId, patients, at, visitsPerDay, mayRefuse }) {
      const openings = openingsOf(reader)
      const first = openings.findIndex((each) => each.at > at - DAY_MS)
      openings.splice(0, first < 0 ? openings.length : first)
      const bounds = boundsFor(visitsPerDay)
      const fresh: Opening[] = []
      const weighed: Weighed[] = []
      for (const patient of patients) {
        const opening = { at, person: userKeyId, patient }
        weighed.push(weighOpening([...openings, ...fresh], opening, bounds))
        fresh.push(opening)
      }
      const isRefused = mayRefuse && weighed.some((each) => each.isRefused)
      const told = newAlarms(weighed, { at, reader, userKeyId, isRefused })
      const key = answeredKey(at, accessId)
      const list = told.map(({ watched, patientCount }) => [watched, patientCount])
      await store.commitUnsynced([
        put(key, seal.seal(key, encode([reader, userKeyId, [...patients], isRefused ? 1 : 0, list]))),
      ])
      if (!isRefused) openings.push(...fresh)
      alarms.push(...told)
      alarms.splice(0, Math.max(0, alarms.length - ALARMS_MAX))
      return { isRefused, alarms: told }
    },
    alarms: () => [...alarms].reverse(),
    async prune(at) {
      const writes: Write[] = []
      for await (const { key } of store.scan(rangeOf('z/n'))) {
        if (readU64(keyTail('z/n', key)) > at - KEPT_MS) break
        writes.push(del(key))
      }
      if (writes.length > 0) await store.commitUnsynced(writes)
    },
  }

  /** Each bound of each person once in its window, and once more when it comes to a refusal. */
  function newAlarms(
    weighed: readonly Weighed[],
    about: Pick<BulkAlarm, 'at' | 'reader' | 'userKeyId' | 'isRefused'>,
  ): BulkAlarm[] {
    const told: BulkAlarm[] = []
    const isTold = (watched: Watched): boolean =>
      [...alarms, ...told].some(
        (each) =>
          each.watched === watched &&
          toHex(each.reader) === toHex(about.reader) &&
          (watched.startsWith('hospital') || each.userKeyId === about.userKeyId) &&
          each.at > about.at - (watched.endsWith('hour') ? DAY_MS / 24 : DAY_MS) &&
          (each.isRefused || !about.isRefused),
      )
    for (const { alarms: reached } of weighed)
      for (const { watched, patientCount } of reached)
        if (!isTold(watched)) told.push({ ...about, watched, patientCount })
    return told
  }
}
