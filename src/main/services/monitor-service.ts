/** The insurer's groups from recorded tables and its own file: the plan of the next table, and what those that were answered say. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type { ExposureVersion } from '../../shared/contract/exposures.ts'
import type {
  monitor as monitorContract,
  MonitorAlert,
  MonitorNoted,
  MonitorPlanView,
  MonitorSeries,
  MonitorSource,
  PersistingAlert,
} from '../../shared/contract/monitor.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import { equalBytes, fromHex, toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { releasePolicyOf } from '../gateway/compute.ts'
import { alertBook } from '../insurer/alert-book.ts'
import { driftOf } from '../insurer/drift.ts'
import { exposureBook } from '../insurer/exposure-book.ts'
import { exposureFit } from '../insurer/exposure-fit.ts'
import { groupRisk, type GroupRisk } from '../insurer/group-risk.ts'
import { groupSeries, inOrderOfTime, type SaidTable } from '../insurer/group-series.ts'
import { leastReadable } from '../insurer/least-readable.ts'
import { marketOf } from '../insurer/market.ts'
import { monthOf } from '../insurer/month-of.ts'
import { planMonitor } from '../insurer/monitor-request.ts'
import { isWithheldWhole } from '../insurer/monitor-tables.ts'
import { persistingAlerts } from '../insurer/persisting-alerts.ts'
import type { MonitorGroup, MonitorOutput } from '../privacy/request/monitor-output.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { budgetOf } from '../node/chain/privacy-ledger.ts'
import { studyRulesOf } from '../node/chain/study-items.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'
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
/** Ten years of two tables a year, and some beside another file. */
const RISKS_MAX = 24

interface Recorded {
  readonly row: StudyRow
  readonly output: MonitorOutput
  readonly microRho: number
}

interface ReadFile {
  readonly version: ExposureVersion
  readonly rows: readonly ExposureRow[]
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
  async function noteAlerts(
    node: ChainNode,
    { studyHash: study, lastMonth }: Pick<MonitorSource, 'studyHash' | 'lastMonth'>,
    alerts: readonly (MonitorAlert | PersistingAlert)[],
  ): Promise<void> {
    await alertBook(world, node).note(
      { studyHash: study, lastMonth },
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

  /** Every table that was answered to this institution, newest first; a repeat says what the first one said. */
  async function allRecorded(node: ChainNode): Promise<Recorded[]> {
    const rows = await node.studies.index.list({ author: node.memberId as MemberId, limit: ROWS_MAX })
    const seen = new Set<string>()
    const found: Recorded[] = []
    for (const row of rows) {
      if (row.chargeKind === 'repeat' || row.chargeKind === 'recompute') continue
      const recorded = await recordedOf(node, row)
      const name = toHex(row.studyHash)
      if (recorded === null || seen.has(name)) continue
      seen.add(name)
      found.push(recorded)
    }
    return found
  }

  /** The answer beside a file; null where it is not here. */
  async function readOf(node: ChainNode, recorded: Recorded, file: ReadFile | null) {
    const { output, microRho, row } = recorded
    const bytes = await node.studies.exchange.answerOf(row.studyHash)
    const shown = bytes === null ? null : answerViewOf(bytes)
    if (shown?.kind !== 'noise') return null
    const released = shown.answer.kind === 'monitor' ? shown.answer.tables : withheldTables(output, microRho)
    const { bands, mismatch } = file === null ? { bands: [], mismatch: null } : exposureFit(file.rows, output)
    const source = await sourceOf(node, recorded)
    return {
      source,
      output,
      microRho,
      released,
      bands,
      mismatch,
      exposure: mismatch === null ? (file?.rows ?? null) : null,
      asOf: source.stateAt === null ? null : monthOf(source.stateAt),
      isWithheld: isWithheldWhole(released),
    }
  }

  /** What a table says beside a file; null where its answer is not here or is not that of its request. */
  async function saidOf(node: ChainNode, recorded: Recorded, file: ReadFile | null) {
    const read = await readOf(node, recorded, file)
    if (read === null) return null
    if (thresholds.size > THRESHOLDS_MAX) thresholds.clear()
    const known = risksOf(node)
    // At the price of this table: the allowance may be shared among another number of the next ones.
    const { insurer } = budgetOf(node.ledger.state.consortium.policy).requesterMicroRho
    const tablesPerYear = Math.max(1, Math.round(insurer / read.microRho))
    const name = `${read.source.studyHash} ${tablesPerYear} ${read.mismatch === null ? (file?.version.hash ?? '') : ''}`
    const risk = known.get(name) ?? (await groupRisk({ ...read, tablesPerYear }, thresholds, pause))
    if (risk === null) return null
    remember(known, name, risk)
    return { ...read, risk }
  }

  /** Null where this institution has asked no such table. */
  async function recordedAt(node: ChainNode, studyHash: string): Promise<Recorded | null> {
    const row = await node.studies.index.studyOf(fromHex(studyHash))
    return row === null || !equalBytes(row.author, node.memberId) ? null : recordedOf(node, row)
  }

  /** Null where there is none of this hash, or where it does not open. */
  async function fileOf(node: ChainNode, hash: string | null): Promise<ReadFile | null> {
    if (hash === null) return null
    const book = exposureBook(world, node)
    const version = (await book.list()).find((each) => each.hash === hash)
    const rows = version === undefined ? null : await book.rows(version.hash)
    return version === undefined || rows === null ? null : { version, rows }
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
      const found: MonitorSource[] = []
      for (const recorded of await allRecorded(node)) found.push(await sourceOf(node, recorded))
      return found
    },
    async view({ studyHash, exposure }) {
      const node = nodeOf(context)
      const recorded = await recordedAt(node, studyHash)
      const file = await fileOf(node, exposure)
      const said = recorded === null ? null : await saidOf(node, recorded, file)
      if (said === null) return { kind: 'not-here' }
      const { source, mismatch, isWithheld, risk } = said
      await noteAlerts(node, source, risk.alerts)
      // Without a file that fits, nothing is expected and no group can be called: whether one changed is still not known.
      if (isWithheld || (file !== null && mismatch === null))
        await alertBook(world, node).markOpened(studyHash, world.now())
      return {
        kind: 'view',
        source,
        exposure: file === null ? null : shownFile(file),
        mismatch,
        isWithheld,
        ...risk,
        noted: [...(await alertBook(world, node).list())],
      }
    },
    async series({ exposure }) {
      const node = nodeOf(context)
      const file = await fileOf(node, exposure)
      const said: SaidTable[] = []
      for (const recorded of await allRecorded(node)) {
        const table = await saidOf(node, recorded, file)
        if (table !== null) said.push(table)
      }
      const tables = inOrderOfTime(said)
      const found = await persistingAlerts(tables, pause)
      for (const alert of found.persisting)
        await noteAlerts(node, { studyHash: alert.studyHash, lastMonth: alert.month }, [alert])
      return {
        kind: 'series',
        exposure: file === null ? null : shownFile(file),
        ...groupSeries(tables),
        ...found,
        noted: [...(await alertBook(world, node).list())],
      }
    },
    async drift({ exposure, earlier, later }) {
      const node = nodeOf(context)
      const file = await fileOf(node, exposure)
      const tableOf = async (studyHash: string) => {
        const recorded = await recordedAt(node, studyHash)
        return recorded === null ? null : saidOf(node, recorded, file)
      }
      const after = await tableOf(later)
      const before = earlier === later ? null : await tableOf(earlier)
      if (after === null || (before === null && earlier !== later)) return { kind: 'not-here' }
      const found = driftOf(before, after, file?.rows ?? null)
      if (found === null) return { kind: 'not-here' }
      return { kind: 'drift', exposure: file === null ? null : shownFile(file), ...found }
    },
    async noted() {
      const node = nodeOf(context)
      // Nobody else has tables of groups; an own study of theirs is not read for it.
      if (node.member?.kind !== 'insurer') return { alerts: [], unopened: [] }
      const book = alertBook(world, node)
      const opened = await book.opened()
      const unopened: MonitorNoted['unopened'] = []
      // Newest first: what is older than one that was opened is history.
      for (const { row, output } of await allRecorded(node)) {
        const studyHash = toHex(row.studyHash)
        if (opened.has(studyHash)) break
        unopened.push({ studyHash, lastMonth: output.lastMonth })
      }
      return { alerts: [...(await book.open())], unopened }
    },
    async look({ ids }) {
      return { looked: await alertBook(world, nodeOf(context)).look(ids, world.now()) }
    },
  }
}

/** Whoever computes here lets other work of the node through. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const shownFile = ({ version: { hash, fileName, importedAt } }: ReadFile): MonitorSeries['exposure'] => ({
  hash,
  fileName,
  importedAt,
})

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
