/**
 * The hospital's records, ready to be asked: one thread for each open profile, started by the first question, kept up with the
 * chain, and started anew when it ended. What leaves it are counts; records stay inside.
 */
import type { AnalysisState } from '../../shared/contract/cohorts.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { StudyDocument, StudySnapshot } from '../../shared/domain/study.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import { startAnalysisThread, type AnalysisThread, type StudyAnswer } from '../workers/analysis.ts'
import { WorkerFailure } from '../workers/calls.ts'
import type { AnalysedRecords } from './analysed-records.ts'
import type { AskedCleaning, CleaningCountsAnswer } from './study/preview-cleaning.ts'
import type { IntervalsOut } from './study/intervals-out.ts'
import type { PinnedStudy, SamePerson } from './study/prepare-study.ts'
import { STUDY_ENGINE } from './study/run-study.ts'
import type { Comparison } from './comparison/compare.ts'
import type { AskedComparison } from './run-comparison.ts'
import type { Traversal } from './pathways/traverse.ts'
import type { AskedPathways } from './run-pathways.ts'
import type { Attrition, Snapshot, SnapshotScope } from './warehouse/warehouse.ts'

/** Whose records were asked, in what state: said by the run itself, so that what is made of its answer later carries it. */
export interface AskedOf {
  /** Block number. */
  readonly upTo: number
  /** What a study's snapshot names as its chain, hex. */
  readonly chain: string
  /** Invented people. */
  readonly isTwin: boolean
}

export interface AnalysisHome {
  /** Starts filling where nobody asked before. */
  state(): AnalysisState
  /** Whether whoever is asked here is invented: a member that is no hospital holds no record. */
  isTwin(): boolean
  /** Of this hospital's own records; waits until they are ready. `upTo`: block number, at the height that decided it; null for now. */
  count(
    definition: CohortDefinition,
    upTo: number | null,
  ): Promise<{ snapshot: Snapshot; of: AskedOf; attrition: Attrition }>
  /** What the pipeline would do to the cohort's records; `upTo` as above. @throws {StatsFailure} `cancelled` */
  clean(
    asked: Omit<AskedCleaning, 'scope'>,
    upTo: number | null,
    watch?: RunWatch,
  ): Promise<{ answer: CleaningCountsAnswer; of: AskedOf }>
  /**
   * The study at the state that it names, or at the newest one where it names none.
   * @throws {AnalysisFailure} for a state that is not here, or a study of another chain, engine or hospital
   */
  pin(study: StudyDocument): Promise<PinnedStudy>
  /** `hash` names the study. `before`: also says what changed since that state. @throws {WorkerFailure} after the signal */
  study(
    study: PinnedStudy,
    hash: string,
    before: StudySnapshot | null,
    watch?: StudyWatch,
  ): Promise<StudyAnswer>
  /** At the newest state, of this hospital's own records. @throws {WorkerFailure} after the signal */
  pathways(asked: Omit<AskedPathways, 'scope'>, watch: RunWatch): Promise<{ answer: Traversal; of: AskedOf }>
  compare(cohorts: AskedComparison['cohorts'], watch: RunWatch): Promise<{ answer: Comparison; of: AskedOf }>
  /**
   * For the gateway's service alone: a call of the thread at a declared state of all hospitals' records, once all of them can be opened.
   * `alsoAt`: other states that what is asked looks at too. `samePersonAt`: who is one person at each height of all these. `isFromRecords`: in a thread of its own that reads nothing that was kept. @throws {AnalysisFailure} `not-that-far`, `unreadable`
   */
  gated<T>(
    at: {
      readonly upTo: number
      readonly height: number
      readonly day: number
      readonly alsoAt?: readonly { readonly upTo: number; readonly height: number }[]
    },
    isFromRecords: boolean,
    ask: (
      running: Pick<AnalysisThread, 'call'>,
      asked: {
        readonly scope: SnapshotScope
        readonly samePersonAt: ReadonlyMap<number, SamePerson>
        readonly cancel: Int32Array
      },
    ) => Promise<T>,
  ): Promise<T>
  /** The rows that the study's models are fitted to; `hash` names it. */
  intervals(study: PinnedStudy, hash: string): Promise<IntervalsOut>
  /** The keys of these versions were destroyed: nothing of them stays in memory. */
  forget(roots: readonly Bytes[]): Promise<void>
  close(): Promise<void>
}

export interface StudyWatch extends RunWatch {
  /** `weigh`: up to the table, without a fit. */
  readonly upTo: 'weigh' | 'fit'
}

export interface RunWatch {
  readonly signal: AbortSignal
  /** Persons that were read, of so many; then passes of models, of nobody knows how many. */
  onProgress(done: number, total: number | null): void
}

export class AnalysisFailure extends Failure<
  | { code: 'no-records' }
  | { code: 'not-that-far'; blockCount: number }
  /** Records that should open and do not yet: what is counted would change. */
  | { code: 'unreadable'; recordCount: number }
  /** `detail`: the chain that is here. */
  | { code: 'other-chain'; detail: string }
  /** It asks for records of others: this hospital, whose id is in `detail`, answers with its own. */
  | { code: 'other-records'; detail: string }
  /** Its results would not be the same bytes. `detail`: the engine that is here; the newest state can be asked with it. */
  | { code: 'other-engine'; detail: string }
> {}

export interface AnalysisHomeOptions {
  /** Asked anew each time: whoever was invited learns what kind of member it is when it is one. */
  readonly records: () => AnalysedRecords
  readonly threads: number
  readonly memoryMb: number
  readonly onState: () => void
}

export function openAnalysisHome(options: AnalysisHomeOptions): AnalysisHome {
  const { records } = options
  let thread: Promise<AnalysisThread> | null = null
  let state: AnalysisState = { kind: 'filling', isTwin: false, done: 0, total: 0 }
  let filling: Promise<void> | null = null
  /** Blocks that were asked for last: a look at the state does not ask for them again. */
  let triedTotal = -1
  let isClosed = false
  /** Words that end the studies under way: a model that is being fitted hears nothing else. */
  const studying = new Set<Int32Array>()
  /** Who hears of a study's progress, by its ticket. */
  const watching = new Map<number, RunWatch>()
  let ticket = 0
  const stopStudies = (): void => {
    for (const cancel of studying) Atomics.store(cancel, 0, 1)
  }

  const say = (next: AnalysisState): void => {
    state = next
    options.onState()
  }

  const started = (): Promise<AnalysisThread> => {
    if (thread !== null) return thread
    // A thread that began now would be nobody's to end.
    if (isClosed) return Promise.reject(new WorkerFailure({ code: 'worker-ended', reason: 'closed' }))
    const { threads, memoryMb } = options
    const { isTwin } = records()
    const starting = startAnalysisThread(
      records().start,
      { threads, memoryMb },
      (done, total) => say({ kind: 'filling', isTwin, done, total }),
      ({ ticket: of, done, total }) => watching.get(of)?.onProgress(done, total),
    )
    thread = starting
    return starting
  }

  async function fill(): Promise<void> {
    const { isTwin } = records()
    const total = records().reachable()
    if (state.kind === 'ready' && state.blockCount >= total && thread !== null) return
    triedTotal = total
    if (state.kind !== 'filling')
      say({
        kind: 'filling',
        isTwin,
        done: state.kind === 'ready' && thread !== null ? state.blockCount : 0,
        total,
      })
    try {
      const running = await started()
      const held = await records().advance(running, total)
      // A twin is whole at once: how many blocks it has is known when it is there.
      if (isTwin) triedTotal = records().reachable()
      say({ kind: 'ready', isTwin, chain: await records().chain(), engine: STUDY_ENGINE, ...held })
    } catch (error) {
      await giveUp()
      if (!isClosed) say({ kind: 'failed', reason: error instanceof Error ? error.message : 'unknown' })
      throw error
    }
  }

  /** The next question begins with a new thread, and with what was kept. */
  async function giveUp(): Promise<void> {
    const running = thread
    thread = null
    await running?.then((each) => each.close()).catch(() => {})
  }

  const ready = (): Promise<void> => {
    filling ??= fill().finally(() => {
      filling = null
    })
    return filling
  }

  /** The last block of the state that is asked, once its records are ready. */
  async function reached(upTo: number | null): Promise<number> {
    if (!records().holds()) throw new AnalysisFailure({ code: 'no-records' })
    await ready()
    const held = state.kind === 'ready' ? state.blockCount : 0
    if (upTo !== null && upTo >= held) throw new AnalysisFailure({ code: 'not-that-far', blockCount: held })
    return upTo ?? held - 1
  }

  /** Where that state is in the chain, and who is one person there. */
  async function stateAt(upTo: number | null): Promise<{ upTo: number; height: number }> {
    const block = await reached(upTo)
    return { upTo: block, height: await records().heightOf(block, upTo === null) }
  }

  const samePerson = (height: number): Promise<SamePerson> => records().samePerson(height)

  async function scopeAt(upTo: number | null): Promise<{ scope: SnapshotScope; of: AskedOf }> {
    const { upTo: block, height } = await stateAt(upTo)
    const { hospitals, isTwin } = records()
    return {
      scope: { upTo: block, hospitals, samePerson: await samePerson(height) },
      of: { upTo: block, chain: await records().chain(), isTwin },
    }
  }

  async function asking<T>(ask: (running: AnalysisThread) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await ask(await started())
    } catch (error) {
      // It stopped because it was told to: the thread is as it was.
      if (signal?.aborted === true) throw error
      // It ended under our hands, or its memory did.
      await giveUp()
      if (!isClosed) say({ kind: 'failed', reason: error instanceof Error ? error.message : 'unknown' })
      throw error
    }
  }

  /** A question that reports under a ticket and stops at a word that it shares with us. */
  async function watched<T>(
    watch: RunWatch | undefined,
    ask: (running: AnalysisThread, told: { ticket: number; cancel: Int32Array }) => Promise<T>,
  ): Promise<T> {
    const cancel = new Int32Array(new SharedArrayBuffer(4))
    studying.add(cancel)
    const mine = ++ticket
    if (watch !== undefined) watching.set(mine, watch)
    const stop = (): void => void Atomics.store(cancel, 0, 1)
    watch?.signal.addEventListener('abort', stop)
    if (watch?.signal.aborted === true) stop()
    try {
      return await asking((running) => ask(running, { ticket: mine, cancel }), watch?.signal)
    } finally {
      studying.delete(cancel)
      watching.delete(mine)
      watch?.signal.removeEventListener('abort', stop)
    }
  }

  return {
    isTwin: () => records().isTwin,
    state() {
      if (!records().holds()) return { kind: 'no-records' }
      if (!isClosed && state.kind !== 'failed' && records().reachable() !== triedTotal)
        void ready().catch(() => {})
      return state
    },
    async count(definition, upTo) {
      const { scope, of } = await scopeAt(upTo)
      return asking(async (running) => {
        const snapshot = await running.call('snapshot', scope)
        const attrition = await running.call('attrition', { snapshot, definition })
        return { snapshot, of, attrition }
      })
    },
    async clean(asked, upTo, watch) {
      const { scope, of } = await scopeAt(upTo)
      const answer = await watched(watch, (running, told) =>
        running.call('clean', { asked: { scope, ...asked }, ...told }),
      )
      return { answer, of }
    },
    async pin(study) {
      const chain = await records().chain()
      const { snapshot, engine } = study
      if (snapshot !== null && snapshot.chain !== chain)
        throw new AnalysisFailure({ code: 'other-chain', detail: chain })
      if (snapshot?.hospitals.some((hospital) => !records().hospitals.includes(hospital)) === true)
        throw new AnalysisFailure({ code: 'other-records', detail: records().hospitals.join(', ') })
      if (engine !== null && engine !== STUDY_ENGINE)
        throw new AnalysisFailure({ code: 'other-engine', detail: STUDY_ENGINE })
      const { upTo, height } = await stateAt(snapshot?.upTo ?? null)
      if (snapshot !== null && snapshot.height > records().decidedUpTo())
        throw new AnalysisFailure({ code: 'not-that-far', blockCount: upTo + 1 })
      return {
        ...study,
        snapshot: { chain, upTo, height: snapshot?.height ?? height, hospitals: [...records().hospitals] },
        engine: STUDY_ENGINE,
      }
    },
    async study(study, hash, before, watch) {
      const asked = { study, hash, samePerson: await samePerson(study.snapshot.height) }
      const earlier =
        before === null ? null : { snapshot: before, samePerson: await samePerson(before.height) }
      const input = { asked, before: earlier, upTo: watch?.upTo ?? 'fit' } as const
      return watched(watch, (running, told) => running.call('study', { ...input, ...told }))
    },
    async pathways(question, watch) {
      const { scope, of } = await scopeAt(null)
      const asked = { ...question, scope }
      const answer = await watched(watch, (running, told) => running.call('pathways', { asked, ...told }))
      return { answer, of }
    },
    async compare(cohorts, watch) {
      const { scope, of } = await scopeAt(null)
      const asked = { cohorts, scope }
      const answer = await watched(watch, (running, told) => running.call('compare', { asked, ...told }))
      return { answer, of }
    },
    async gated(at, isFromRecords, ask) {
      if (records().isTwin) throw new AnalysisFailure({ code: 'no-records' })
      const states = [at, ...(at.alsoAt ?? [])]
      const last = Math.max(...states.map(({ upTo }) => upTo))
      await reached(last < 0 ? null : last)
      if (states.some(({ height }) => height > records().decidedUpTo()))
        throw new AnalysisFailure({ code: 'not-that-far', blockCount: at.upTo + 1 })
      const unreadable = state.kind === 'ready' ? state.unreadableCount : 0
      if (unreadable > 0) {
        // What opens by now is found by a new thread only.
        await giveUp()
        throw new AnalysisFailure({ code: 'unreadable', recordCount: unreadable })
      }
      const samePersonAt = new Map<number, SamePerson>()
      for (const { height } of states)
        if (!samePersonAt.has(height)) samePersonAt.set(height, await samePerson(height))
      const scope: SnapshotScope = {
        upTo: at.upTo,
        hospitals: null,
        samePerson: samePersonAt.get(at.height)!,
        consentDay: at.day,
      }
      const cancel = new Int32Array(new SharedArrayBuffer(4))
      const asked = { scope, samePersonAt, cancel }
      studying.add(cancel)
      try {
        if (!isFromRecords) return await asking((running) => ask(running, asked))
        const { threads, memoryMb } = options
        const fresh = await startAnalysisThread(
          records().start,
          { threads, memoryMb, isFromRecords: true },
          () => {},
          () => {},
        )
        try {
          const held = await records().advance(fresh, last + 1)
          if (held.blockCount <= last || held.unreadableCount > 0)
            throw new AnalysisFailure({ code: 'unreadable', recordCount: held.unreadableCount })
          return await ask(fresh, asked)
        } finally {
          await fresh.close()
        }
      } finally {
        studying.delete(cancel)
      }
    },
    async intervals(study, hash) {
      const asked = { study, hash, samePerson: await samePerson(study.snapshot.height) }
      return asking((running) => running.call('intervals', { asked }))
    },
    async forget(roots) {
      const running = thread
      if (running === null) return
      stopStudies()
      // A thread cannot forget what it has read; the next question begins with a new one, from runs without it.
      thread = null
      triedTotal = -1
      state = { kind: 'filling', isTwin: false, done: 0, total: 0 }
      const each = await running.catch(() => null)
      await each?.call('cancel', null).catch(() => {})
      await each?.call('forget', { roots: [...roots] }).catch(() => {})
      await each?.close()
      options.onState()
    },
    async close() {
      isClosed = true
      stopStudies()
      const running = thread
      thread = null
      if (running === null) return
      const each = await running.catch(() => null)
      await each?.call('cancel', null).catch(() => {})
      await each?.close()
    },
  }
}
