/** Two people of other hospitals look at what would leave by rule; their verdicts go onto the chain, what they wrote to hospitals only. */
import {
  CHECKLIST,
  type checks as checksContract,
  type Proposal,
  type ProposalRow,
} from '../../shared/contract/checks.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { equalBytes, fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { sealItemPart, type SealedPart } from '../node/chain/item.ts'
import type { CheckItem } from '../node/chain/study-items.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { newestEpoch } from '../node/vault/institution-keys.ts'
import { ItemFailure } from '../node/waiting/items.ts'
import { readByRule } from '../privacy/rules/by-rule-bytes.ts'
import { RULE_DEFAULTS } from '../privacy/rules/rule-policy.ts'
import { shownChecks } from '../privacy/rules/shown-check.ts'
import { encodeCheck, signCheck } from '../requests/check-statement.ts'
import { createDocuments, type Documents } from '../requests/documents.ts'
import type { GatewayHome } from '../gateway/gateway-home.ts'
import { approvalHashOf } from '../gateway/permitted-formula.ts'
import type { OpenProposal } from '../gateway/proposals.ts'
import { readFormula } from '../privacy/request/score-output.ts'
import { approvalsOf, approveFormula } from '../requests/formulas.ts'
import { nameOf } from '../requests/rows.ts'
import { takenByChain } from '../requests/submit-study.ts'
import { nameSubject } from './audit-subject.ts'
import { leaseOf, nodeOf, type ServiceContext } from './context.ts'
import { keepApproval } from './kept-protocols.ts'

/** Of those that were decided, the newest ones. */
const DECIDED_MAX = 500
/** Of what was answered before. */
const EARLIER_MAX = 50

export function createChecksService(context: ServiceContext): Handlers<typeof checksContract> {
  const { crypto, random, now } = context.world
  let documents: Documents | null = null

  function documentsOf(node: ChainNode): Documents {
    documents ??= createDocuments(crypto, node.ledger.chainId, node.studies.exchange)
    return documents
  }
  const home = (): GatewayHome | null => context.gateway?.() ?? null

  async function proposalOf(studyHash: string): Promise<{ waiting: OpenProposal; row: StudyRow } | null> {
    const waiting = (await home()?.proposal(fromHex(studyHash))) ?? null
    const row = waiting === null ? null : await nodeOf(context).studies.index.studyOf(waiting.studyHash)
    return waiting === null || row === null ? null : { waiting, row }
  }

  /** Those that wait here, and those on which a hospital has said something. */
  async function rowsHere(node: ChainNode): Promise<readonly StudyRow[]> {
    const gateway = home()
    if (gateway === null) return []
    const rows = new Map<string, StudyRow>()
    for (const { studyHash } of await gateway.proposals()) {
      const row = await node.studies.index.studyOf(studyHash)
      if (row !== null) rows.set(toHex(studyHash), row)
    }
    const over = await node.studies.index.list({
      states: ['answered', 'refused', 'expired'],
      limit: DECIDED_MAX,
    })
    for (const row of over)
      if (row.chargeKind === 'by-rule' && row.checks.length > 0) rows.set(toHex(row.studyHash), row)
    return [...rows.values()]
  }

  async function rowOf(node: ChainNode, row: StudyRow): Promise<ProposalRow> {
    const state = node.ledger.state.consortium
    const opened = await documentsOf(node).of(row)
    const verdicts = (verdict: CheckItem['verdict']) =>
      row.checks.filter((each) => each.verdict === verdict).length
    return {
      studyHash: toHex(row.studyHash),
      title: opened?.document.title ?? toHex(row.studyHash).slice(0, 12),
      requester: nameOf(state, row.author),
      at: row.time,
      approvals: verdicts('approve'),
      refusals: verdicts('refuse'),
      needed: row.checkersMin,
      mayCheck: mayCheck(node, row),
    }
  }

  /** What left before that it may be subtracted from, newest first; what was computed again left nothing new. */
  async function earlierThan(node: ChainNode, row: StudyRow): Promise<Proposal['earlier']> {
    const state = node.ledger.state.consortium
    const rows = await node.studies.index.list({ states: ['answered'], limit: DECIDED_MAX })
    const isOfSame = ({ snapshotHash }: StudyRow) => equalBytes(snapshotHash, row.snapshotHash)
    const left = rows.filter(
      (each) =>
        each.chargeKind !== 'recompute' &&
        // R9 speaks of those by rule at whichever snapshot; noise of another one hides what changed between.
        (isOfSame(each) || each.chargeKind === 'by-rule') &&
        !equalBytes(each.studyHash, row.studyHash),
    )
    return Promise.all(
      left.slice(0, EARLIER_MAX).map(async (each) => ({
        studyHash: toHex(each.studyHash),
        title: (await documentsOf(node).of(each))?.document.title ?? null,
        requester: nameOf(state, each.author),
        at: each.time,
        lane: each.chargeKind === 'by-rule' ? ('rule' as const) : ('noise' as const),
        isOfSameSnapshot: isOfSame(each),
      })),
    )
  }

  function mayCheck(node: ChainNode, row: StudyRow): ProposalRow['mayCheck'] {
    if (equalBytes(row.author, node.memberId)) return 'own-study'
    if (row.checks.some(({ memberId }) => equalBytes(memberId, node.memberId))) return 'decided'
    return row.result === null && row.state !== 'expired' ? 'yes' : 'not-now'
  }

  return {
    async list() {
      const node = nodeOf(context)
      const rows = await Promise.all((await rowsHere(node)).map((row) => rowOf(node, row)))
      const isWaiting = (row: ProposalRow): number => (row.mayCheck === 'yes' ? 0 : 1)
      return rows.sort((a, b) => isWaiting(a) - isWaiting(b) || (b.at ?? 0) - (a.at ?? 0))
    },
    async open({ studyHash }) {
      const node = nodeOf(context)
      const found = await proposalOf(studyHash)
      const leaves = found === null ? null : readByRule(found.waiting.answer)
      const opened = found === null ? null : await documentsOf(node).of(found.row)
      if (found === null || leaves === null || opened === null || opened.question === null) return null
      nameSubject({ study: opened.question.requestHash })
      const state = node.ledger.state.consortium
      const isInsurers = found.row.requesterClass === 'insurer'
      return {
        row: await rowOf(node, found.row),
        proposalHash: toHex(found.waiting.proposalHash),
        purpose: opened.document.purpose,
        question: opened.question,
        checks: shownChecks(
          found.waiting.checks.filter(({ what }) => isInsurers || what !== 'registered-plan'),
          RULE_DEFAULTS,
        ),
        leaves,
        earlier: await earlierThan(node, found.row),
        verdicts: found.row.checks.map(({ memberId, verdict, time }) => ({
          hospital: nameOf(state, memberId),
          verdict,
          at: time,
        })),
      }
    },
    async decide({ studyHash, proposalHash, verdict, checklist, comment }) {
      const node = nodeOf(context)
      const { session } = leaseOf(context)
      const found = await proposalOf(studyHash)
      if (found === null) return { kind: 'refused', reason: 'not-now' }
      const may = mayCheck(node, found.row)
      if (may !== 'yes') return { kind: 'refused', reason: may }
      if (toHex(found.waiting.proposalHash) !== proposalHash)
        return { kind: 'refused', reason: 'other-proposal' }
      const points = CHECKLIST.filter((each) => checklist.includes(each))
      if (verdict === 'approve' && points.length < CHECKLIST.length)
        return { kind: 'refused', reason: 'checklist' }
      const text = comment.trim().normalize('NFC')
      if (verdict === 'refuse' && text === '') return { kind: 'refused', reason: 'comment' }
      const clear: CheckItem = {
        kind: 'check',
        studyHash: found.row.studyHash,
        proposalHash: fromHex(proposalHash),
        verdict,
      }
      const said = { checklist: points, comment: text === '' ? null : text, at: now() }
      const statement = signCheck(crypto, node.ledger.chainId, clear, said, session.user)
      nameSubject({ study: studyHash, verdict })
      try {
        const seal = sealing(node, encodeCheck(statement))
        const said = await home()?.check(clear.studyHash, clear.proposalHash, verdict, seal)
        if (said === 'other-proposal') return { kind: 'refused', reason: said }
        if (said !== 'submitted') return { kind: 'refused', reason: 'not-now' }
      } catch (error) {
        // Somebody else of this hospital, or the result, was faster.
        if (!(error instanceof ItemFailure) || error.detail.code !== 'item-refused') throw error
        return { kind: 'refused', reason: 'not-now' }
      }
      return { kind: 'decided' }
    },
    async approveFormula({ formula }) {
      const node = nodeOf(context)
      const read = readFormula(formula)
      if (read.kind === 'problem' || read.text !== formula) return { kind: 'refused', reason: 'no-formula' }
      nameSubject({ formula: toHex(approvalHashOf(crypto, node.ledger.chainId, formula)) })
      const by = await approvalsOf(crypto, node, formula)
      if (by.some((memberId) => equalBytes(memberId, node.memberId)))
        return { kind: 'refused', reason: 'known' }
      await keepApproval(context.world, node, approvalHashOf(crypto, node.ledger.chainId, formula), formula)
      const taken = await takenByChain(() => approveFormula(crypto, node, formula))
      return taken.kind === 'refused' ? { kind: 'refused', reason: 'not-taken' } : { kind: 'approved' }
    },
  }

  /** For hospitals only: under the newest key of the gateways. */
  function sealing(node: ChainNode, content: Bytes): (sequence: number) => SealedPart {
    const { epoch, key } = newestEpoch(node.shared.gateway())
    const author = node.memberId as MemberId
    return (sequence) =>
      sealItemPart(
        crypto,
        random,
        node.ledger.chainId,
        { kind: 'check', author, sequence },
        epoch,
        key,
        content,
      )
  }
}
