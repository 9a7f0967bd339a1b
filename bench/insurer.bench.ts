/**
 * The room Groups from recorded results: `npm run bench -- insurer [visits]` (1,000,000). From sealed rows in a store on disk to the whole page, as the
 * window asks for it; beside it, in the same run, the raw reading of the very same bytes. `first` is of a program that has just started.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex, utf8Encode } from '../src/shared/std/bytes.ts'
import { exposureBook, readExposure, summaryOf } from '../src/main/insurer/exposure-book.ts'
import { createNodeCrypto } from '../src/main/node/crypto-node.ts'
import { createNodeSeal } from '../src/main/node/access/node-seal.ts'
import type { ChainId } from '../src/main/node/chain/ids.ts'
import { createPolicy } from '../src/main/node/chain/policy.ts'
import { openLevelStore } from '../src/main/node/storage/level.ts'
import { exposureFileKey } from '../src/main/node/storage/buckets.ts'
import { put, type Write } from '../src/main/node/storage/store.ts'
import type { ServiceContext } from '../src/main/services/context.ts'
import { createMonitorService } from '../src/main/services/monitor-service.ts'
import { INSURER, recordedInsurer } from './insurer-results.ts'

const RUNS = 9
const wished = Number(process.argv[2] ?? 1_000_000)
const crypto = createNodeCrypto()
const fill = (n: number, length = 32): Uint8Array => new Uint8Array(length).fill(n)
const chainId = fill(3) as ChainId
const making = performance.now()
const recorded = recordedInsurer(crypto, chainId, fill(1), wished)
process.stderr.write(
  `${recorded.visits} visits were counted and answered in ${Math.round(performance.now() - making)} ms\n`,
)

const folder = await mkdtemp(join(tmpdir(), 'consilium-insurer-'))
const store = await openLevelStore(folder)
let dice = 1
const random = (n: number): Uint8Array =>
  Uint8Array.from({ length: n }, () => (dice = (dice * 16_807) % 2_147_483_647) & 255)
const keys = [{ epoch: 1, key: fill(7) }]
const seal = createNodeSeal(crypto, random, chainId, () => keys)
const keyOf = (name: string): Uint8Array => utf8Encode(`bench/${name}`)
await store.commit(
  (['document', 'answer'] as const).map((name) => put(keyOf(name), seal.seal(keyOf(name), recorded[name]))),
)
const read = async (name: 'document' | 'answer'): Promise<Uint8Array> => {
  const value = await store.get(keyOf(name))
  const content = value === null ? null : seal.open(keyOf(name), value)
  if (content === null) throw new Error(`no ${name}`)
  return content
}

const memberId = fill(2, 16)
const studyHash = fill(4)
const row = {
  studyHash,
  commitment: fill(5),
  author: memberId,
  requesterClass: 'insurer',
  chargeKind: 'table',
  chargeMicroRho: recorded.microRho,
  snapshotHash: fill(1),
  of: null,
  time: 0,
  state: 'answered',
  result: { outcome: 'answered', attesters: [], time: 0, height: 9 },
}
const node = {
  store,
  write: (writes: readonly Write[]) => store.commit(writes),
  auditKeys: { list: () => keys },
  memberId,
  member: { kind: 'insurer', name: INSURER, memberId },
  ledger: { chainId, state: { consortium: { members: [], snapshots: [], policy: createPolicy() } } },
  studies: {
    index: { list: async () => [row], studyOf: async () => row },
    exchange: {
      documentOf: () => read('document'),
      answerOf: () => read('answer'),
      answerHere: () => read('answer'),
    },
  },
}
const context = {
  world: { crypto, random, now: () => 0 },
  profile: () => ({ node, roster: null }),
  lease: () => null,
  audit: () => null,
} as unknown as ServiceContext
const file = readExposure(recorded.exposure)
if (file?.kind !== 'imported') throw new Error('the exposure file has errors')
const summary = summaryOf({ crypto }, 'exposure.csv', recorded.exposure, file)
await exposureBook({ crypto, random }, node as never).keep(
  { ...summary, importedAt: 0, broughtBy: 'person' },
  recorded.exposure,
)

/** What the room asks when it opens, by a service that knows nothing yet. */
async function open(monitor = createMonitorService(context)) {
  const start = performance.now()
  const used = process.cpuUsage()
  const [table] = await monitor.tables()
  const view = await monitor.view({ studyHash: table!.studyHash, exposure: summary.hash })
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(used)
  if (view.kind !== 'view' || view.mismatch !== null || view.isWithheld) throw new Error('no page')
  return { ms, cpuMs: (user + system) / 1_000, view, monitor }
}

async function raw(): Promise<number> {
  const start = performance.now()
  for (const key of [keyOf('document'), keyOf('answer'), exposureFileKey(crypto.sha256(recorded.exposure))])
    if ((await store.get(key)) === null) throw new Error('not recorded')
  return performance.now() - start
}

const first = await open()
const opened: number[] = []
const worked: number[] = []
const again: number[] = []
const bytes: number[] = []
for (let run = 0; run < RUNS; run++) {
  const { ms, cpuMs, monitor } = await open()
  opened.push(ms)
  worked.push(cpuMs)
  again.push((await open(monitor)).ms)
  bytes.push(await raw())
}
await store.close()
await rm(folder, { recursive: true, force: true })
const median = (values: readonly number[]): number =>
  Math.round(100 * values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!) / 100
const { groups, benchmark, funnel, cusums } = first.view
console.log(
  JSON.stringify({
    bench: 'insurer',
    visits: recorded.visits,
    groups: groups.length,
    exposureRows: file.rows.length,
    recordedBytes: recorded.document.length + recorded.answer.length + recorded.exposure.length,
    page: { funnel: funnel.points.length, charts: cusums.length, benchmark: benchmark.kind },
    firstMs: median([first.ms]),
    openMs: median(opened),
    openCpuMs: median(worked),
    againMs: median(again),
    rawReadingMs: median(bytes),
    ratio: Math.round(median(opened) / Math.max(0.01, median(bytes))),
    study: toHex(studyHash).slice(0, 8),
  }),
)
