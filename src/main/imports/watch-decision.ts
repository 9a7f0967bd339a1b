/** Which files of a watched folder are to be taken now: decided from what two looks saw, without looking. */
import type { WatchSetting } from '../../shared/contract/watched.ts'

/** A file as a look saw it. */
export interface SeenFile {
  readonly name: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly changedAt: number
}

export interface Look {
  /** Now. */
  readonly files: readonly SeenFile[]
  /** At the look before; null at the first. */
  readonly before: readonly SeenFile[] | null
  /** What was dealt with in the same state: it needs no second reading. */
  readonly dealtWith: readonly SeenFile[]
  /** Civil day and hour of the hospital. */
  readonly day: string
  readonly hour: number
  /** The day on which this folder's daily run was complete; null for never. */
  readonly lastRunDay: string | null
  /** A person asked for it: the hour does not matter. */
  readonly isAsked: boolean
}

export interface Decision {
  /** Names, in their order. */
  readonly take: readonly string[]
  /** Files that are not complete yet, as far as one can see. */
  readonly writing: readonly string[]
  /** With this look the daily run is complete. */
  readonly isRunComplete: boolean
}

const NAMES: Readonly<Record<WatchSetting['format'], RegExp>> = {
  fhir: /\.(json|ndjson|jsonl)$/i,
  hl7v2: /\.(hl7|hl7v2|er7|msg|dat|txt)$/i,
  table: /\.(csv|tsv|tab|txt|xlsx)$/i,
}
/** What programs call a file that they still write. */
const UNFINISHED = /(^[.~])|(\.(part|partial|tmp|temp|filepart|crdownload|swp|new)$)|(~$)/i

export function decideLook(setting: Pick<WatchSetting, 'format' | 'hour'>, look: Look): Decision {
  const { hour } = setting
  const isDue = look.isAsked || hour === null || (look.hour >= hour && look.day !== look.lastRunDay)
  const take: string[] = []
  const writing: string[] = []
  const sorted = [...look.files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  for (const file of sorted) {
    if (UNFINISHED.test(file.name) || !NAMES[setting.format].test(file.name)) continue
    if (look.dealtWith.some((each) => isSame(each, file))) continue
    const isComplete = file.bytes > 0 && look.before?.some((each) => isSame(each, file)) === true
    if (!isComplete) writing.push(file.name)
    else if (isDue) take.push(file.name)
  }
  // Files that are still written belong to this day's run: the next look takes them.
  return { take, writing, isRunComplete: isDue && hour !== null && writing.length === 0 }
}

function isSame(a: SeenFile, b: SeenFile): boolean {
  return a.name === b.name && a.bytes === b.bytes && a.changedAt === b.changedAt
}
