/** Asking all hospitals from a program: submit, status and result of `consilium study` (docs/spec/program-interface.md). */
import { resolve } from 'node:path'
import type { AllClients } from '../../shared/contract/index.ts'
import type { Asked, OpenRequest, Priced, RequestState, Submitted } from '../../shared/contract/requests.ts'
import { csvOfLines } from '../../verifier/verify-package.js'
import { saveSmallFile } from '../services/files.ts'
import {
  begun,
  failed,
  followJob,
  needPassphrase,
  ok,
  timeout,
  usage,
  withProfile,
  type CommandResult,
  type CommandWorld,
} from './commands.ts'
import type { Reached } from './reach.ts'
import { noSnapshot, snapshotIn } from './request-commands.ts'
import { askedOf, readRequest } from './request-file.ts'
import { saveFiles, type StudyAction } from './study-actions.ts'

const POLL_MS = 250
const WAIT_SECONDS_MAX = 30 * 86_400
const WISHED_MAX = 1_000_000_000
const PACKAGE_SECONDS = 3_600
const STUDY_HASH = /^[0-9a-f]{64}$/

type Refusal = Extract<Submitted, { kind: 'refused' }>['reason']
/** The effect is said here too: who reads the JSON line alone must know what it cost. */
export const CAUSES: Readonly<Record<Refusal, string>> = {
  'too-many-open': 'so many studies of this member, or of all, have no answer yet; nothing was charged',
  'too-many-today':
    'so many repeats, recomputations and studies by rule of this member were asked today; nothing was charged',
  'not-now': 'nothing of that name was answered here, or it is being recomputed; nothing was charged',
  'no-document': 'the document of that study is with its author and the hospitals; nothing was charged',
  budget: 'a limit of the privacy ledger leaves too little room; nothing was charged',
  'unknown-snapshot': 'no snapshot of this chain has that hash; nothing was charged',
  'snapshot-erased':
    'a record of that snapshot was erased, so gateways compute nothing new of it; nothing was charged',
  'unknown-registration':
    'no protocol of this member is registered under that hash, or the study had an answer before it; nothing was charged',
  'no-gateway': 'too few gateways could be reached; nothing was sent to the chain and nothing charged',
  'price-changed': 'another price holds than a moment ago; nothing was charged',
  'not-taken': 'the chain does not take the request; nothing was charged',
}

const submit: StudyAction = {
  usage: 'study submit --profile DIR [--dry-run [--wished PATIENTS]] REQUEST.json',
  options: ['wished'],
  flags: ['dry-run'],
  rest: [1, 1],
  async run(given, world) {
    const { options, flags } = given
    const wished = options.has('wished') ? Number(options.get('wished')) : null
    if (wished !== null && !flags.has('dry-run')) return usage('--wished goes with --dry-run')
    if (wished !== null && !(Number.isSafeInteger(wished) && wished >= 1 && wished <= WISHED_MAX))
      return usage('--wished is a whole number of patients')
    const file = given.rest[0]!
    const read = await readRequest(file)
    if (read.kind === 'unreadable') return failed('unreadable-request', { file, reason: read.reason })
    if (read.kind === 'malformed') return failed('malformed-request', { file, problems: read.problems })
    const { title, purpose, studyId, snapshot: named } = read.document
    return withProfile(given, world, begun(needPassphrase(world)), async ({ ask }) => {
      const snapshot = snapshotIn(await ask.requests.catalog(), named)
      if (snapshot === null) return noSnapshot(named)
      const asked = askedOf(read.document, snapshot)
      const priced = await ask.requests.price({ asked, wished })
      if (priced.kind === 'problems') return failed('malformed-request', { file, problems: priced.problems })
      if (flags.has('dry-run')) return ok(await triedOut(ask, asked, priced))
      const submitted = await ask.requests.submit({ asked, title, purpose, studyId, shown: priced })
      switch (submitted.kind) {
        case 'submitted': {
          const { studyHash, heldBy } = submitted
          return ok({
            studyHash,
            price: priced.microRho,
            chargeKind: priced.chargeKind,
            snapshot,
            heldBy,
            isKnown: false,
          })
        }
        // Being answered already: nothing was sent, so nothing is charged.
        case 'known':
          return ok({
            studyHash: submitted.studyHash,
            price: 0,
            chargeKind: 'repeat',
            snapshot,
            heldBy: [],
            isKnown: true,
          })
        case 'problems':
          return failed('malformed-request', { file, problems: submitted.problems })
        case 'refused': {
          const { reason, limit } = submitted
          return failed(reason, { ...(limit === undefined ? {} : { limit }), cause: CAUSES[reason] })
        }
      }
    })
  },
}

/** What a submission would cost, buy and leave; nothing is sent. */
async function triedOut(ask: AllClients, asked: Asked, priced: Priced) {
  const {
    chargeKind,
    microRho: price,
    noise,
    binding,
    wishedMicroRho,
    requestHash,
    cohortHash,
    same,
  } = priced
  const isPublished = asked.lane === 'noise' && asked.isPublished
  const budget = await ask.requests.budget({ snapshot: asked.snapshot, isPublished })
  return {
    isDryRun: true,
    snapshot: asked.snapshot,
    price,
    chargeKind,
    noise,
    fits: price === 0 || binding === null || binding.times > 0,
    binding,
    remains: (budget?.limits ?? []).map(({ limit, room, whole }) => ({
      limit,
      room,
      whole,
      after: room - price,
    })),
    wishedPrice: wishedMicroRho,
    requestHash,
    cohortHash,
    same,
  }
}

const status: StudyAction = {
  usage: 'study status --profile DIR [HASH]',
  rest: [0, 1],
  async run(given, world) {
    const [studyHash] = given.rest
    if (studyHash !== undefined && !STUDY_HASH.test(studyHash)) return notAHash()
    return withProfile(given, world, begun(needPassphrase(world)), async ({ ask }) => {
      if (studyHash === undefined) return ok({ studies: await ask.requests.list() })
      const opened = await ask.requests.open({ studyHash })
      if (opened === null) return unknownStudy(studyHash)
      const { row, purpose, snapshot, checks, resultHash, takers, recomputations } = opened
      const { isUnattested, mayRecompute } = opened
      return ok({
        ...row,
        purpose,
        snapshot,
        checks,
        resultHash,
        takers,
        recomputations,
        isUnattested,
        mayRecompute,
      })
    })
  },
}

const result: StudyAction = {
  usage: 'study result --profile DIR [--out FILE.csv] [--package FILE.zip] [--wait SECONDS] HASH',
  options: ['out', 'package', 'wait'],
  rest: [1, 1],
  async run(given, world) {
    const { options } = given
    const studyHash = given.rest[0]!
    if (!STUDY_HASH.test(studyHash)) return notAHash()
    const seconds = Number(options.get('wait') ?? 0)
    if (!(seconds >= 0 && seconds <= WAIT_SECONDS_MAX))
      return usage(`--wait is 0 to ${WAIT_SECONDS_MAX} seconds`)
    return withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
      const { ask } = reached
      const opened = await untilSettled(ask, studyHash, Date.now() + seconds * 1000)
      if (opened === null) return unknownStudy(studyHash)
      const { state, of } = opened.row
      if (state !== 'answered' || opened.answer === null) return unanswered(opened, options.has('wait'))
      const lines = await ask.requests.lines({ studyHash })
      if (lines === null) return unanswered(opened, false)
      const files: Record<string, string> = {}
      const out = options.get('out')
      if (out !== undefined) {
        const output = { kind: 'table', as: 'csv', name: 'result', content: csvOfLines(lines) } as const
        const made = await ask.releases.make({ jobId: null, studyHash, locale: 'en', output })
        if (made.kind === 'refused') return failed(made.reason)
        const unsaved = await saveFiles([[out, Buffer.from(made.bytes, 'base64')]])
        if (unsaved !== null) return unsaved
        files['out'] = resolve(out)
      }
      const packagePath = options.get('package')
      if (packagePath !== undefined) {
        const unmade = await savePackage(reached, studyHash, resolve(packagePath), world)
        if (unmade !== null) return unmade
        files['package'] = resolve(packagePath)
      }
      return ok({ studyHash, state, of, lines, provenance: await provenanceOf(ask, opened), ...files })
    })
  },
}

export const REQUEST_ACTIONS: Readonly<Record<string, StudyAction>> = { submit, status, result }

/** No word of a gateway changes these any more. */
const SETTLED: ReadonlySet<RequestState> = new Set<RequestState>([
  'answered',
  'refused',
  'expired',
  'identical',
  'disputed',
  'differs',
  'not-recomputable',
])

/** The request once it is settled and its answer here, or as it is at the deadline; null where nobody asked it. */
async function untilSettled(
  ask: AllClients,
  studyHash: string,
  deadline: number,
): Promise<OpenRequest | null> {
  for (;;) {
    const opened = await ask.requests.open({ studyHash })
    if (opened === null) return null
    const { state } = opened.row
    const isHere = state !== 'answered' || opened.answer !== null
    if ((SETTLED.has(state) && isHere) || Date.now() >= deadline) return opened
    await new Promise((done) => setTimeout(done, POLL_MS))
  }
}

function unanswered(
  { row: { studyHash, state, of }, takers }: OpenRequest,
  hasWaited: boolean,
): CommandResult {
  switch (state) {
    case 'refused':
      return failed('refused', {
        studyHash,
        cause:
          'the gateways refused the study, or hospitals did what would leave; what was charged stays charged',
      })
    case 'expired':
      return failed('expired', {
        studyHash,
        cause:
          'nobody answered the study by its day, so it is over; what was charged stays charged, since gateways may have computed',
      })
    case 'identical':
    case 'disputed':
    case 'differs':
    case 'not-recomputable':
      return failed('no-numbers', {
        studyHash,
        state,
        of,
        takers,
        cause:
          'a recomputation has a verdict and no numbers; the numbers are those of the study that it is of',
      })
    case 'answered':
      return failed('answer-not-here', {
        studyHash,
        cause: 'it is answered; no gateway that holds the answer could be reached, and no file was written',
      })
    default:
      return hasWaited
        ? timeout('answer', { studyHash, state })
        : failed('not-answered', {
            studyHash,
            state,
            cause: 'there is no answer yet; no file was written',
          })
  }
}

/** Everything that says what the numbers are of, and on whose word. */
async function provenanceOf(ask: AllClients, { row, ...opened }: OpenRequest) {
  const { name: consortium, chainId } = await ask.chain.consortium()
  return {
    consortium,
    chainId,
    title: row.title,
    purpose: opened.purpose,
    lane: row.lane,
    output: row.output,
    requester: row.requester,
    chargeKind: row.chargeKind,
    price: row.microRho,
    askedAt: row.at,
    answeredAt: row.answeredAt,
    snapshot: opened.snapshot,
    requestHash: opened.question?.requestHash ?? null,
    cohortHash: opened.question?.lane === 'noise' ? opened.question.cohortHash : null,
    resultHash: opened.resultHash,
    engines: opened.engines,
    takers: opened.takers,
    attestedBy: row.attestedBy,
    attestationsNeeded: row.attestationsNeeded,
    gatewayCount: row.gatewayCount,
    isUnattested: opened.isUnattested,
    checks: opened.checks,
    reviews: opened.reviews,
  }
}

/** Null once it is written. */
async function savePackage(
  reached: Reached,
  studyHash: string,
  path: string,
  world: CommandWorld,
): Promise<CommandResult | null> {
  const { reviews } = reached.ask
  const built = await reviews.build({ studyHash })
  if (built.kind === 'refused') return failed(built.reason, { studyHash })
  const { jobId } = built
  const job = await followJob(reached, jobId, world, Date.now() + PACKAGE_SECONDS * 1000)
  if (job === 'timeout') return timeout('package', { jobId })
  if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
  const pieces: Buffer[] = []
  for (let from = 0; ;) {
    const next = await reviews.bytes({ jobId, from })
    if (next === null) return failed('package-gone', { studyHash, cause: 'the package is kept no longer' })
    const piece = Buffer.from(next.piece, 'base64')
    pieces.push(piece)
    from += piece.length
    if (from >= next.byteCount || piece.length === 0) break
  }
  return (await saveSmallFile(path, Buffer.concat(pieces))) ? null : failed('not-writable', { file: path })
}

const notAHash = (): CommandResult => usage('a study is named by the 64 digits that “study submit” printed')
const unknownStudy = (studyHash: string): CommandResult =>
  failed('unknown-study', { studyHash, cause: 'no study of that hash is known here' })
