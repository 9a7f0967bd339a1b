/**
 * Watched folders: looks every few seconds, takes files that two looks saw complete, and keeps what became of them. It
 * works under the session of whoever is at the desk: while that is locked it waits, since records cannot be sealed.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { join, parse } from 'node:path'
import type { Handlers } from '../../shared/contract/kit.ts'
import type {
  WatchedFile,
  WatchedFolder,
  watchedMethods,
  WatchProblem,
} from '../../shared/contract/watched.ts'
import { Failure } from '../../shared/std/failure.ts'
import { parseInstant } from '../../shared/domain/dates.ts'
import { describeFile } from '../imports/describe-file.ts'
import { decideLook, type SeenFile } from '../imports/watch-decision.ts'
import {
  contentWrite,
  FILES_KEPT_MAX,
  forgetWrites,
  isContentKnown,
  loadWatches,
  watchWrite,
  type Watch,
} from '../imports/watched-store.ts'
import type { OpenProfile } from '../profile/open-profile.ts'
import { loadMapping } from '../profile/table-mappings.ts'
import type { BatchesService } from './batches-service.ts'
import { atDesk, profileOf, readAtDesk, type Desk, type ServiceContext } from './context.ts'
import { civilDateIn, instantIn, offsetAtCivil } from './facility-time.ts'

export interface WatchedService {
  readonly handlers: Handlers<typeof watchedMethods>
  /** Looks from time to time until `close`: for callers that stay, the window and a node of its own. */
  startLooking(): void
  close(): void
}

const LOOK_EVERY_MS = 5_000
const DAY_MS = 86_400_000

interface Seen {
  readonly at: number
  files: readonly SeenFile[]
  writing: number
}

/** What the looks of this process saw; gone with it, so that after a start each file is seen twice again. */
interface Watching {
  isLooking: boolean
  wasLocked: boolean
  readonly seen: Map<string, Seen>
}
const watching = new WeakMap<OpenProfile, Watching>()

export function createWatchedService(
  context: ServiceContext,
  batches: Pick<BatchesService, 'start' | 'isImporting'>,
): WatchedService {
  const { world } = context
  let timer: ReturnType<typeof setInterval> | null = null

  function watchingOf(profile: OpenProfile): Watching {
    let state = watching.get(profile)
    if (state === undefined)
      watching.set(profile, (state = { isLooking: false, wasLocked: false, seen: new Map() }))
    return state
  }

  async function lookAtAll(askedFor: string | null): Promise<void> {
    const profile = context.profile()
    if (profile === null || profile.node === null) return
    const state = watchingOf(profile)
    if (state.isLooking) return
    const lease = context.lease()
    state.wasLocked = lease === null || lease.isReleased
    if (state.wasLocked) return
    state.isLooking = true
    try {
      const watches = await readAtDesk(context, ({ node, keys }) =>
        loadWatches(node.store, keys.patientIndex),
      )
      for (const watch of watches)
        if (askedFor === null || watch.watchId === askedFor)
          await look(profile, state, watch, watch.watchId === askedFor)
    } catch (error) {
      // A lock or a full disk in the middle of a look: the next one finds the same files.
      if (!(error instanceof Failure)) throw error
    } finally {
      state.isLooking = false
    }
  }

  async function look(profile: OpenProfile, state: Watching, watch: Watch, isAsked: boolean): Promise<void> {
    const { folder } = watch.setting
    const now = world.now()
    const found = await filesIn(folder)
    if (typeof found === 'string') {
      if (watch.problem !== found) await save({ ...watch, lastLookAt: now, problem: found }, [])
      return
    }
    const { zone } = profile.facts
    const day = civilDateIn(zone, now)
    const before = state.seen.get(watch.watchId)?.files ?? null
    const decision = decideLook(watch.setting, {
      files: found,
      before,
      dealtWith: watch.dealtWith,
      day,
      hour: Number(instantIn(zone, now).slice(11, 13)),
      lastRunDay: watch.lastRunDay,
      isAsked,
    })
    state.seen.set(watch.watchId, { at: now, files: found, writing: decision.writing.length })
    if (decision.take.length > 0 && batches.isImporting(profile)) return // the next look takes them
    const isQuiet = decision.take.length === 0
    const there = watch.dealtWith.filter(({ name }) => found.some((each) => each.name === name))
    const looked: Watch = {
      ...watch,
      lastLookAt: now,
      lastRunDay: decision.isRunComplete ? day : watch.lastRunDay,
      problem: isQuiet && watch.problem !== 'not-moved' ? null : watch.problem,
      dealtWith: there,
    }
    if (!isQuiet)
      await take(
        looked,
        found.filter(({ name }) => decision.take.includes(name)),
      )
    else if (isAsked || isNews(watch, looked)) await save(looked, [])
  }

  /** One import for all files of a look, since messages of one visit may lie in several. */
  async function take(watch: Watch, files: readonly SeenFile[]): Promise<void> {
    const { folder, afterwards, mappingId } = watch.setting
    const mapping = mappingId === undefined ? null : await loadMapping(profileOf(context).folder, mappingId)
    if (mappingId !== undefined && mapping === null) {
      // Deleted, or its file is damaged: the files wait until the folder is given another.
      if (watch.problem !== 'mapping-missing')
        await save({ ...watch, lastRunDay: null, problem: 'mapping-missing' }, [])
      return
    }
    const fresh: { file: SeenFile; path: string; hash: string }[] = []
    const lines: { line: WatchedFile; file: SeenFile }[] = []
    const hashes = new Set<string>()
    for (const file of files) {
      const path = join(folder, file.name)
      const described = await describeFile(path)
      if (described === null) continue // gone, or not to be read yet
      const isKnown =
        hashes.has(described.hash) ||
        (await atDesk(context, ({ node }) => isContentKnown(node.store, watch.watchId, described.hash)))
      hashes.add(described.hash)
      if (isKnown) lines.push({ file, line: lineOf(file, 'known', 0, null) })
      else fresh.push({ file, path, hash: described.hash })
    }
    let problem: WatchProblem | null = null
    if (fresh.length > 0) {
      const source = { kind: 'files', paths: fresh.map(({ path }) => path), mapping } as const
      const job = await batches.start(source, 'folder')
      const done = await job.finished
      if (done === null || done.report.isCancelled) {
        // Nothing is remembered of these files: the next look tries them again.
        await save({ ...watch, lastRunDay: null, problem: 'import-failed' }, [])
        return
      }
      for (const { file, path } of fresh) {
        const rejects = done.rejects.filter((each) => each.file === path)
        // A reject without a place is about the file as a whole.
        const isRejected = rejects.some((each) => each.path === '' || each.path.startsWith('line 1, column'))
        const outcome = isRejected ? 'rejected' : 'taken'
        const unusualCount = done.unusual.filter((each) => each.file === path).length
        lines.push({
          file,
          line: { ...lineOf(file, outcome, rejects.length, done.batchId), unusualCount },
        })
      }
    }
    if (afterwards === 'move')
      for (const { file, line } of lines)
        if (!(await move(folder, file.name, line.outcome === 'rejected' ? 'rejected' : 'done')))
          problem = 'not-moved'
    await save(
      {
        ...watch,
        problem,
        dealtWith: [...watch.dealtWith, ...lines.map(({ file }) => file)],
        files: [...lines.map(({ line }) => line).reverse(), ...watch.files].slice(0, FILES_KEPT_MAX),
      },
      fresh.map(({ hash }) => hash),
    )
  }

  const lineOf = (
    { name }: SeenFile,
    outcome: WatchedFile['outcome'],
    rejectedCount: number,
    batchId: string | null,
  ): WatchedFile => ({ name, at: world.now(), outcome, rejectedCount, unusualCount: 0, batchId })

  const save = (watch: Watch, hashes: readonly string[]): Promise<void> =>
    atDesk(context, async ({ node, keys }) => {
      const known = await loadWatches(node.store, keys.patientIndex)
      // Taken off the list meanwhile: it does not come back.
      const now = known.find(({ watchId }) => watchId === watch.watchId)
      if (now === undefined) return
      const contents = hashes.map((hash) => contentWrite(watch.watchId, hash))
      // Nor does a setting that somebody changed while files were taken.
      await node.write([watchWrite(keys.patientIndex, { ...watch, setting: now.setting }), ...contents])
    })

  function toShown(profile: OpenProfile, watch: Watch): WatchedFolder {
    const { setting, watchId, lastLookAt, problem, files } = watch
    const state = watchingOf(profile)
    return {
      ...setting,
      watchId,
      state: state.wasLocked ? 'locked' : batches.isImporting(profile) ? 'busy' : 'waiting',
      // A quiet look is not written down.
      lastLookAt: state.seen.get(watchId)?.at ?? lastLookAt,
      nextLookAt: timer === null ? null : nextLook(profile, watch),
      problem,
      writing: state.seen.get(watchId)?.writing ?? 0,
      files,
    }
  }

  function nextLook(profile: OpenProfile, { setting, lastRunDay }: Watch): number {
    const now = world.now()
    const { zone } = profile.facts
    const today = civilDateIn(zone, now)
    if (setting.hour === null) return now + LOOK_EVERY_MS
    const day = lastRunDay === today ? civilDateIn(zone, now + DAY_MS) : today
    const civil = `${day}T${String(setting.hour).padStart(2, '0')}:00:00`
    const at = parseInstant(`${civil}${offsetAtCivil(zone, civil) ?? 'Z'}`)?.epochMs ?? now
    return Math.max(at, now + LOOK_EVERY_MS)
  }

  const list = (desk: Desk): Promise<Watch[]> => loadWatches(desk.node.store, desk.keys.patientIndex)

  return {
    startLooking() {
      if (timer !== null) return
      timer = setInterval(() => void lookAtAll(null), LOOK_EVERY_MS)
      timer.unref()
    },
    close() {
      if (timer !== null) clearInterval(timer)
      timer = null
    },
    handlers: {
      watchedFolders: () =>
        readAtDesk(context, async (desk) => (await list(desk)).map((watch) => toShown(desk.profile, watch))),
      watchFolder: (setting) =>
        atDesk(context, async (desk) => {
          const known = (await list(desk)).find((each) => each.setting.folder === setting.folder)
          const watch: Watch = known ?? {
            watchId: randomBytes(16).toString('hex'),
            setting,
            lastLookAt: null,
            lastRunDay: null,
            problem: null,
            dealtWith: [],
            files: [],
          }
          await desk.node.write([watchWrite(desk.keys.patientIndex, { ...watch, setting })])
          return { watchId: watch.watchId }
        }),
      unwatchFolder: ({ watchId }) =>
        atDesk(context, async ({ profile, node }) => {
          watchingOf(profile).seen.delete(watchId)
          await node.write(await forgetWrites(node.store, watchId))
        }),
      async lookNow({ watchId }) {
        profileOf(context)
        await lookAtAll(watchId)
      },
    },
  }
}

/** The files of a folder, or why it cannot be looked at. Folders within it are not searched: `done` is one of them. */
async function filesIn(folder: string): Promise<SeenFile[] | 'folder-missing' | 'folder-not-readable'> {
  try {
    const files: SeenFile[] = []
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue
      const info = await stat(join(folder, entry.name)).catch(() => null)
      if (info !== null) files.push({ name: entry.name, bytes: info.size, changedAt: info.mtimeMs })
    }
    return files
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (typeof code !== 'string') throw error
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'folder-missing' : 'folder-not-readable'
  }
}

/** Into a folder beside it, under a name that is free. False where that cannot be done. */
async function move(folder: string, name: string, into: 'done' | 'rejected'): Promise<boolean> {
  try {
    const target = join(folder, into)
    await mkdir(target, { recursive: true, mode: 0o700 })
    const { name: stem, ext } = parse(name)
    for (let n = 0; ; n++) {
      const path = join(target, n === 0 ? name : `${stem}-${n}${ext}`)
      if ((await stat(path).catch(() => null)) !== null) continue
      await rename(join(folder, name), path)
      return true
    }
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error
    return false
  }
}

/** Whether a quiet look has anything to be written down: the time of a look alone is not worth a write each. */
function isNews(before: Watch, after: Watch): boolean {
  return (
    before.lastLookAt === null ||
    before.problem !== after.problem ||
    before.lastRunDay !== after.lastRunDay ||
    before.dealtWith.length !== after.dealtWith.length
  )
}
