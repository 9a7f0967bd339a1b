/** Making study packages, checking those that somebody brought, and reviews in the chain. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type { OwnReview, reviews as reviewsContract } from '../../shared/contract/reviews.ts'
import { canonicalStudy, studyDocument } from '../../shared/domain/study.ts'
import { compareBytes, equalBytes, fromHex, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { compareClaims, filesOfZip } from '../../verifier/verify-package.js'
import { readDiffers } from '../gateway/differing-cells.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { ITEM_HEIGHTS } from '../node/studies/studies.ts'
import { readPackage } from '../package/read-package.ts'
import { packageBytes, packageFiles } from '../package/study-package.ts'
import { readDocument } from '../privacy/request/study-document.ts'
import { takenByChain } from '../requests/submit-study.ts'
import { proveItemsInThread } from '../workers/verify.ts'
import { nameSubject } from './audit-subject.ts'
import type { ChainNode } from '../node/node.ts'
import type { Attestation, StudyExchange } from '../node/studies/study-exchange.ts'
import type { StudyIndex, StudyRow } from '../node/studies/study-index.ts'
import { ownMember } from '../requests/own-member.ts'
import { openPackagesOf } from './open-packages.ts'
import { leaseOf, nodeOf, profileOf, type ServiceContext } from './context.ts'
import { protocolOf } from './kept-protocols.ts'
import { keepReview, keptReviews, type KeptReview } from './kept-reviews.ts'

type ReviewsHandlers = Handlers<typeof reviewsContract>
type Opened = Exclude<Awaited<ReturnType<ReviewsHandlers['open']>>, null>
/** Without what needs a desktop. */
export type ReviewsCore = Pick<ReviewsHandlers, 'build' | 'bytes' | 'compare' | 'mine' | 'sign'> & {
  /** The file that a job of `build` made; null before, and where it failed. */
  bytesOf(jobId: string): Bytes | null
  check(name: string, bytes: Bytes): Promise<Opened>
}

/** Why there is no package: in the job's progress, so that no silence looks like a closed dialog. */
export class PackageFailure extends Failure<
  | { code: 'package-damaged' }
  /** An item that it tells of is not decided at this node. */
  | { code: 'package-not-final' }
  /** What a job made is kept no longer, or it made nothing. */
  | { code: 'package-gone' }
> {}

/** The newest repeats and recomputations that a package tells of. */
const AGAIN_MOST = 100
/** Of a package, at a time: base64 of it fits a line of the local socket well. */
const PIECE_BYTES = 4 << 20
/** The newest studies of all members, looked through for reviews of this institution. */
const STUDIES_MOST = 500
/** Packages that one caller has open. */
const OPEN_MOST = 8

export function createReviewsCore(context: ServiceContext): ReviewsCore {
  const { crypto } = context.world
  const open = openPackagesOf(context)

  const ownChainId = (): string | null => {
    const profile = context.profile()
    return profile === null ? null : toHex(profile.ledger.chainId)
  }

  const bytesOf = (jobId: string): Bytes | null => {
    const made = context.jobs.result(jobId, 'package')
    return made instanceof Uint8Array ? made : null
  }

  return {
    async build({ studyHash }) {
      const node = nodeOf(context)
      const hash = fromHex(studyHash) as ItemHash
      const { exchange, index } = node.studies
      const named = await index.studyOf(hash)
      if (named === null) return { kind: 'refused', reason: 'unknown' }
      const study = await originOf(index, named)
      if (study === null) return { kind: 'refused', reason: 'unknown' }
      if (study.result?.outcome !== 'answered') return { kind: 'refused', reason: 'not-answered' }
      const document = await exchange.documentOf(study.commitment, study.studyHash)
      const answer = await exchange.answerOf(study.studyHash)
      if (document === null || answer === null)
        return { kind: 'refused', reason: isGivenTo(node, study) ? 'no-document' : 'not-given' }
      nameSubject({ study: studyHash })
      const protocol =
        study.chargeKind === 'registered-model' ? await protocolOf(context.world, node, study.of!) : null
      if (study.chargeKind === 'registered-model' && protocol === null)
        return { kind: 'refused', reason: 'no-protocol' }
      const again = await index.list({ of: study.studyHash, limit: AGAIN_MOST })
      const items = itemsAbout(study, again)
      const differing = await differingOf(exchange, again)
      // A repeat is no result of the package: what is said beside it is left there.
      const recomputed = again.filter(
        ({ chargeKind, result }) => chargeKind === 'recompute' && result !== null,
      )
      const words = await wordsBeside(exchange, [study, ...recomputed])
      const { storePath, facts } = profileOf(context)
      const { isSynthetic } = facts
      const { jobId } = context.jobs.start('package', 'blocks', async ({ signal, progress }) => {
        const { blockCount } = node.ledger.state
        const found = await proveItemsInThread({ storePath, items, blockCount }, signal, progress)
        if (found.kind === 'cancelled') return null
        if (found.kind !== 'proven') throw new PackageFailure({ code: `package-${found.kind}` })
        const { proof } = found
        const parts = {
          document,
          studyText: studyTextOf(document),
          answer,
          protocol,
          proof,
          differing,
          words,
          isDemonstration: isSynthetic,
        }
        return packageBytes(packageFiles(crypto, parts))
      })
      return { kind: 'started', jobId }
    },
    bytesOf,
    async bytes({ jobId, from }) {
      const made = bytesOf(jobId)
      return made === null
        ? null
        : {
            piece: Buffer.from(made.subarray(from, from + PIECE_BYTES)).toString('base64'),
            byteCount: made.length,
          }
    },
    async check(name, bytes) {
      const report = await readPackage(bytes)
      if (report === null) return { kind: 'not-a-package', name }
      const packageHash = toHex(crypto.sha256(bytes))
      open.delete(packageHash)
      const document = (await filesOfZip(bytes)).get('document.cbor')!
      open.set(packageHash, { report, document })
      for (const oldest of open.keys()) if (open.size > OPEN_MOST) open.delete(oldest)
      const own = ownChainId()
      const here = own === null ? 'no-chain' : own === report.chainId ? 'own-chain' : 'other-chain'
      return { kind: 'opened', name, packageHash, report, here }
    },
    compare: async ({ packageHash, claims }) =>
      compareClaims(open.get(packageHash)?.report.lines ?? [], claims),
    async mine() {
      const node = nodeOf(context)
      const kept = await keptReviews(context.world, node, leaseOf(context).session.person.userKeyId)
      return ownReviews(node, kept)
    },
    async sign({ packageHash, verdict, text }) {
      const report = open.get(packageHash)?.report
      const study = report?.study ?? null
      if (report === undefined || study === null) return { kind: 'refused', reason: 'not-open' }
      if (report.chainId !== ownChainId()) return { kind: 'refused', reason: 'other-chain' }
      if (verdict === 'confirmed' && !report.ok) return { kind: 'refused', reason: 'does-not-hold' }
      nameSubject({ study: study.studyHash })
      const node = nodeOf(context)
      // Before anything is signed: whoever signs has the text, also where the session is locked meanwhile or is somebody else's by then.
      const { userKeyId } = leaseOf(context).session.person
      const taken = await takenByChain(() =>
        node.studies.exchange.submit({
          kind: 'review',
          studyHash: fromHex(study.studyHash) as ItemHash,
          packageHash: fromHex(packageHash),
          verdict,
          textHash: crypto.sha256(utf8Encode(text)),
        }),
      )
      if (taken.kind === 'refused') return { kind: 'refused', reason: 'not-taken' }
      const itemHash = toHex(taken.value.itemHash)
      const { studyHash, title } = study
      const isTextKept = await keepReview(context.world, node, userKeyId, {
        ...{ itemHash, studyHash, packageHash, title, verdict, text },
        at: context.world.now(),
        height: node.ledger.state.height,
      }).then(
        () => true,
        // It is on its way into the chain by now: a failure would say that it is not, and it would be signed twice.
        () => false,
      )
      return { kind: 'signed', itemHash, isTextKept }
    },
  }
}

/** Of this institution, as the chain has them; what is kept here and not in the chain yet comes first. */
async function ownReviews(node: ChainNode, kept: readonly KeptReview[]): Promise<OwnReview[]> {
  const { index } = node.studies
  const rows = new Map<string, StudyRow>()
  for (const row of await index.list({ limit: STUDIES_MOST })) rows.set(toHex(row.studyHash), row)
  for (const { studyHash } of kept) {
    const row = rows.has(studyHash) ? null : await index.studyOf(fromHex(studyHash))
    if (row !== null) rows.set(studyHash, row)
  }
  const final = [...rows.values()].flatMap(({ studyHash, reviews }) =>
    reviews
      .filter(({ memberId }) => equalBytes(memberId, node.memberId))
      .map(({ itemHash, packageHash, verdict, time, height }): OwnReview => {
        const hash = toHex(itemHash)
        const own = kept.find((each) => each.itemHash === hash)
        return {
          itemHash: hash,
          studyHash: toHex(studyHash),
          packageHash: toHex(packageHash),
          title: own?.title ?? null,
          text: own?.text ?? null,
          verdict,
          at: time,
          state: 'final',
          height,
        }
      }),
  )
  const others = kept
    .filter(({ itemHash }) => !final.some((each) => each.itemHash === itemHash))
    .map(({ height, ...said }): OwnReview => {
      const isOver = node.ledger.state.height > height + ITEM_HEIGHTS
      return { ...said, state: isOver ? 'lost' : 'waiting', height: null }
    })
  return [...others, ...final.sort((a, b) => b.at - a.at)]
}

/** A repeat or a recomputation has neither price nor checks of its own: what it is of can be checked, and tells of it. Null where that is not known. */
async function originOf(index: StudyIndex, named: StudyRow): Promise<StudyRow | null> {
  let study: StudyRow | null = named
  while (study !== null && (study.chargeKind === 'repeat' || study.chargeKind === 'recompute'))
    study = study.of === null ? null : await index.studyOf(study.of)
  return study
}

/** Whether the question's text is for this member at all, whoever is within reach. */
function isGivenTo(node: ChainNode, { author, requesterClass }: StudyRow): boolean {
  return (
    requesterClass === 'published' || equalBytes(author, node.memberId) || ownMember(node).kind === 'hospital'
  )
}

/** What recomputations found otherwise, each text once; those that nobody within reach has are told without. */
async function differingOf(exchange: StudyExchange, again: readonly StudyRow[]): Promise<Bytes[]> {
  const found = new Map<string, Bytes>()
  for (const { chargeKind, result, studyHash } of again) {
    if (chargeKind !== 'recompute' || result?.outcome !== 'differs') continue
    const bytes = await exchange.answerOf(studyHash)
    if (bytes !== null && readDiffers(bytes) !== null) found.set(toHex(result.resultHash), bytes)
  }
  return [...found.values()]
}

/** What gateways said beside these results, in one order wherever the package is made. */
async function wordsBeside(exchange: StudyExchange, rows: readonly StudyRow[]): Promise<Attestation[]> {
  const words = await Promise.all(rows.map(({ studyHash }) => exchange.attestationsBeside(studyHash, 'all')))
  return words
    .flat()
    .sort((a, b) => compareBytes(a.studyHash, b.studyHash) || compareBytes(a.memberId, b.memberId))
}

/** By rule: the study in the form whose hash the request names. */
function studyTextOf(document: Bytes): string | null {
  const text = readDocument(document)?.studyText ?? null
  return text === null ? null : canonicalStudy(studyDocument.parse(JSON.parse(text)))
}

/** Question, snapshot, registration, result, checks, reviews and suspensions, and whoever computed it again. */
function itemsAbout(study: StudyRow, again: readonly StudyRow[]): ItemHash[] {
  const rows = [study, ...again.filter(({ result }) => result !== null)]
  const items = rows.flatMap((row) => [
    row.studyHash,
    ...(row.result === null ? [] : [row.result.itemHash]),
    ...row.checks.map(({ itemHash }) => itemHash),
    ...row.reviews.map(({ itemHash }) => itemHash),
    ...row.suspensions.map(({ itemHash }) => itemHash),
  ])
  const registration = study.chargeKind === 'registered-model' && study.of !== null ? [study.of] : []
  return [study.snapshotHash, ...registration, ...items]
}
