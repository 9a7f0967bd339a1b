/** The insurer's groups from recorded tables and its own file: the plan of the next table, and what those that were answered say. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type {
  monitor as monitorContract,
  MonitorPlanView,
  MonitorSource,
} from '../../shared/contract/monitor.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import { equalBytes, fromHex, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { releasePolicyOf } from '../gateway/compute.ts'
import { alertBook } from '../insurer/alert-book.ts'
import { exposureBook } from '../insurer/exposure-book.ts'
import { exposureFit } from '../insurer/exposure-fit.ts'
import { groupRisk, type GroupRisk } from '../insurer/group-risk.ts'
import { leastReadable } from '../insurer/least-readable.ts'
import { marketOf } from '../insurer/market.ts'
import { monthOf } from '../insurer/month-of.ts'
import { planMonitor } from '../insurer/monitor-request.ts'
import { isWithheldWhole } from '../insurer/monitor-tables.ts'
import type { MonitorGroup, MonitorOutput } from '../privacy/request/monitor-output.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { budgetOf } from '../node/chain/privacy-ledger.ts'
import { studyRulesOf } from '../node/chain/study-items.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import type { ThresholdCache } from '../pricing/monitor/cusum.ts'
import { monthIndex, monthName } from '../pricing/monitor/reporting-triangle.ts'
import { planOf } from '../privacy/request/plan.ts'
import { cellCountOf } from '../privacy/request/axis.ts'
import { answerViewOf } from '../requests/answer-view.ts'
import { createDocuments, type Documents } from '../requests/documents.ts'
import { ownMember } from '../requests/own-member.ts'
import { gatewayNumbers, snapshotViews } from '../requests/rows.ts'
import { nodeOf, personOf, type ServiceContext } from './context.ts'

/** Monitoring tables of some years, among all that an insurer asks. */
const ROWS_MAX = 500
/** Thresholds of groups with nearly the same expectation are the same. */
const THRESHOLDS_MAX = 5_000
const RISKS_MAX = 8

interface Recorded {
  readonly row: StudyRow
  readonly output: MonitorOutput
  readonly microRho: number
}

export function createMonitorService(context: ServiceContext): Handlers<typeof monitorContract> {
  const { world } = context
  const documentsOfNode = new WeakMap<ChainNode, Documents>()
  const risksOfNode = new WeakMap<ChainNode, Map<string, GroupRisk>>()
  const thresholds: ThresholdCache = new Map()

  /** Neither a recorded answer nor a file of a hash ever says something else. */
  function risksOf(node: ChainNode): Map<string, GroupRisk> {
    const known = risksOfNode.get(node) ?? new Map<string, GroupRisk>()
    risksOfNode.set(node, known)
    return known
  }

  function documentsOf(node: ChainNode): Documents {
    const known = documentsOfNode.get(node)
    if (known !== undefined) return known
    const made = createDocuments(world.crypto, node.ledger.chainId, node.studies.exchange)
    documentsOfNode.set(node, made)
    return made
  }

  /** Whoever is shown an alert first brings it into the audit, which the chain anchors. */
  async function noteAlerts(node: ChainNode, source: MonitorSource, { alerts }: GroupRisk): Promise<void> {
    const { studyHash: study } = source
    await alertBook(world, node).note(
      source,
      alerts,
      world.now(),
      async ({ watched, label, kind, since, month }) => {
        const profile = context.profile()
        const person = profile === null ? null : personOf(context.lease(), profile.roster)
        // A name of other signs than an entry of the audit takes stands there by its hash.
        const group = /^[\w.-]{1,128}$/.test(label) ? label : toHex(world.crypto.sha256(utf8Encode(label)))
        const subject = {
          study,
          alert: kind,
          ...(watched === 'plan' ? { plan: group } : { group }),
          since,
          ...(month === null ? {} : { month }),
        }
        await context.audit()?.say('node.groupAlert', { person, subject })
      },
    )
  }

  async function recordedOf(node: ChainNode, row: StudyRow): Promise<Recorded | null> {
    if (row.result?.outcome !== 'answered' || row.chargeKind === 'by-rule') return null
    const question = (await documentsOf(node).of(row))?.question ?? null
    if (question?.lane !== 'noise' || question.output.kind !== 'monitor') return null
    return { row, output: question.output, microRho: await priceOf(node, row) }
  }

  async function sourceOf(node: ChainNode, { row, output, microRho }: Recorded): Promise<MonitorSource> {
    const snapshots = await snapshotViews(node)
    const snapshot = toHex(row.snapshotHash)
    const found = snapshots.find(({ hash }) => hash === snapshot)
    return {
      studyHash: toHex(row.studyHash),
      snapshot,
      snapshotHeight: found?.height ?? null,
      stateAt: found?.stateAt ?? null,
      answeredAt: row.result?.time ?? null,
      microRho,
      organisation: output.organisation,
      lastMonth: output.lastMonth,
      months: output.months,
      costMost: output.costMost,
      attestedBy: row.result?.attesters.length ?? 0,
      gatewayCount: gatewayNumbers(node.ledger.state.consortium).count,
      contents: contentsOf(await node.studies.exchange.answerHere(row.studyHash)),
    }
  }

  return {
    async plan({ exposure, snapshot, perYear, registration }): Promise<MonitorPlanView> {
      const node = nodeOf(context)
      const own = ownMember(node)
      if (own.kind !== 'insurer') return { kind: 'no-insurer' }
      const rows = await exposureBook(world, node).rows(exposure)
      if (rows === null) return { kind: 'no-file' }
      const found = (await snapshotViews(node)).find(({ hash }) => hash === snapshot)
      if (found?.stateAt == null) return { kind: 'no-snapshot' }
      const state = node.ledger.state.consortium
      const budget = budgetOf(state.policy)
      const most = budget.chargeMicroRho[registration === null ? 'table' : 'registered-model']
      const microRho = Math.min(most, Math.floor(budget.requesterMicroRho.insurer / perYear))
      const policy = releasePolicyOf(studyRulesOf(state.policy))
      const made = planMonitor(rows, own.name, monthBefore(found.stateAt), {
        leastLives: (output, of) => leastReadable(output, microRho, policy, of).persons,
        insurers: marketOf(state.members.map(({ member }) => member)),
      })
      if (made.kind === 'unclear-bands') return { kind: made.kind, labels: [...made.labels] }
      if (made.kind !== 'plan') return made
      const { output, lives, merged, leftOut, leftOutLives, planLives, plansLeftOut } = made
      const { persons: personsLeast, claims: claimsLeast } = leastReadable(output, microRho, policy)
      const leastOfPlan = output.plans === null ? null : leastReadable(output, microRho, policy, 'plan')
      const named = (groups: readonly MonitorGroup[]) =>
        groups.map(({ label, codes }) => ({ label, codes: [...codes] }))
      return {
        kind: 'plan',
        asked: {
          lane: 'noise',
          snapshot,
          cohort: EVERYBODY,
          cleaning: null,
          followUp: null,
          output: {
            ...output,
            groups: named(output.groups),
            plans: output.plans === null ? null : named(output.plans),
            ageEdges: [...output.ageEdges],
            insurers: output.insurers === null ? null : [...output.insurers],
          },
          microRho,
          registration,
          isPublished: false,
        },
        groups: named(output.groups).map((each) => ({ ...each, lives: lives.get(each.label) ?? 0 })),
        plans: named(output.plans ?? []).map((each) => ({ ...each, lives: planLives.get(each.label) ?? 0 })),
        plansLeftOut: plansLeftOut.length,
        merged: merged.length,
        leftOut: { groups: leftOut.length, lives: leftOutLives },
        benchmarkOf: output.insurers?.length ?? null,
        personsLeast,
        claimsLeast,
        ofPlan:
          leastOfPlan === null
            ? null
            : { personsLeast: leastOfPlan.persons, claimsLeast: leastOfPlan.claims },
      }
    },
    async tables() {
      const node = nodeOf(context)
      const rows = await node.studies.index.list({ author: node.memberId as MemberId, limit: ROWS_MAX })
      const seen = new Set<string>()
      const found: MonitorSource[] = []
      for (const row of rows) {
        // A repeat says what the first one said.
        if (row.chargeKind === 'repeat' || row.chargeKind === 'recompute') continue
        const recorded = await recordedOf(node, row)
        const name = toHex(row.studyHash)
        if (recorded === null || seen.has(name)) continue
        seen.add(name)
        found.push(await sourceOf(node, recorded))
      }
      return found
    },
    async view({ studyHash, exposure }) {
      const node = nodeOf(context)
      const row = await node.studies.index.studyOf(fromHex(studyHash))
      if (row === null || !equalBytes(row.author, node.memberId)) return { kind: 'not-here' }
      const recorded = await recordedOf(node, row)
      const bytes = recorded === null ? null : await node.studies.exchange.answerOf(row.studyHash)
      const shown = bytes === null ? null : answerViewOf(bytes)
      if (recorded === null || shown?.kind !== 'noise') return { kind: 'not-here' }
      const { output, microRho } = recorded
      const released =
        shown.answer.kind === 'monitor' ? shown.answer.tables : withheldTables(output, microRho)
      const book = exposureBook(world, node)
      const file =
        exposure === null ? null : ((await book.list()).find(({ hash }) => hash === exposure) ?? null)
      const rows = file === null ? null : await book.rows(file.hash)
      const { bands, mismatch } = rows === null ? { bands: [], mismatch: null } : exposureFit(rows, output)
      if (thresholds.size > THRESHOLDS_MAX) thresholds.clear()
      const known = risksOf(node)
      // At the price of this table: the allowance may be shared among another number of the next ones.
      const { insurer } = budgetOf(node.ledger.state.consortium.policy).requesterMicroRho
      const tablesPerYear = Math.max(1, Math.round(insurer / microRho))
      const name = `${studyHash} ${tablesPerYear} ${mismatch === null ? (file?.hash ?? '') : ''}`
      const source = await sourceOf(node, recorded)
      const risk =
        known.get(name) ??
        (await groupRisk(
          {
            output,
            microRho,
            released,
            exposure: mismatch === null ? rows : null,
            bands,
            asOf: source.stateAt === null ? null : monthOf(source.stateAt),
            tablesPerYear,
          },
          thresholds,
          () => new Promise((resolve) => setImmediate(resolve)),
        ))
      if (risk !== null) remember(known, name, risk)
      if (risk === null) return { kind: 'not-here' }
      await noteAlerts(node, source, risk)
      return {
        kind: 'view',
        source,
        exposure:
          file === null ? null : { hash: file.hash, fileName: file.fileName, importedAt: file.importedAt },
        mismatch,
        isWithheld: isWithheldWhole(released),
        ...risk,
        noted: [...(await alertBook(world, node).list())],
      }
    },
  }
}

function remember(known: Map<string, GroupRisk>, name: string, risk: GroupRisk): void {
  known.delete(name)
  if (known.size >= RISKS_MAX) known.delete(known.keys().next().value!)
  known.set(name, risk)
}

/** What the answer has cost: a repeat says what was paid before. */
async function priceOf(node: ChainNode, row: StudyRow): Promise<number> {
  const paid = row.chargeKind === 'repeat' && row.of !== null ? await node.studies.index.studyOf(row.of) : row
  return paid?.chargeMicroRho ?? 0
}

/** Of an answer that says only that there are too few: every cell is withheld. */
function withheldTables(output: MonitorOutput, microRho: number): null[][] {
  return planOf({ output, microRho }).map(({ axes }) => new Array<null>(cellCountOf(axes)).fill(null))
}

function contentsOf(answer: Bytes | null): MonitorSource['contents'] {
  const view = answer === null ? null : answerViewOf(answer)
  if (view === null) return 'to-come'
  return view.kind === 'noise' && view.answer.kind === 'monitor' ? 'numbers' : 'withheld'
}

/** `YYYY-MM` of the last month that was over at an instant. */
const monthBefore = (epochMs: number): string => monthName(monthIndex(monthOf(epochMs)) - 1)
