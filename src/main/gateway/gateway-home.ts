/**
 * The service of one gateway: takes studies from the chain in order, computes them one at a time, says its word to the other gateways, and hands
 * in what nearly all of them say (docs/spec/gateways.md section 5). Where it stands is in its sealed book, so that it goes on after a crash at
 * any step with the same word: computing again gives the same bytes, and saying the same again changes nothing.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import type { SealedPart } from '../node/chain/item.ts'
import { checksVerdict } from '../node/chain/apply-study.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import { policyValue } from '../node/chain/policy.ts'
import type { CheckVerdict, ResultOutcome } from '../node/chain/study-items.ts'
import type { FinalItem } from '../node/final-items.ts'
import type { MayDeclare } from '../node/studies/snapshots.ts'
import { REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import { createAgreement } from './agreement.ts'
import { createBesideResult } from './beside-result.ts'
import { computeStudy } from './compute.ts'
import { cellsCode } from './differing-cells.ts'
import { createFetching } from './fetching.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { GatewayAct, GatewayOptions } from './gateway-port.ts'
import { createLookAgain, isTouchedSince, lastErasure } from './look-again.ts'
import { createProposals, type OpenProposal } from './proposals.ts'
import { resultHashOf } from './question.ts'

export interface Deviation {
  /** Hex. */
  readonly studyHash: string
  /** When the others agreed, milliseconds since 1970. */
  readonly at: number
}

export interface GatewayHome {
  /** Those that wait for people, in the order of the chain. */
  proposals(): Promise<readonly OpenProposal[]>
  /** Also one that was decided, as long as this gateway has what was proposed; null for every other study. */
  proposal(studyHash: Bytes): Promise<OpenProposal | null>
  /**
   * A person's verdict, as an item of this hospital. `seal` makes the sealed part with the list that was gone through and the person's
   * signature. @throws {ItemFailure}
   */
  check(
    studyHash: ItemHash,
    proposalHash: Bytes,
    verdict: CheckVerdict,
    seal?: (sequence: number) => SealedPart,
  ): Promise<'submitted' | 'no-such-proposal' | 'other-proposal'>
  /** Studies of the last 30 days of chain time in which this gateway found something else than was agreed, newest first. */
  deviations(): readonly Deviation[]
  /** Whether a snapshot of that height has enough new patients and hospitals. @throws Failure where records are not ready */
  mayDeclare(height: number): Promise<MayDeclare>
  /** Where studies stand has changed. */
  onChanged(listener: () => void): () => void
  /** Tries what had to wait. */
  nudge(): void
  /** Resolves when nothing is being computed and nothing can be. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** An answer leaves at a full step: how long it took tells nothing finer (docs/spec/privacy.md N3). */
export const STEP_MS = 2_000
const RETRY_MS = 5_000
const WATCH_MS = 60_000
const DEVIATIONS_MS = 30 * DAY_MS

export function openGatewayHome(options: GatewayOptions): GatewayHome {
  const { crypto, chainId, memberId, chain, exchange, book, now, after } = options
  const listeners = new Set<() => void>()
  const timers = new Set<() => void>()
  /** Told to this gateway's own people. */
  const deviating = new Set<string>()
  let running: Promise<void> | null = null
  let saying: Promise<void> | null = null
  let isMoreToSay = false
  let isAgain = false
  let isRetrying = false
  let isClosed = false

  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  function later(ms: number, run: () => void): void {
    if (isClosed) return
    const stop = after(ms, () => {
      timers.delete(stop)
      if (!isClosed) run()
    })
    timers.add(stop)
  }
  /** However many of what is to be done cannot be done yet, one look comes. */
  function retry(): void {
    if (isRetrying) return
    isRetrying = true
    later(RETRY_MS, () => {
      isRetrying = false
      nudge()
    })
  }
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (isClosed) resolve()
      else {
        const stop = after(ms, () => {
          timers.delete(end)
          resolve()
        })
        // The end of the service ends the waiting too.
        const end = (): void => {
          stop()
          resolve()
        }
        timers.add(end)
      }
    })
  const unlessClosed = (work: Promise<unknown>): void => {
    void work.catch((error: unknown) => {
      if (!isClosed) options.onFailure(error)
    })
  }
  const note = (
    act: GatewayAct,
    { studyHash }: Pick<GatewayStudy, 'studyHash'>,
    about: Readonly<Record<string, string | number>> = {},
    code?: string,
  ): Promise<void> => options.note(act, { studyHash: toHex(studyHash), ...about }, code)

  const again = createLookAgain(options)
  const host = { isClosed: () => isClosed, later, unlessClosed, note }
  const { settleAll, closed } = createAgreement(options, host)
  const beside = createBesideResult(options)
  const proposals = createProposals(options)
  const fetching = createFetching(exchange, {
    later,
    isClosed: () => isClosed,
    onFetched: () => nudge(),
    onFailure(error) {
      // Nobody within reach, a thread that ended: it is asked for again.
      if (!isClosed && !(error instanceof Failure)) options.onFailure(error)
    },
  })

  /* ---------- from the chain ---------- */

  /** Only what is written here is done before the next item comes; the work itself is the queue's. */
  async function take(final: FinalItem): Promise<void> {
    // Told again in a moment: nothing can be kept before the keys are here.
    if (!book.isReady) throw new Failure({ code: 'not-ready' })
    const { clear } = final.signed.item
    switch (clear.kind) {
      case 'study': {
        if (book.find(final.hash) !== null) return
        await book.add({
          studyHash: final.hash,
          item: clear,
          author: final.signed.item.author,
          height: final.height,
          place: (book.list().at(-1)?.place ?? -1) + 1,
          time: final.time,
          stage: 'waiting',
          requestHash: null,
          word: null,
          engine: null,
          erasureHeight: null,
          result: null,
          judged: null,
          judgedAsOf: null,
          checks: [],
        })
        nudge()
        return
      }
      case 'check': {
        const study = book.find(clear.studyHash)
        const by = final.signed.item.author
        if (study === null || study.checks.some((each) => equalBytes(each.memberId, by))) return
        const { proposalHash, verdict } = clear
        await book.change(study.studyHash, (current) => ({
          ...current,
          checks: [...current.checks, { memberId: by, proposalHash, verdict }],
        }))
        nudge()
        return
      }
      case 'result': {
        const study = book.find(clear.studyHash)
        if (study === null || study.result !== null) return
        const { outcome, resultHash, erasureHeight, attestations } = clear
        const engines = [...new Set(attestations.map(({ engine }) => engine))]
        const { height, time } = final
        const result = { outcome, resultHash, height, time, engines, erasureHeight, attestations }
        const word = await beside.wordOfProposal(study, result)
        const now = await book.change(study.studyHash, (current) => ({
          ...current,
          stage: 'closed',
          word: current.word ?? word,
          result,
        }))
        await noteDeviation(now)
        await closed(now)
        nudge()
        changed()
        return
      }
      case 'snapshot':
        // Whoever asks first would wait for all records to be opened.
        options.analysis.prepare()
        return
      case 'suspension':
        // Whose word counts no more may have been what was missing, or what was in the way.
        settleAll()
        return
      case 'erasure':
        // What was said counts no more: it is looked at again and said anew, once this item was taken.
        later(0, nudge)
        return
      default:
        return
    }
  }

  /* ---------- one at a time ---------- */

  function nudge(): void {
    if (isClosed) return
    if (running !== null) {
      isAgain = true
      return
    }
    running = work()
      .catch((error: unknown) => {
        if (!isClosed) options.onFailure(error)
        retry()
      })
      .finally(() => {
        running = null
        if (!isAgain) return
        isAgain = false
        nudge()
      })
  }

  async function work(): Promise<void> {
    if (!book.isReady) {
      retry()
      return
    }
    let looked = await lookAtAll()
    let { isWaiting } = looked
    for (const { studyHash } of book.list()) {
      if (isClosed) return
      // What was decided is said again before more is computed, which may take its time.
      if (looked.erasureHeight !== chain.state().erasureHeight) {
        looked = await lookAtAll()
        isWaiting ||= looked.isWaiting
      }
      // What was read before may be older than what came meanwhile.
      const study = book.find(studyHash)!
      if (study.stage !== 'waiting' && !looked.anew.has(toHex(studyHash))) continue
      if (study.result !== null || study.stage === 'expired') continue
      if (!(await compute(study))) {
        isWaiting = true
        continue
      }
      // Checks may have come before there was anything to hold them against, and the result before this gateway's own.
      await weighChecks(studyHash)
      await noteDeviation(book.find(studyHash)!)
      sayDecided()
    }
    settleAll()
    if (isWaiting) retry()
    await workBeside()
  }

  /** What others answered is computed after whatever is open: who takes part in an answer is not who was fastest (ADR 0034). */
  async function workBeside(): Promise<void> {
    for (const { studyHash } of book.list()) {
      // Whatever came meanwhile goes first.
      if (isClosed || isAgain) return
      const study = book.find(studyHash)!
      if (!beside.isToCompute(study)) continue
      const isComputed = await compute(study)
      if (!isComputed) retry()
      else await noteDeviation(book.find(studyHash)!)
    }
    sayDecided()
  }

  /** The others agreed on something else. */
  function isDeviating({ result, word, erasureHeight }: GatewayStudy): boolean {
    // What was found before the last erasure is compared with nothing: it would have been looked at again.
    if (result === null || word === null || erasureHeight !== result.erasureHeight) return false
    return !equalBytes(word.resultHash, result.resultHash)
  }

  /** This installation is to be looked at, by its own people first. */
  async function noteDeviation(study: GatewayStudy): Promise<void> {
    const { studyHash, result, word, engine } = study
    if (result === null || word === null || !isDeviating(study) || deviating.has(toHex(studyHash))) return
    deviating.add(toHex(studyHash))
    const isOfAnother = engine !== null && !result.engines.includes(engine)
    const about = { outcome: result.outcome, own: word.outcome }
    await note('node.gatewayDeviates', study, about, isOfAnother ? 'other-engine' : undefined)
  }

  /** What was found before: whether it is over, is to be found anew, or is to be said as it is. */
  async function lookAtAll() {
    const { erasureHeight } = chain.state()
    const anew = new Set<string>()
    let isWaiting = false
    for (const { studyHash } of book.list()) {
      if (isClosed) break
      const study = book.find(studyHash)!
      if (study.result !== null || study.stage === 'expired') continue
      if (again.isPastItsDay(study) && (await chain.isExpired(studyHash))) {
        await expire(study)
        continue
      }
      if (study.stage === 'waiting') continue
      const look = await again.look(study)
      if (look === 'stands') await weighChecks(studyHash)
      if (look === 'anew') anew.add(toHex(studyHash))
      if (look === 'later') isWaiting = true
    }
    sayDecided()
    return { erasureHeight, anew, isWaiting }
  }

  /** Its tasks are dropped here; what it was charged stays spent. */
  async function expire(study: GatewayStudy): Promise<void> {
    // Its result may have been told meanwhile.
    const { stage } = await book.change(study.studyHash, (current) =>
      current.result === null ? { ...current, stage: 'expired' } : current,
    )
    if (stage !== 'expired') return
    await note('node.studyExpired', study)
    changed()
  }

  /** Nobody tells a gateway that a day has begun: what is open is looked at now and then. */
  function watch(): void {
    later(WATCH_MS, () => {
      if (book.list().some(({ stage }) => stage !== 'closed' && stage !== 'expired')) nudge()
      watch()
    })
  }

  /** False where it has to wait. */
  async function compute(study: GatewayStudy): Promise<boolean> {
    let computed
    let erasureHeight
    try {
      // First: what is agreed to while it is computed is looked at once more.
      erasureHeight = lastErasure(options)
      computed = await computeStudy({ ...options, fetching, erasureHeight }, study)
      // One that came meanwhile may be in what was found or not: it is of neither height, and held against nobody's word, this gateway's own people's alert among it.
      const isOfThen = chain.state().erasureHeight === erasureHeight
      if (!isOfThen && (await isTouchedSince(options, study, erasureHeight)) !== false) return false
    } catch (error) {
      // Records are not ready, a thread ended, nobody was within reach: it is asked again.
      if (error instanceof Failure) return false
      // A defect, which one study alone may bring about: it is reported, and the others go on.
      if (!isClosed) options.onFailure(error)
      return false
    }
    if (computed.kind === 'later') return false
    const { answer, requestHash } = computed
    const resultHash = resultHashOf(crypto, chainId, answer)
    const { engine } = options
    const isUnjudged = computed.kind === 'word' && computed.isUnjudged === true
    // How it was judged while that could be done stays known.
    const { judged, judgedAsOf }: Pick<GatewayStudy, 'judged' | 'judgedAsOf'> =
      study.item.chargeKind !== 'by-rule' || isUnjudged
        ? study
        : { judged: computed.kind === 'proposal' ? 'to-be-checked' : 'refused', judgedAsOf: erasureHeight }
    if (
      await again.isAsBefore(study, computed.kind === 'proposal' ? 'answered' : computed.outcome, resultHash)
    ) {
      await book.change(study.studyHash, (current) => ({
        ...current,
        engine,
        erasureHeight,
        judged,
        judgedAsOf,
      }))
      return true
    }
    if (computed.kind === 'proposal') {
      const { checks } = computed
      // It was decided meanwhile: nobody is to look.
      const { result } = book.find(study.studyHash)!
      if (result !== null) {
        const word = { outcome: 'answered', resultHash } as const
        await book.change(
          study.studyHash,
          (current) => ({ ...current, requestHash, word, engine, erasureHeight, judged, judgedAsOf }),
          { answer, checks },
        )
        return true
      }
      await book.change(
        study.studyHash,
        (current) => ({
          ...current,
          stage: stageOf(current, 'proposed'),
          requestHash,
          word: null,
          engine,
          erasureHeight,
          judged,
          judgedAsOf,
        }),
        { answer, checks },
      )
      await note('node.studyProposed', study)
      changed()
      return true
    }
    const { outcome } = computed
    const word = { outcome, resultHash }
    await book.change(
      study.studyHash,
      (current) => ({
        ...current,
        stage: stageOf(current, 'decided'),
        requestHash: requestHash ?? current.requestHash,
        word,
        engine,
        erasureHeight,
        judged,
        judgedAsOf,
      }),
      // What people were shown stays what they were shown.
      outcome === 'refused' ? {} : { answer },
    )
    const act =
      outcome === 'refused'
        ? 'node.studyRefused'
        : study.item.chargeKind === 'recompute'
          ? 'node.studyRecomputed'
          : 'node.studyComputed'
    const { differing } = computed
    await note(act, study, differing === undefined ? { outcome } : { outcome, cells: cellsCode(differing) })
    changed()
    return true
  }

  /** A result may have come while it was computed. */
  const stageOf = (current: GatewayStudy, next: GatewayStudy['stage']) =>
    current.result === null ? next : 'closed'

  /** Whichever the chain has first: two hospitals' approval of just these bytes, or one refusal. */
  async function weighChecks(studyHash: Bytes): Promise<void> {
    const study = book.find(studyHash)!
    const answer = study.stage === 'proposed' ? await book.answerOf(studyHash) : null
    if (answer === null) return
    const proposalHash = resultHashOf(crypto, chainId, answer)
    const verdict = checksVerdict(study.checks, study.item.checkersMin, proposalHash)
    if (verdict === 'open') return
    const isRefused = verdict === 'refused'
    const word: { outcome: ResultOutcome; resultHash: Bytes } = isRefused
      ? { outcome: 'refused', resultHash: resultHashOf(crypto, chainId, REFUSED_ANSWER) }
      : { outcome: 'answered', resultHash: proposalHash }
    await book.change(study.studyHash, (current) => ({
      ...current,
      stage: stageOf(current, 'decided'),
      word,
    }))
    await note(
      isRefused ? 'node.studyRefused' : 'node.studyComputed',
      study,
      { outcome: word.outcome },
      isRefused ? 'checkers' : undefined,
    )
    changed()
  }

  /** At the next full step all that is decided by then, whatever it is and however long it took; meanwhile others are computed. */
  function sayDecided(): void {
    isMoreToSay = saying !== null
    if (isClosed || isMoreToSay || toSay().length === 0) return
    saying = wait(STEP_MS - (now() % STEP_MS))
      .then(async () => {
        for (const { studyHash } of toSay()) {
          // An erasure may have come while the one before was said.
          const study = book.find(studyHash)!
          if (!isClosed && isToSay(study)) await say(study)
        }
      })
      .then(
        () => {
          saying = null
          if (isMoreToSay) sayDecided()
        },
        (error: unknown) => {
          saying = null
          if (!isClosed) options.onFailure(error)
          retry()
        },
      )
  }

  const toSay = (): readonly GatewayStudy[] => book.list().filter(isToSay)

  function isToSay(study: GatewayStudy): boolean {
    const { studyHash, stage, result, word, engine, erasureHeight } = study
    if (result !== null) return beside.isToSay(study)
    if (stage !== 'decided' || word === null || engine !== options.engine) return false
    // One more erasure came, and is told in a moment.
    if (erasureHeight !== chain.state().erasureHeight) return false
    return !exchange
      .attestationsOf(studyHash)
      .some(
        (each) =>
          equalBytes(each.memberId, memberId) &&
          equalBytes(each.resultHash, word.resultHash) &&
          each.engine === engine,
      )
  }

  async function say(study: GatewayStudy): Promise<void> {
    const { studyHash, word, engine, erasureHeight } = study
    if (study.result !== null) return beside.say(study, await answerToGive(study))
    const answer = await answerToGive(study)
    if (answer !== null) await exchange.keepAnswer(studyHash, answer)
    await exchange.attest({ studyHash, ...word!, engine: engine!, erasureHeight: erasureHeight! })
  }

  /** What was proposed and then refused by people is nobody's answer. */
  async function answerToGive({ studyHash, word }: GatewayStudy): Promise<Bytes | null> {
    return word?.outcome === 'refused' ? REFUSED_ANSWER : book.answerOf(studyHash)
  }

  exchange.onFinal(take)
  nudge()
  watch()

  return {
    proposals: proposals.open,
    proposal: proposals.of,
    async check(studyHash, proposalHash, verdict, seal) {
      const found = book.find(studyHash)?.stage === 'proposed' ? await proposals.of(studyHash) : null
      if (found === null) return 'no-such-proposal'
      if (!equalBytes(found.proposalHash, proposalHash)) return 'other-proposal'
      await exchange.submit({ kind: 'check', studyHash, proposalHash, verdict }, seal)
      return 'submitted'
    },
    deviations() {
      const since = chain.lastTime() - DEVIATIONS_MS
      return book
        .list()
        .flatMap((study) =>
          isDeviating(study) && study.result!.time >= since
            ? [{ studyHash: toHex(study.studyHash), at: study.result!.time }]
            : [],
        )
        .sort((a, b) => b.at - a.at)
    },
    async mayDeclare(height) {
      const at = await chain.placeOfHeight(height)
      if (at === null) throw new Failure({ code: 'not-that-far' })
      const { snapshots, policy } = chain.state()
      const last = snapshots.at(-1)
      const before = last === undefined ? null : await chain.snapshotOf(last.itemHash)
      const { persons, hospitals } = await options.analysis.newPersons(at, before?.upTo ?? -1)
      if (persons < policyValue(policy, 'snapshotPatientsMin')) return 'too-few-patients'
      return hospitals < policyValue(policy, 'snapshotHospitalsMin') ? 'too-few-hospitals' : 'yes'
    },
    onChanged(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    nudge,
    async settled() {
      nudge()
      while (running !== null || saying !== null) await (running ?? saying)
    },
    async close() {
      isClosed = true
      for (const stop of timers) stop()
      timers.clear()
      while (running !== null || saying !== null) await (running ?? saying)
    },
  }
}
