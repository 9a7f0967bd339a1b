/** An insurer's node with recorded monitoring tables, from the very bytes of requests and answers, and its exposure file. */
import { expect } from 'vitest'
import { canonicalCohort } from '../../shared/domain/cohort.ts'
import { monitor as contract } from '../../shared/contract/monitor.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import { exposureBook, summaryOf } from '../insurer/exposure-book.ts'
import {
  LAST_MONTH,
  madeExposure,
  madePatients,
  MONTHS,
  type MadeGroup,
} from '../insurer/insurer.test-kit.ts'
import { planMonitor } from '../insurer/monitor-request.ts'
import { createPolicy } from '../node/chain/policy.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import type { Write } from '../node/storage/store.ts'
import { importExposure } from '../pricing/monitor/exposure-csv.ts'
import { RELEASE_DEFAULTS } from '../privacy/answers/answer-policy.ts'
import { keyedNoise } from '../privacy/answers/noisy-tables.ts'
import { encodeRelease, WITHHELD } from '../privacy/answers/release.ts'
import { answerLaneA } from '../privacy/lane-a.ts'
import { monthsUpTo } from '../privacy/request/monitor-output.ts'
import { encodeRequest, requestHash } from '../privacy/request/request-bytes.ts'
import { encodeDocument } from '../privacy/request/study-document.ts'
import type { Patient } from '../privacy/request/tabulate.ts'
import type { ServiceContext } from './context.ts'
import { createMonitorService } from './monitor-service.ts'

export const GENEROUS = 2_000_000
const bytes = (n: number, length = 32) => new Uint8Array(length).fill(n)

export interface MadeOffice {
  /** Last months of the tables, in the order in which they were asked; of the year 2024 alone by default. */
  readonly lastMonths?: readonly string[]
  /** Months of the exposure file, oldest first; places of rates are counted from its first. */
  readonly months?: readonly string[]
  /** What the records say of the members beside their visits. */
  readonly patients?: (patients: readonly Patient[], lastMonth: string) => readonly Patient[]
  /** What each table costs. */
  readonly microRho?: number
}

/** What a table of these months has of a patient; what comes a month late has not come yet of the last one. */
function within(patients: readonly Patient[], months: ReadonlySet<string>, lastMonth: string): Patient[] {
  return patients.flatMap((rows) => {
    const kept = rows.filter((row) => {
      const month = row['watched-month']
      if (typeof month !== 'string') return true
      return months.has(month) && (month !== lastMonth || row['watched-delay'] !== '1')
    })
    return kept.some((row) => 'watched-month' in row) ? [kept] : []
  })
}

export async function office(
  groups: readonly MadeGroup[],
  {
    lastMonths = [LAST_MONTH],
    months = MONTHS,
    patients: changed = (each) => each,
    microRho = GENEROUS,
  }: MadeOffice = {},
) {
  const crypto = createNodeCrypto()
  const store = createMemoryStore()
  const [chainId, memberId] = [bytes(3), bytes(2, 16)]
  const text = `plan,group,ageBand,sex,month,memberMonths,premium\n${madeExposure(groups, months)
    .map(({ key, memberMonths, premiumMinor }) =>
      [key.plan, key.group, key.ageBand, key.sex, key.month, memberMonths, premiumMinor].join(','),
    )
    .join('\n')}\n`
  const file = importExposure(text)
  if (file.kind !== 'imported') throw new Error(file.kind)
  const cohortText = canonicalCohort(EVERYBODY)
  const recorded = lastMonths.map((lastMonth, i) => {
    const known = file.rows.filter(({ key }) => key.month <= lastMonth)
    const plan = planMonitor(known, 'Harvest Insurance', lastMonth)
    if (plan.kind !== 'plan') throw new Error(plan.kind)
    const { output } = plan
    const request = {
      snapshot: bytes(1 + i),
      cohort: crypto.sha256(utf8Encode(cohortText)),
      cleaning: null,
      followUp: null,
      output,
      microRho,
    }
    const requestBytes = encodeRequest(request)
    const noise = keyedNoise(crypto, bytes(9), chainId, requestHash(crypto, chainId, requestBytes))
    const labelOf = (name: string) => output.groups.find(({ codes }) => codes.includes(name))!.label
    const planLabelOf = (name: string) =>
      output.plans?.find(({ codes }) => codes.includes(name))?.label ?? null
    const all = madePatients(groups, labelOf, planLabelOf, { months })
    const window = new Set(monthsUpTo(output.lastMonth, output.months))
    const answer = answerLaneA(
      request,
      changed(within(all, window, lastMonth), lastMonth),
      noise,
      RELEASE_DEFAULTS,
      null,
    )
    const document = encodeDocument({
      salt: bytes(0),
      lane: 'noise',
      requestBytes,
      cohortText,
      cleaningText: null,
      followUpText: null,
      studyText: null,
      purpose: 'group-monitoring',
      title: 'Monitoring of own groups',
    })
    const row = {
      studyHash: bytes(4 + i),
      commitment: bytes(50 + i),
      author: memberId,
      requesterClass: 'insurer',
      chargeKind: 'table',
      chargeMicroRho: microRho,
      snapshotHash: bytes(1 + i),
      of: null,
      time: i,
      state: 'answered',
      result: { outcome: 'answered', attesters: [], time: i, height: 9 + i },
    }
    return { row, document, answer }
  })
  let answersRead = 0
  const at = (hash: Uint8Array) =>
    recorded.find(({ row }) => toHex(row.studyHash) === toHex(hash)) ?? recorded[0]!
  const node = {
    store,
    write: (writes: readonly Write[]) => store.commit(writes),
    auditKeys: { list: () => [{ epoch: 1, key: bytes(7) }] },
    memberId,
    member: { kind: 'insurer', name: 'Harvest Insurance', memberId },
    ledger: { chainId, state: { consortium: { members: [], snapshots: [], policy: createPolicy() } } },
    studies: {
      index: {
        list: async () => recorded.map(({ row }) => row).toReversed(),
        studyOf: async (hash: Uint8Array) => at(hash).row,
      },
      exchange: {
        documentOf: async (_commitment: Uint8Array, studyHash: Uint8Array) => at(studyHash).document,
        answerOf: async (hash: Uint8Array) => {
          answersRead++
          return at(hash).answer
        },
        answerHere: async (hash: Uint8Array) => (held === 'own' ? at(hash).answer : held),
      },
    },
  }
  /** What lies here of every answer: its own bytes, none, or others. */
  let held: Uint8Array | 'own' | null = 'own'
  let now = Date.UTC(2026, 5, 1, 4)
  let dice = 1
  const random = (n: number) =>
    Uint8Array.from({ length: n }, () => (dice = (dice * 16_807) % 2_147_483_647) & 255)
  const said: { operation: string; subject: object }[] = []
  let isWriting = true
  const context = {
    world: { crypto, random, now: () => now },
    profile: () => ({ node, roster: null }),
    lease: () => null,
    audit: () => ({
      say: async (operation: string, { subject }: { subject: object }) => {
        if (!isWriting) throw new Error('the audit is not writing')
        said.push({ operation, subject })
      },
    }),
  } as unknown as ServiceContext
  const summary = summaryOf({ crypto }, 'exposure.csv', utf8Encode(text), file)
  await exposureBook({ crypto, random }, node as never).keep(
    { ...summary, importedAt: 0, broughtBy: 'person' },
    utf8Encode(text),
  )
  /** A program that was started anew knows nothing of what it has shown. */
  const monitor = () => createMonitorService(context)
  return {
    store,
    said,
    monitor,
    exposure: summary.hash,
    answersRead: () => answersRead,
    hashes: recorded.map(({ row }) => toHex(row.studyHash)),
    contents: async () => (await monitor().tables()).map((table) => table.contents),
    holds: (bytes: Uint8Array | null) => (held = bytes),
    withheldBytes: encodeRelease(WITHHELD),
    async noted() {
      const noted = await monitor().noted()
      expect(contract.noted.output.safeParse(noted).error).toBeUndefined()
      return noted
    },
    async view(exposure: string | null = summary.hash) {
      const service = monitor()
      const [table] = await service.tables()
      const view = await service.view({ studyHash: table!.studyHash, exposure })
      if (view.kind !== 'view') throw new Error(view.kind)
      expect(contract.view.output.safeParse(view).error).toBeUndefined()
      return view
    },
    async series(exposure: string | null = summary.hash) {
      const series = await monitor().series({ exposure })
      expect(contract.series.output.safeParse(series).error).toBeUndefined()
      return series
    },
    async drift(earlier: number, later: number, exposure: string | null = summary.hash) {
      const of = (i: number) => toHex(recorded[i]!.row.studyHash)
      const drift = await monitor().drift({ exposure, earlier: of(earlier), later: of(later) })
      if (drift.kind !== 'drift') throw new Error(drift.kind)
      expect(contract.drift.output.safeParse(drift).error).toBeUndefined()
      return drift
    },
    dayLater: () => (now += 86_400_000),
    writes: (does: boolean) => (isWriting = does),
  }
}
