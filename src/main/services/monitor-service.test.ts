/** The insurer's page from the very bytes of request and answer: what the node keeps of the alerts that somebody was shown. */
import { describe, expect, it } from 'vitest'
import { canonicalCohort } from '../../shared/domain/cohort.ts'
import { monitor as contract } from '../../shared/contract/monitor.ts'
import { EVERYBODY } from '../../shared/domain/everybody.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { exposureBook, summaryOf } from '../insurer/exposure-book.ts'
import { LAST_MONTH, madeExposure, madePatients, type MadeGroup } from '../insurer/insurer.test-kit.ts'
import { planMonitor } from '../insurer/monitor-request.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { rangeOf } from '../node/storage/buckets.ts'
import type { Write } from '../node/storage/store.ts'
import { importExposure } from '../pricing/monitor/exposure-csv.ts'
import { RELEASE_DEFAULTS } from '../privacy/answers/answer-policy.ts'
import { keyedNoise } from '../privacy/answers/noisy-tables.ts'
import { encodeRelease, WITHHELD } from '../privacy/answers/release.ts'
import { answerLaneA } from '../privacy/lane-a.ts'
import { encodeRequest, requestHash } from '../privacy/request/request-bytes.ts'
import { encodeDocument } from '../privacy/request/study-document.ts'
import type { ServiceContext } from './context.ts'
import { createMonitorService } from './monitor-service.ts'

const GENEROUS = 2_000_000
const rising: MadeGroup = { name: 'Wunderwerk AG', lives: 900, rate: (month) => (month < 6 ? 0.25 : 0.5) }
const steady = [1_500, 1_200, 900].map((lives, i): MadeGroup => ({ name: `G${i}`, lives, rate: () => 0.25 }))

async function office(groups: readonly MadeGroup[]) {
  const crypto = createNodeCrypto()
  const store = createMemoryStore()
  const bytes = (n: number, length = 32) => new Uint8Array(length).fill(n)
  const [chainId, memberId, studyHash] = [bytes(3), bytes(2, 16), bytes(4)]
  const text = `plan,group,ageBand,sex,month,memberMonths,premium\n${madeExposure(groups)
    .map(({ key, memberMonths, premiumMinor }) =>
      [key.plan, key.group, key.ageBand, key.sex, key.month, memberMonths, premiumMinor].join(','),
    )
    .join('\n')}\n`
  const file = importExposure(text)
  if (file.kind !== 'imported') throw new Error(file.kind)
  const plan = planMonitor(file.rows, 'Harvest Insurance', '2024-12')
  if (plan.kind !== 'plan') throw new Error(plan.kind)
  const cohortText = canonicalCohort(EVERYBODY)
  const request = {
    snapshot: bytes(1),
    cohort: crypto.sha256(utf8Encode(cohortText)),
    cleaning: null,
    followUp: null,
    output: plan.output,
    microRho: GENEROUS,
  }
  const requestBytes = encodeRequest(request)
  const noise = keyedNoise(crypto, bytes(9), chainId, requestHash(crypto, chainId, requestBytes))
  const labelOf = (name: string) => plan.output.groups.find(({ codes }) => codes.includes(name))!.label
  // What comes a month late has not come yet of the last one.
  const planLabelOf = (name: string) =>
    plan.output.plans?.find(({ codes }) => codes.includes(name))?.label ?? null
  const patients = madePatients(groups, labelOf, planLabelOf).map((rows) =>
    rows.filter((row) => row['watched-month'] !== LAST_MONTH || row['watched-delay'] !== '1'),
  )
  const answer = answerLaneA(request, patients, noise, RELEASE_DEFAULTS, null)
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
    studyHash,
    commitment: bytes(5),
    author: memberId,
    requesterClass: 'insurer',
    chargeKind: 'table',
    chargeMicroRho: GENEROUS,
    snapshotHash: bytes(1),
    of: null,
    time: 0,
    state: 'answered',
    result: { outcome: 'answered', attesters: [], time: 0, height: 9 },
  }
  const node = {
    store,
    write: (writes: readonly Write[]) => store.commit(writes),
    auditKeys: { list: () => [{ epoch: 1, key: bytes(7) }] },
    memberId,
    ledger: { chainId, state: { consortium: { members: [], snapshots: [], policy: {} } } },
    studies: {
      index: { list: async () => [row], studyOf: async () => row },
      exchange: {
        documentOf: async () => document,
        answerOf: async () => answer,
        answerHere: async () => here,
      },
    },
  }
  let here: Uint8Array | null = answer
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
  return {
    store,
    said,
    async view(exposure: string | null = summary.hash) {
      // A program that was started anew knows nothing of what it has shown.
      const monitor = createMonitorService(context)
      const [table] = await monitor.tables()
      const view = await monitor.view({ studyHash: table!.studyHash, exposure })
      if (view.kind !== 'view') throw new Error(view.kind)
      expect(contract.view.output.safeParse(view).error).toBeUndefined()
      return view
    },
    contents: async () => (await createMonitorService(context).tables()).map((table) => table.contents),
    holds: (bytes: Uint8Array | null) => (here = bytes),
    withheldBytes: encodeRelease(WITHHELD),
    dayLater: () => (now += 86_400_000),
    writes: (does: boolean) => (isWriting = does),
  }
}

describe('alerts of groups', () => {
  it('are noted once each, in the audit and in the list, whoever looks again and when (I11)', async () => {
    const { view, said, dayLater, store } = await office([rising, ...steady])
    const first = await view()
    const rises = first.alerts.filter(({ kind }) => kind === 'rise')
    expect(rises.map(({ label }) => label)).toEqual(['Wunderwerk AG'])
    const [rise] = rises
    expect(first.noted.find(({ kind }) => kind === 'rise')).toMatchObject({
      studyHash: '04'.repeat(32),
      lastMonth: '2024-12',
      label: 'Wunderwerk AG',
      since: rise!.since,
      month: rise!.month,
      ratio: rise!.ratio.ratio,
      notedAt: Date.UTC(2026, 5, 1, 4),
    })
    expect(first.noted).toHaveLength(first.alerts.length)
    expect(said).toHaveLength(first.alerts.length)
    const { operation, subject } = said.find(
      ({ subject: { alert } }: { subject: { alert?: string } }) => alert === 'rise',
    )!
    expect(operation).toBe('node.groupAlert')
    expect(subject).toMatchObject({ study: '04'.repeat(32), since: rise!.since, month: rise!.month })
    // An entry of the audit takes no blank, and so no such name.
    expect((subject as { group: string }).group).toMatch(/^[0-9a-f]{64}$/)
    dayLater()
    const [again, other] = await Promise.all([view(), view()])
    expect([again.noted, other.noted]).toEqual([first.noted, first.noted])
    expect(said).toHaveLength(first.alerts.length)
    // Without the file nothing is expected, and what was shown stays noted.
    expect(await view(null)).toMatchObject({ alerts: [], noted: first.noted })
    for await (const { value } of store.scan(rangeOf('x/y')))
      expect(Buffer.from(value).includes(Buffer.from('Wunderwerk'))).toBe(false)
  })
  it('of a plan stand beside those of groups, in the list and in the audit', async () => {
    const { view, said } = await office([
      { ...rising, plan: 'TOP' },
      ...steady.map((each) => ({ ...each, plan: 'BASIC' })),
    ])
    const { alerts, noted, plans } = await view()
    expect(plans!.groups.map(({ label }) => label)).toEqual(['BASIC', 'TOP'])
    expect(
      alerts.some(({ watched, kind, label }) => watched === 'plan' && kind === 'rise' && label === 'TOP'),
    ).toBe(true)
    expect(noted).toHaveLength(alerts.length)
    expect(said.map(({ subject }) => subject)).toContainEqual(
      expect.objectContaining({ alert: 'rise', plan: 'TOP' }),
    )
    expect((await view()).noted).toEqual(noted)
    expect(said).toHaveLength(alerts.length)
  })
  it('are not shown where the audit cannot say so, and are noted when it can', async () => {
    const { view, said, writes } = await office([rising, ...steady])
    writes(false)
    await expect(view()).rejects.toThrow('not writing')
    writes(true)
    const { alerts, noted } = await view()
    expect(noted).toHaveLength(alerts.length)
    expect(said).toHaveLength(alerts.length)
  })
  it('are none where nothing has changed', async () => {
    const { view, said } = await office(steady)
    expect(await view()).toMatchObject({ alerts: [], noted: [] })
    expect(said).toEqual([])
  })
})

describe('a table that the chain says was answered', () => {
  it('says whether its numbers are here, are still to come or were all withheld', async () => {
    const { contents, holds, withheldBytes } = await office(steady)
    expect(await contents()).toEqual(['numbers'])
    holds(null)
    expect(await contents()).toEqual(['to-come'])
    holds(withheldBytes)
    expect(await contents()).toEqual(['withheld'])
  })
})
