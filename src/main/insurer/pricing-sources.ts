/**
 * Where pricing takes its numbers from: monitoring tables that this institution was answered, and its own exposure file. Nothing of it opens a
 * record, and nothing is asked.
 */
import { equalBytes, fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { MemberId } from '../node/chain/ids.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { commitmentOf } from '../node/chain/study-items.ts'
import { resultHashOf } from '../node/studies/envelope.ts'
import { resultBy, type RecordedResult } from '../pricing/model/recorded-table.ts'
import type { ExposureRow, GatedTable } from '../pricing/monitor/cells.ts'
import { readDocument } from '../privacy/request/study-document.ts'
import { monthsUpTo, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import type { ExposureVersion } from '../../shared/contract/exposures.ts'
import type { NoisyAnswer } from '../../shared/contract/answers.ts'
import type { WatchLevel } from '../../shared/domain/group-alert.ts'
import type { AnswerSource } from '../../shared/domain/release-mark.ts'
import type { RequestOutput } from '../../shared/domain/request-output.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { answerSource } from '../requests/answer-source.ts'
import { answerViewOf } from '../requests/answer-view.ts'
import { questionOf } from '../requests/question-of.ts'
import { snapshotViews } from '../requests/rows.ts'
import { ageBandsOf, type AgeBand } from './age-bands.ts'
import { exposureBook } from './exposure-book.ts'
import { exposureFit } from './exposure-fit.ts'
import { exposureOf } from './group-risk.ts'
import { byPlan } from './monitor-request.ts'
import { monitorTables, type MonitorTables, type WatchedTables } from './monitor-tables.ts'
import { monthOf } from './month-of.ts'

export interface ExposureFile {
  readonly hash: string
  readonly name: string
  readonly importedAt: number
  readonly broughtBy: ExposureVersion['broughtBy']
  readonly months: readonly string[]
}

export type PricedPair =
  | {
      readonly kind: 'pair'
      /** Of one unit, in the words of the file's age bands. */
      readonly result: RecordedResult
      /** In the groups, or plans, and months of the result. */
      readonly exposure: readonly ExposureRow[]
    }
  | { readonly kind: 'no-such-result' | 'no-such-exposure' }
  /** The file's months, groups or age bands are others than those of the table. */
  | { readonly kind: 'mismatch'; readonly what: 'bands' | 'months' | 'groups' }

export interface AnsweredIncidence {
  readonly studyHash: string
  readonly title: string
  readonly snapshot: string
  readonly cohort: string
  /** Its definition's text: what begins and ends the time under observation. */
  readonly followUp: string | null
  readonly output: Extract<RequestOutput, { kind: 'kaplan-meier' | 'cox' }>
  readonly answer: Extract<NoisyAnswer, { kind: 'curves' | 'effects' }>
}

export interface PricingSources {
  /** Newest first. */
  results(): Promise<readonly RecordedResult[]>
  exposures(): Promise<readonly ExposureFile[]>
  /** @param unit groups or plans: whose tables, and under whose labels the exposure stands */
  pair(
    source: { readonly studyHash: string; readonly exposureHash: string },
    unit: WatchLevel,
  ): Promise<PricedPair>
  /** Answered curves and Cox models with noise, of this institution, newest first. */
  incidences(): Promise<readonly AnsweredIncidence[]>
  /** What stands on numbers of an answer that leave; null where there is no such answer. */
  markOf(studyHash: string): Promise<AnswerSource | null>
  /** What proves an answer against the chain; null where its bytes are not here. */
  proofOf(studyHash: string): Promise<{ readonly document: Bytes; readonly answer: Bytes } | null>
  /** The answer of bytes that somebody brought, in the words of their age bands; null unless the chain names just these bytes. */
  proven(
    studyHash: string,
    document: Bytes,
    answer: Bytes,
    ageBands: readonly string[],
  ): Promise<RecordedResult | null>
}

const ROWS_MAX = 500

export function createPricingSources(
  world: Pick<ProfileWorld, 'crypto' | 'random'>,
  node: () => ChainNode,
): PricingSources {
  const { crypto } = world

  async function bytesOf(row: StudyRow): Promise<{ document: Bytes; answer: Bytes } | null> {
    if (row.result?.outcome !== 'answered' || row.chargeKind === 'by-rule') return null
    const { exchange } = node().studies
    const document = await exchange.documentOf(row.commitment)
    const answer = document === null ? null : await exchange.answerOf(row.studyHash)
    return document === null || answer === null ? null : { document, answer }
  }

  /** A repeat says what the first one said. */
  async function paidRowOf(row: StudyRow): Promise<StudyRow> {
    if (row.chargeKind !== 'repeat' || row.of === null) return row
    return (await node().studies.index.studyOf(row.of)) ?? row
  }

  async function read(
    row: StudyRow,
    bytes: { readonly document: Bytes; readonly answer: Bytes },
    bandsOf: (output: MonitorOutput) => readonly AgeBand[],
  ): Promise<{ result: RecordedResult; output: MonitorOutput } | null> {
    const opened = openedMonitor(crypto, node().ledger.chainId, bytes)
    if (opened === null) return null
    const { output, released, cohort, title } = opened
    const { chargeMicroRho } = await paidRowOf(row)
    const tables = monitorTables(output, chargeMicroRho, released, bandsOf(output))
    if (tables === null) return null
    const months = monthsUpTo(output.lastMonth, output.months)
    const snapshot = toHex(row.snapshotHash)
    const stateAt = (await snapshotViews(node())).find(({ hash }) => hash === snapshot)?.stateAt ?? null
    const result: RecordedResult = {
      studyHash: toHex(row.studyHash),
      resultHash: toHex(row.result!.resultHash),
      snapshot,
      cohort,
      title,
      at: row.result!.time,
      from: months[0]!,
      to: output.lastMonth,
      costMost: output.costMost,
      tables: pricedTables(tables),
      reported: { ...tables.reporting, asOf: stateAt === null ? null : monthOf(stateAt) },
    }
    return { result, output }
  }

  async function ownRow(studyHash: string): Promise<StudyRow | null> {
    const row = await node().studies.index.studyOf(fromHex(studyHash))
    return row !== null && equalBytes(row.author, node().memberId) ? row : null
  }

  return {
    async results() {
      const author = node().memberId as MemberId
      const rows = await node().studies.index.list({ author, limit: ROWS_MAX })
      const found: RecordedResult[] = []
      for (const row of rows) {
        if (row.chargeKind === 'repeat' || row.chargeKind === 'recompute') continue
        const bytes = await bytesOf(row)
        const opened = bytes === null ? null : await read(row, bytes, () => [])
        if (opened !== null) found.push(opened.result)
      }
      return found
    },
    async exposures() {
      const versions = await exposureBook(world, node()).list()
      return versions.map(({ hash, fileName, importedAt, broughtBy, months }) => ({
        hash,
        name: fileName,
        importedAt,
        broughtBy,
        months,
      }))
    },
    async pair({ studyHash, exposureHash }, unit) {
      const row = await ownRow(studyHash)
      const bytes = row === null ? null : await bytesOf(row)
      if (row === null || bytes === null) return { kind: 'no-such-result' }
      const rows = await exposureBook(world, node()).rows(exposureHash)
      if (rows === null) return { kind: 'no-such-exposure' }
      const opened = await read(row, bytes, (output) => exposureFit(rows, output).bands)
      if (opened === null) return { kind: 'no-such-result' }
      const what = exposureFit(rows, opened.output).mismatch
      if (what !== null) return { kind: 'mismatch', what }
      return {
        kind: 'pair',
        result: resultBy(opened.result, unit),
        exposure: exposureBy(unit, rows, opened.output),
      }
    },
    async incidences() {
      const { crypto: hashes } = world
      const author = node().memberId as MemberId
      const rows = await node().studies.index.list({ author, limit: ROWS_MAX })
      const found: AnsweredIncidence[] = []
      for (const row of rows) {
        if (row.chargeKind === 'repeat' || row.chargeKind === 'recompute') continue
        const bytes = await bytesOf(row)
        const document = bytes === null ? null : readDocument(bytes.document)
        const question = document === null ? null : questionOf(hashes, node().ledger.chainId, document)
        const view = bytes === null ? null : answerViewOf(bytes.answer)
        if (question?.lane !== 'noise' || view?.kind !== 'noise') continue
        const { output } = question
        const { answer } = view
        if (output.kind !== 'kaplan-meier' && output.kind !== 'cox') continue
        if (answer.kind !== 'curves' && answer.kind !== 'effects') continue
        found.push({
          studyHash: toHex(row.studyHash),
          title: document!.title,
          snapshot: toHex(row.snapshotHash),
          cohort: question.cohortHash,
          followUp: document!.followUpText,
          output,
          answer,
        })
      }
      return found
    },
    markOf: (studyHash) => answerSource(node(), studyHash),
    async proofOf(studyHash) {
      const row = await ownRow(studyHash)
      return row === null ? null : bytesOf(row)
    },
    async proven(studyHash, document, answer, ageBands) {
      const row = await node().studies.index.studyOf(fromHex(studyHash))
      const { chainId } = node().ledger
      const commitment = row === null ? null : commitmentOf(crypto, chainId, row.author, document)
      if (row === null || row.result === null || commitment === null) return null
      if (!equalBytes(commitment, row.commitment)) return null
      if (!equalBytes(resultHashOf(crypto, chainId, answer), row.result.resultHash)) return null
      const bands = ageBandsOf(ageBands)
      return (
        (await read(row, { document, answer }, () => (bands.kind === 'bands' ? bands.bands : [])))?.result ??
        null
      )
    },
  }
}

/** What is priced of a monitoring table. Those of plans come with the plan where a group stands, and get its name. */
export const pricedTables = (tables: MonitorTables): readonly GatedTable[] => [
  ...ofUnit(tables),
  ...(tables.plans === null ? [] : ofUnit(tables.plans).map(asOfPlans)),
]

const ofUnit = ({ claims, cost, claimsByMonth }: WatchedTables): readonly GatedTable[] => [
  claims,
  cost,
  claimsByMonth,
]

const asOfPlans = ({ axes, cells, ...table }: GatedTable): GatedTable => ({
  ...table,
  axes: axes.map((axis) => (axis === 'group' ? 'plan' : axis)),
  cells: cells.map(({ key: { group, ...key }, ...cell }) => ({ ...cell, key: { ...key, plan: group! } })),
})

/** The file's lines under the labels of the table's groups, or plans. */
export const exposureBy = (
  unit: WatchLevel,
  rows: readonly ExposureRow[],
  output: MonitorOutput,
): readonly ExposureRow[] =>
  unit === 'group'
    ? exposureOf(rows, output)
    : exposureOf(byPlan(rows), { ...output, groups: output.plans ?? [] }).map(({ key, ...row }) => ({
        ...row,
        key: { ...key, plan: key.group, group: '' },
      }))

/** Null for what is no answered monitoring table, and for one that says only that there are too few. */
function openedMonitor(
  crypto: Crypto,
  chainId: Bytes,
  bytes: { readonly document: Bytes; readonly answer: Bytes },
): {
  output: MonitorOutput
  released: readonly (readonly (number | null)[])[]
  cohort: string
  title: string
} | null {
  const document = readDocument(bytes.document)
  const question = document === null ? null : questionOf(crypto, chainId, document)
  if (document === null || question?.lane !== 'noise' || question.output.kind !== 'monitor') return null
  const view = answerViewOf(bytes.answer)
  if (view?.kind !== 'noise' || view.answer.kind !== 'monitor') return null
  return {
    output: question.output,
    released: view.answer.tables,
    cohort: question.cohortHash,
    title: document.title,
  }
}
