/** Asking all hospitals: the catalogue, the price before the click, the request, and the answer (docs/spec/gateways.md). */
import type { Locale } from '../../shared/contract/app.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type {
  Asked,
  CoverageTable,
  OpenRequest,
  Priced,
  PublishedCoverage,
  requests as requestsContract,
  Submitted,
} from '../../shared/contract/requests.ts'
import { equalBytes, fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { linesOfAnswer } from '../../verifier/verify-package.js'
import {
  encodeDocument,
  readDocument,
  SALT_BYTES,
  type StudyDocument,
} from '../privacy/request/study-document.ts'
import { readDiffers } from '../gateway/differing-cells.ts'
import { firstErasureOf, placeAt } from '../gateway/node-chain.ts'
import { isOfPortfolioOf } from '../gateway/own-portfolio.ts'
import { answerViewOf } from '../requests/answer-view.ts'
import { bindingOf, budgetView, isDeclared, snapshotHashOf, type Asker } from '../requests/budget.ts'
import { catalogOf } from '../requests/catalog.ts'
import { coverageStudyId, coveragePlanOf } from '../requests/coverage-plan.ts'
import { coverageAsked, coverageTitle } from '../requests/coverage-tables.ts'
import { createDocuments, type Documents, type OpenedDocument } from '../requests/documents.ts'
import { formulaAnswer, formulaProblem } from '../requests/formulas.ts'
import { questionOf } from '../requests/question-of.ts'
import { ownMember } from '../requests/own-member.ts'
import { noiseView, wishedPrice } from '../requests/price-view.ts'
import { publishCoverage } from '../requests/publish-coverage.ts'
import { readyRequest, type Readied, type ReadyRequest } from '../requests/ready-request.ts'
import {
  enginesOf,
  gatewayNumbers,
  nameOf,
  rowView,
  snapshotViews,
  stateOf,
  takersView,
} from '../requests/rows.ts'
import { submitStudy, takenByChain } from '../requests/submit-study.ts'
import { isAgainst, isBySignersAlone, takersOf } from '../requests/takers.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { isPriced } from '../node/chain/privacy-ledger.ts'
import { ATTESTED_GATEWAYS_LEAST } from '../node/chain/apply-study.ts'
import { commitmentOf, STUDY_ID_BYTES, type AskedStudy } from '../node/chain/study-items.ts'
import { membersOf } from '../node/chain/state.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { nameSubject } from './audit-subject.ts'
import { nodeOf, type ServiceContext } from './context.ts'
import { openPackagesOf } from './open-packages.ts'
import { isApproval, keepProtocol, protocolBytes, protocolHashOf, protocolTitle } from './kept-protocols.ts'

type Service = Handlers<typeof requestsContract>
type Asking = Parameters<Service['submit']>[0]

/** Of this institution: more than it asks in years. */
const ROWS_MAX = 500

export function createRequestsService(context: ServiceContext): Service {
  const { crypto, random } = context.world
  const documentsOfNode = new WeakMap<ChainNode, Documents>()

  function here(): { node: ChainNode; documents: Documents } {
    const node = nodeOf(context)
    let documents = documentsOfNode.get(node)
    if (documents === undefined) {
      documents = createDocuments(crypto, node.ledger.chainId, node.studies.exchange)
      documentsOfNode.set(node, documents)
    }
    return { node, documents }
  }

  const askerOf = (node: ChainNode, isPublished: boolean): Asker => ({
    memberId: node.memberId,
    class: isPublished ? 'published' : ownMember(node).kind,
  })
  const ownRows = (node: ChainNode): Promise<readonly StudyRow[]> =>
    node.studies.index.list({ author: node.memberId as MemberId, limit: ROWS_MAX })
  const stateNow = (node: ChainNode) => node.ledger.state.consortium
  /** What gateways would refuse is said before it is charged. */
  async function permitted(asked: Asked): Promise<Readied> {
    const { node } = here()
    const ready = readyRequest(crypto, node.ledger.chainId, asked, hospitalCountOf(node))
    if (ready.kind === 'problems' || ready.request === null || asked.lane === 'rule') return ready
    if (!isOfPortfolioOf(ownMember(node), ready.request, asked.cohort))
      return { kind: 'problems', problems: [{ kind: 'request', problem: 'groups' }] }
    const problem = await formulaProblem(crypto, node, ready.request.output)
    return problem === null ? ready : { kind: 'problems', problems: [{ kind: 'request', problem }] }
  }

  /** Whether nothing is computed of a snapshot any more: what hospitals agreed to erase is read by hospitals alone. */
  async function isErased(node: ChainNode, snapshotHash: Bytes): Promise<boolean> {
    const declared = stateNow(node).snapshots.find(({ itemHash }) => equalBytes(itemHash, snapshotHash))
    const place = declared === undefined ? null : await placeAt(node, declared.height)
    if (place === null) return false
    try {
      return (await firstErasureOf(node, place)) !== null
    } catch (error) {
      // What cannot be read now says nothing.
      if (error instanceof Failure) return false
      throw error
    }
  }

  /** As gateways hold a model's protocol against its study: this institution's, from before the first answer to it. */
  async function isRegisteredBefore(
    node: ChainNode,
    { studyId, snapshotHash }: AskedStudy,
    registrationHash: Bytes,
  ): Promise<boolean> {
    const registration = await node.studies.index.registrationOf(registrationHash)
    if (registration === null || !equalBytes(registration.author, node.memberId)) return false
    return !(await ownRows(node)).some(
      (row) =>
        row.result?.outcome === 'answered' &&
        row.result.height <= registration.height &&
        equalBytes(row.studyId, studyId) &&
        equalBytes(row.snapshotHash, snapshotHash),
    )
  }

  const isPublished = (asked: Asked): boolean => asked.lane === 'noise' && asked.isPublished

  /** The newest request of this institution with these bytes that has an answer, or is getting one; for everybody only what was charged so. */
  async function sameAs(wanted: Bytes, isForAll: boolean): Promise<{ row: StudyRow; title: string } | null> {
    const { node, documents } = here()
    for (const row of await ownRows(node)) {
      if (row.state === 'refused' || row.state === 'expired') continue
      if (row.chargeKind === 'repeat' || row.chargeKind === 'recompute') continue
      if (isForAll && row.requesterClass !== 'published') continue
      const opened = await documents.of(row)
      if (opened !== null && opened.question?.requestHash === toHex(wanted))
        return { row, title: opened.document.title }
    }
    return null
  }

  async function paidFor(node: ChainNode, row: StudyRow): Promise<number> {
    const paid =
      row.chargeKind === 'repeat' && row.of !== null ? await node.studies.index.studyOf(row.of) : row
    return paid?.chargeMicroRho ?? 0
  }

  /** Of a package that is open here; the chain's commitment says whether it is the document of this study. */
  function packagedDocument(
    node: ChainNode,
    { author, commitment }: StudyRow,
    packageHash: string | undefined,
  ): OpenedDocument | null {
    const bytes = packageHash === undefined ? undefined : openPackagesOf(context).get(packageHash)?.document
    const document = bytes === undefined ? null : readDocument(bytes)
    if (bytes === undefined || document === null) return null
    const { chainId } = node.ledger
    if (!equalBytes(commitmentOf(crypto, chainId, author, bytes), commitment)) return null
    return { document, question: questionOf(crypto, chainId, document) }
  }

  function documentFor(ready: ReadyRequest, title: string, purpose: string): StudyDocument {
    return { salt: random(SALT_BYTES), ...ready.texts, purpose, title: title.normalize('NFC') }
  }

  async function recomputationView(
    node: ChainNode,
    again: StudyRow,
    answered: StudyRow,
  ): Promise<OpenRequest['recomputations'][number]> {
    const takers = await takersOf(node, again, 'all')
    const words = node.studies.exchange.attestationsOf(again.studyHash)
    return {
      studyHash: toHex(again.studyHash),
      state: stateOf(again, words.length, takers.otherwise.some(isAgainst)),
      at: again.result?.time ?? again.time,
      takers: takersView(node, takers),
      isBySignersAlone: again.result !== null && isBySignersAlone(takers, answered),
    }
  }

  const itemFor = (asked: Asked, ready: ReadyRequest, asker: Asker, studyId: Bytes): AskedStudy => ({
    kind: 'study',
    requesterClass: asker.class,
    chargeKind: ready.chargeKind,
    chargeMicroRho: isPriced(ready.chargeKind) && asked.lane === 'noise' ? asked.microRho : 0,
    snapshotHash: snapshotHashOf(asked.snapshot),
    studyId,
    of:
      ready.chargeKind === 'registered-model' && asked.lane === 'noise' && asked.registration !== null
        ? snapshotHashOf(asked.registration)
        : null,
  })

  /** One table of `publishCoverage`, at the price that was shown of all. */
  async function askCoverage(
    table: CoverageTable,
    { snapshot, microRho }: { readonly snapshot: string; readonly microRho: number },
    titles: Locale,
  ): Promise<Submitted> {
    const asked = coverageAsked(table, { snapshot, microRho })
    const ready = await permitted(asked)
    if (ready.kind === 'problems') return ready
    const same = await sameAs(ready.requestHash, true)
    if (same !== null) return { kind: 'known', studyHash: toHex(same.row.studyHash) }
    return ask({
      asked,
      title: coverageTitle(table, titles),
      purpose: 'quality',
      studyId: toHex(coverageStudyId(fromHex(snapshot))),
      shown: { requestHash: toHex(ready.requestHash), microRho },
    })
  }

  async function ask({ asked, title, purpose, studyId, shown }: Asking): Promise<Submitted> {
    const { node } = here()
    const state = stateNow(node)
    const ready = await permitted(asked)
    if (ready.kind === 'problems') return ready
    if (!isDeclared(state, fromHex(asked.snapshot))) return { kind: 'refused', reason: 'unknown-snapshot' }
    const same = await sameAs(ready.requestHash, isPublished(asked))
    if (same !== null && same.row.result === null)
      return { kind: 'known', studyHash: toHex(same.row.studyHash) }
    const due = same === null ? (ready.request?.microRho ?? 0) : 0
    // A person confirms what stands on the screen: other bytes or another price since then are asked about again.
    if (shown.requestHash !== toHex(ready.requestHash) || shown.microRho !== due)
      return { kind: 'refused', reason: 'price-changed' }
    const asker = askerOf(node, isPublished(asked))
    const id = studyId === null ? random(STUDY_ID_BYTES) : fromHex(studyId)
    const document = documentFor(ready, title, purpose)
    const item = itemFor(asked, ready, asker, id)
    if (same !== null)
      return submitStudy(node, encodeDocument(document), {
        ...item,
        requesterClass: ownMember(node).kind,
        chargeKind: 'repeat',
        chargeMicroRho: 0,
        of: same.row.studyHash,
      })
    if (await isErased(node, item.snapshotHash)) return { kind: 'refused', reason: 'snapshot-erased' }
    if (item.of !== null && !(await isRegisteredBefore(node, item, item.of)))
      return { kind: 'refused', reason: 'unknown-registration' }
    const binding = bindingOf(
      state,
      asker,
      {
        kind: item.chargeKind,
        microRho: item.chargeMicroRho,
        snapshotHash: item.snapshotHash,
        studyId: id,
      },
      node.ledger.state.lastTime,
    )
    if (binding?.times === 0) return { kind: 'refused', reason: 'budget', limit: binding.limit }
    return submitStudy(node, encodeDocument(document), item)
  }

  return {
    async catalog() {
      const { node, documents } = here()
      return catalogOf(node, documents)
    },
    formula: (source) => formulaAnswer(crypto, here().node, source),
    async budget({ snapshot, isPublished: isForAll }) {
      const { node } = here()
      const { lastTime } = node.ledger.state
      return budgetView(stateNow(node), askerOf(node, isForAll), fromHex(snapshot), lastTime)
    },
    async price({ asked, wished }) {
      const { node } = here()
      const ready = await permitted(asked)
      if (ready.kind === 'problems') return ready
      const same = await sameAs(ready.requestHash, isPublished(asked))
      const { request, chargeKind } = ready
      const microRho = request?.microRho ?? 0
      const studyId = null
      const priced: Priced = {
        kind: 'priced',
        chargeKind: same === null ? chargeKind : 'repeat',
        microRho: same === null ? microRho : 0,
        noise: request === null ? [] : noiseView(stateNow(node).policy, request),
        binding: bindingOf(
          stateNow(node),
          askerOf(node, isPublished(asked)),
          { kind: chargeKind, microRho, snapshotHash: fromHex(asked.snapshot), studyId },
          node.ledger.state.lastTime,
        ),
        wishedMicroRho:
          request === null || wished === null
            ? null
            : wishedPrice(stateNow(node).policy, request, chargeKind, wished),
        requestHash: toHex(ready.requestHash),
        cohortHash: toHex(ready.cohortHash),
        same: same === null ? null : { studyHash: toHex(same.row.studyHash), title: same.title },
      }
      return priced
    },
    async submit(asking): Promise<Submitted> {
      const ready = await permitted(asking.asked)
      if (ready.kind === 'ready') nameSubject({ study: toHex(ready.requestHash) })
      return ask(asking)
    },
    async list() {
      const { node, documents } = here()
      return Promise.all((await ownRows(node)).map((row) => rowView(node, documents, row)))
    },
    async open({ studyHash }): Promise<OpenRequest | null> {
      const { node, documents } = here()
      const row = await node.studies.index.studyOf(fromHex(studyHash))
      if (row === null) return null
      const state = stateNow(node)
      const opened = await documents.of(row)
      const again = (await ownRows(node)).filter(
        ({ chargeKind, of }) => chargeKind === 'recompute' && of !== null && equalBytes(of, row.studyHash),
      )
      const isAnswered = row.result?.outcome === 'answered'
      const isToldAnswer = isAnswered || row.result?.outcome === 'refused'
      const bytes = isToldAnswer ? await node.studies.exchange.answerOf(row.studyHash) : null
      const takers = await takersOf(node, row, 'all')
      const [snapshot] = (await snapshotViews(node)).filter(({ hash }) => hash === toHex(row.snapshotHash))
      return {
        row: await rowView(node, documents, row, takers),
        purpose: opened?.document.purpose ?? null,
        question: opened?.question ?? null,
        snapshot: snapshot ?? null,
        checks: row.checks.map(({ memberId, verdict, time }) => ({
          hospital: nameOf(state, memberId),
          verdict,
          at: time,
        })),
        reviews: row.reviews.map(({ memberId, verdict, time, height }) => ({
          institution: nameOf(state, memberId),
          verdict,
          at: time,
          height,
        })),
        engines: enginesOf(node, row),
        answer: bytes === null ? null : answerViewOf(bytes),
        differing: await differingIn(node, row),
        paidMicroRho: await paidFor(node, row),
        resultHash: row.result === null ? null : toHex(row.result.resultHash),
        takers: takersView(node, takers),
        recomputations: await Promise.all(again.map((each) => recomputationView(node, each, row))),
        isUnattested: gatewayNumbers(state).count < ATTESTED_GATEWAYS_LEAST,
        mayRecompute:
          isAnswered &&
          row.chargeKind !== 'recompute' &&
          again.every(({ result, state: where }) => result !== null || where === 'expired'),
      }
    },
    async lines({ studyHash }) {
      const { node, documents } = here()
      const row = await node.studies.index.studyOf(fromHex(studyHash))
      if (row?.result?.outcome !== 'answered') return null
      const opened = await documents.of(row)
      const bytes = await node.studies.exchange.answerOf(row.studyHash)
      if (opened === null || bytes === null || answerViewOf(bytes) === null) return null
      nameSubject({ study: studyHash })
      return linesOfAnswer(bytes, opened.document.requestBytes)
    },
    async recompute({ studyHash, packageHash }): Promise<Submitted> {
      const { node, documents } = here()
      const row = await node.studies.index.studyOf(fromHex(studyHash))
      if (row?.result?.outcome !== 'answered') return { kind: 'refused', reason: 'not-now' }
      const opened = (await documents.of(row)) ?? packagedDocument(node, row, packageHash)
      if (opened === null) return { kind: 'refused', reason: 'no-document' }
      nameSubject({ study: opened.question?.requestHash ?? studyHash })
      const document = encodeDocument({ ...opened.document, salt: random(SALT_BYTES) })
      return submitStudy(node, document, {
        kind: 'study',
        requesterClass: row.requesterClass === 'published' ? 'hospital' : ownMember(node).kind,
        chargeKind: 'recompute',
        chargeMicroRho: 0,
        snapshotHash: row.snapshotHash,
        studyId: row.studyId,
        of: row.studyHash,
      })
    },
    async coveragePlan({ years }) {
      const { node, documents } = here()
      return coveragePlanOf(node, documents, years)
    },
    async publishCoverage({ years, locale, shown }) {
      const { node, documents } = here()
      const plan = await coveragePlanOf(node, documents, years)
      if (plan.kind === 'refused') return plan
      const { snapshot, tables, microRho } = plan
      nameSubject({ snapshot })
      if (context.jobs.running('publish').length > 0) return { kind: 'refused', reason: 'running' }
      if (shown.snapshot !== snapshot || shown.microRho !== microRho || shown.tableCount !== tables.length)
        return { kind: 'refused', reason: 'price-changed' }
      const { jobId } = context.jobs.start('publish', 'tables', ({ signal, progress }) =>
        publishCoverage(tables, {
          openCount: () => openCountOf(node),
          ask: (table) => askCoverage(table, plan, locale),
          sleep: context.world.sleep,
          signal,
          onProgress: progress,
        }),
      )
      return { kind: 'started', jobId }
    },
    async publishedCoverage({ jobId }) {
      return context.jobs.result(jobId, 'publish') as PublishedCoverage | null
    },
    async registrations() {
      const { node } = here()
      const rows = await node.studies.index.registrations({
        author: node.memberId as MemberId,
        limit: ROWS_MAX,
      })
      const approvals = await Promise.all(
        rows.map(({ protocolHash }) => isApproval(context.world, node, protocolHash)),
      )
      return Promise.all(
        // A formula that was approved is no protocol, and no question was planned with it.
        rows
          .filter((_, i) => !approvals[i])
          .map(async ({ itemHash, author, protocolHash, time }) => ({
            hash: toHex(itemHash),
            protocolHash: toHex(protocolHash),
            at: time,
            isOwn: equalBytes(author, node.memberId),
            member: nameOf(stateNow(node), author),
            title: await protocolTitle(context.world, node, protocolHash),
          })),
      )
    },
    async register({ title, text, asked, purpose }) {
      const { node } = here()
      const { chainId } = node.ledger
      const ready = readyRequest(crypto, chainId, asked, hospitalCountOf(node))
      if (ready.kind === 'problems') return ready
      const bytes = protocolBytes(title, text, documentFor(ready, title, purpose))
      const protocolHash = protocolHashOf(context.world, chainId, bytes)
      // First kept, then said: a hash on the chain whose text is nowhere proves nothing.
      await keepProtocol(context.world, node, protocolHash, bytes)
      nameSubject({ protocol: toHex(protocolHash) })
      const taken = await takenByChain(() =>
        node.studies.exchange.submit({ kind: 'registration', protocolHash }),
      )
      return taken.kind === 'refused'
        ? { kind: 'refused', reason: 'not-taken' }
        : { kind: 'registered', hash: toHex(taken.value.itemHash), protocolHash: toHex(protocolHash) }
    },
  }
}

/** Those on their way to the chain too: several go out before the next segment says that they are open. */
async function openCountOf(node: ChainNode): Promise<number> {
  const author = node.memberId as MemberId
  const { openStudies } = node.ledger.state.consortium
  const waiting = await node.studies.index.list({ author, states: ['asked'], limit: ROWS_MAX })
  return waiting.length + openStudies.filter(({ memberId }) => equalBytes(memberId, author)).length
}

async function differingIn(node: ChainNode, { studyHash, result }: StudyRow): Promise<string[]> {
  const bytes = result?.outcome === 'differs' ? await node.studies.exchange.answerOf(studyHash) : null
  return bytes === null ? [] : [...(readDiffers(bytes) ?? [])]
}

function hospitalCountOf(node: ChainNode): number {
  return membersOf(node.ledger.state.consortium).filter(({ kind }) => kind === 'hospital').length
}
