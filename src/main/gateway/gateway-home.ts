/**
 * The service of one gateway: takes studies from the chain in order, computes them one at a time, says its word to the other gateways, and hands
 * in what nearly all of them say (docs/spec/gateways.md section 5). Where it stands is in its sealed book, so that it goes on after a crash at
 * any step with the same word: computing again gives the same bytes, and saying the same again changes nothing.
 */
import { equalBytes, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { ItemHash, MemberId } from '../node/chain/ids.ts'
import type { SealedPart } from '../node/chain/item.ts'
import { checksVerdict } from '../node/chain/apply-study.ts'
import { policyValue } from '../node/chain/policy.ts'
import type { CheckVerdict, ResultOutcome } from '../node/chain/study-items.ts'
import type { FinalItem } from '../node/final-items.ts'
import type { MayDeclare } from '../node/studies/snapshots.ts'
import { REFUSED_ANSWER } from '../privacy/rules/by-rule-bytes.ts'
import type { RuleCheck } from '../privacy/rules/rule-check.ts'
import { readDocument, type StudyDocument } from '../privacy/request/study-document.ts'
import { createAgreement } from './agreement.ts'
import { computeStudy } from './compute.ts'
import { cellsCode } from './differing-cells.ts'
import { createFetching } from './fetching.ts'
import type { GatewayStudy } from './gateway-book.ts'
import type { GatewayAct, GatewayOptions } from './gateway-port.ts'
import { resultHashOf } from './question.ts'

/** What would leave by rule, as two people of other hospitals are shown it. */
export interface OpenProposal {
  readonly studyHash: ItemHash
  readonly author: MemberId
  readonly snapshotHash: ItemHash
  readonly studyId: Bytes
  readonly height: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly document: StudyDocument
  /** The very bytes that would leave. */
  readonly answer: Bytes
  /** Their hash, which a check names. */
  readonly proposalHash: Bytes
  readonly checks: readonly RuleCheck[]
  readonly verdicts: readonly {
    readonly memberId: MemberId
    readonly proposalHash: Bytes
    readonly verdict: CheckVerdict
  }[]
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

export function openGatewayHome(options: GatewayOptions): GatewayHome {
  const { crypto, chainId, memberId, chain, exchange, book, now, after } = options
  const listeners = new Set<() => void>()
  const timers = new Set<() => void>()
  let running: Promise<void> | null = null
  let isAgain = false
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

  const agreement = createAgreement(options, { isClosed: () => isClosed, later, unlessClosed, note })
  const { settleAll } = agreement
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
          result: null,
          judged: null,
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
        const { outcome, resultHash } = clear
        const { word } = await book.change(study.studyHash, (current) => ({
          ...current,
          stage: 'closed',
          result: { outcome, resultHash, height: final.height },
        }))
        if (word !== null && !equalBytes(word.resultHash, resultHash))
          await note('node.gatewayDeviates', study, { outcome, own: word.outcome })
        nudge()
        changed()
        return
      }
      case 'suspension':
        // Whose word counts no more may have been what was missing, or what was in the way.
        settleAll()
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
        later(RETRY_MS, nudge)
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
      later(RETRY_MS, nudge)
      return
    }
    let isWaiting = false
    for (const { studyHash } of book.list()) {
      if (isClosed) return
      // What was read before may be older than what came meanwhile.
      const study = book.find(studyHash)!
      if (study.result !== null) continue
      if (study.stage === 'waiting') {
        if (!(await compute(study))) isWaiting = true
      } else if (study.stage === 'proposed') await weighChecks(study)
      const next = book.find(studyHash)!
      if (next.stage === 'decided' && next.result === null) await say(next)
    }
    settleAll()
    if (isWaiting) later(RETRY_MS, nudge)
  }

  /** False where it has to wait. */
  async function compute(study: GatewayStudy): Promise<boolean> {
    let computed
    try {
      computed = await computeStudy({ ...options, fetching }, study)
    } catch (error) {
      // Records are not ready, a thread ended, nobody was within reach: it is asked again.
      if (error instanceof Failure) return false
      // A defect, which one study alone may bring about: it is reported, and the others go on.
      if (!isClosed) options.onFailure(error)
      return false
    }
    if (computed.kind === 'later') return false
    const { answer, requestHash } = computed
    if (computed.kind === 'proposal') {
      const { checks } = computed
      await book.change(
        study.studyHash,
        (current) => ({
          ...current,
          stage: stageOf(current, 'proposed'),
          requestHash,
          judged: 'to-be-checked',
        }),
        { answer, checks },
      )
      await note('node.studyProposed', study)
      changed()
      return true
    }
    const { outcome } = computed
    const word = { outcome, resultHash: resultHashOf(crypto, chainId, answer) }
    const isJudged = study.item.chargeKind === 'by-rule' && computed.isUnjudged !== true
    const judged = isJudged ? 'refused' : null
    await book.change(
      study.studyHash,
      (current) => ({
        ...current,
        stage: stageOf(current, 'decided'),
        requestHash: requestHash ?? current.requestHash,
        word,
        judged,
      }),
      { answer },
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
  async function weighChecks(study: GatewayStudy): Promise<void> {
    const answer = await book.answerOf(study.studyHash)
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

  /** At the next full step, whatever it is and however long it took. */
  async function say(study: GatewayStudy): Promise<void> {
    const { studyHash, word } = study
    if (word === null) return
    const known = exchange
      .attestationsOf(studyHash)
      .some((each) => equalBytes(each.memberId, memberId) && equalBytes(each.resultHash, word.resultHash))
    if (known) return
    await wait(STEP_MS - (now() % STEP_MS))
    if (isClosed) return
    const answer = await answerToGive(study)
    if (answer !== null) await exchange.keepAnswer(studyHash, answer)
    await exchange.attest(studyHash, word.outcome, word.resultHash)
  }

  /** What was proposed and then refused by people is nobody's answer. */
  async function answerToGive({ studyHash, word }: GatewayStudy): Promise<Bytes | null> {
    return word?.outcome === 'refused' ? REFUSED_ANSWER : book.answerOf(studyHash)
  }

  /* ---------- people ---------- */

  async function proposal(studyHash: Bytes): Promise<OpenProposal | null> {
    const study = book.find(studyHash)
    if (study === null || study.judged !== 'to-be-checked') return null
    const answer = await book.answerOf(studyHash)
    const checks = await book.checksOf(studyHash)
    const bytes = await exchange.documentHere(study.item.commitment)
    const document = bytes === null ? null : readDocument(bytes)
    if (answer === null || checks === null || document === null) return null
    const { item, author, height, time } = study
    return {
      studyHash: study.studyHash,
      author,
      snapshotHash: item.snapshotHash,
      studyId: item.studyId,
      height,
      time,
      document,
      answer,
      proposalHash: resultHashOf(crypto, chainId, answer),
      checks,
      verdicts: study.checks,
    }
  }

  exchange.onFinal(take)
  nudge()

  return {
    async proposals() {
      const open = book.list().filter(({ stage }) => stage === 'proposed')
      const found = await Promise.all(open.map(({ studyHash }) => proposal(studyHash)))
      return found.filter((each) => each !== null)
    },
    proposal,
    async check(studyHash, proposalHash, verdict, seal) {
      const found = book.find(studyHash)?.stage === 'proposed' ? await proposal(studyHash) : null
      if (found === null) return 'no-such-proposal'
      if (!equalBytes(found.proposalHash, proposalHash)) return 'other-proposal'
      await exchange.submit({ kind: 'check', studyHash, proposalHash, verdict }, seal)
      return 'submitted'
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
      while (running !== null) await running
    },
    async close() {
      isClosed = true
      for (const stop of timers) stop()
      timers.clear()
      while (running !== null) await running
    },
  }
}
