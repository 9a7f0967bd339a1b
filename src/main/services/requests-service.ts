/** Asking all hospitals: the catalogue, the price before the click, the request, and the answer (docs/spec/gateways.md). */
import type { Handlers } from '../../shared/contract/kit.ts'
import type {
  Asked,
  OpenRequest,
  Priced,
  requests as requestsContract,
  Submitted,
} from '../../shared/contract/requests.ts'
import { equalBytes, fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { linesOfAnswer } from '../../verifier/verify-package.js'
import { encodeDocument, SALT_BYTES, type StudyDocument } from '../privacy/request/study-document.ts'
import { readDiffers } from '../gateway/differing-cells.ts'
import { answerViewOf } from '../requests/answer-view.ts'
import { bindingOf, budgetView, isDeclared, snapshotHashOf, type Asker } from '../requests/budget.ts'
import { catalogOf } from '../requests/catalog.ts'
import { createDocuments, type Documents } from '../requests/documents.ts'
import { ownMember } from '../requests/own-member.ts'
import { noiseView, wishedPrice } from '../requests/price-view.ts'
import { readyRequest, type ReadyRequest } from '../requests/ready-request.ts'
import { gatewayNumbers, nameOf, rowView, snapshotViews, stateOf } from '../requests/rows.ts'
import { submitStudy, takenByChain } from '../requests/submit-study.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { isPriced } from '../node/chain/privacy-ledger.ts'
import { ATTESTED_GATEWAYS_LEAST } from '../node/chain/apply-study.ts'
import { STUDY_ID_BYTES, type AskedStudy } from '../node/chain/study-items.ts'
import { membersOf } from '../node/chain/state.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { nameSubject } from './audit-subject.ts'
import { nodeOf, type ServiceContext } from './context.ts'
import { keepProtocol, protocolBytes, protocolHashOf, protocolTitle } from './kept-protocols.ts'

type Service = Handlers<typeof requestsContract>

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
  const isPublished = (asked: Asked): boolean => asked.lane === 'noise' && asked.isPublished

  /** The newest request of this institution with these bytes that has an answer, or is getting one; for everybody only what was charged so. */
  async function sameAs(wanted: Bytes, isForAll: boolean): Promise<{ row: StudyRow; title: string } | null> {
    const { node, documents } = here()
    for (const row of await ownRows(node)) {
      if (row.state === 'refused' || row.chargeKind === 'repeat' || row.chargeKind === 'recompute') continue
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

  function documentFor(ready: ReadyRequest, title: string, purpose: string): StudyDocument {
    return { salt: random(SALT_BYTES), ...ready.texts, purpose, title: title.normalize('NFC') }
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

  return {
    async catalog() {
      const { node, documents } = here()
      return catalogOf(node, documents)
    },
    async budget({ snapshot, isPublished: isForAll }) {
      const { node } = here()
      const { lastTime } = node.ledger.state
      return budgetView(stateNow(node), askerOf(node, isForAll), fromHex(snapshot), lastTime)
    },
    async price({ asked, wished }) {
      const { node } = here()
      const ready = readyRequest(crypto, node.ledger.chainId, asked, hospitalCountOf(node))
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
    async submit({ asked, title, purpose, studyId, shown }): Promise<Submitted> {
      const { node } = here()
      const state = stateNow(node)
      const ready = readyRequest(crypto, node.ledger.chainId, asked, hospitalCountOf(node))
      if (ready.kind === 'problems') return ready
      nameSubject({ study: toHex(ready.requestHash) })
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
      if (item.of !== null && (await node.studies.index.registrationOf(item.of)) === null)
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
      const [snapshot] = (await snapshotViews(node)).filter(({ hash }) => hash === toHex(row.snapshotHash))
      return {
        row: await rowView(node, documents, row),
        purpose: opened?.document.purpose ?? null,
        question: opened?.question ?? null,
        snapshot: snapshot ?? null,
        checks: row.checks.map(({ memberId, verdict, time }) => ({
          hospital: nameOf(state, memberId),
          verdict,
          at: time,
        })),
        answer: bytes === null ? null : answerViewOf(bytes),
        differing: await differingIn(node, row),
        paidMicroRho: await paidFor(node, row),
        resultHash: row.result === null ? null : toHex(row.result.resultHash),
        recomputations: again.map((each) => ({
          studyHash: toHex(each.studyHash),
          state: stateOf(each, node.studies.exchange.attestationsOf(each.studyHash).length),
          at: each.result?.time ?? each.time,
        })),
        isUnattested: gatewayNumbers(state).count < ATTESTED_GATEWAYS_LEAST,
        mayRecompute:
          isAnswered && row.chargeKind !== 'recompute' && again.every(({ result }) => result !== null),
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
    async recompute({ studyHash }): Promise<Submitted> {
      const { node, documents } = here()
      const row = await node.studies.index.studyOf(fromHex(studyHash))
      const opened = row === null ? null : await documents.of(row)
      if (row?.result?.outcome !== 'answered') return { kind: 'refused', reason: 'not-now' }
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
    async registrations() {
      const { node } = here()
      const rows = await node.studies.index.registrations({
        author: node.memberId as MemberId,
        limit: ROWS_MAX,
      })
      return Promise.all(
        rows.map(async ({ itemHash, author, protocolHash, time }) => ({
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

async function differingIn(node: ChainNode, { studyHash, result }: StudyRow): Promise<string[]> {
  const bytes = result?.outcome === 'differs' ? await node.studies.exchange.answerOf(studyHash) : null
  return bytes === null ? [] : [...(readDiffers(bytes) ?? [])]
}

function hospitalCountOf(node: ChainNode): number {
  return membersOf(node.ledger.state.consortium).filter(({ kind }) => kind === 'hospital').length
}
