/**
 * Recorded results of a large insurer among three, as the product's own code reads them: the very bytes of request and answer of an invented consortium, beside the
 * file that asked them. The demonstration is too small for some of it (months of late reporting, twenty groups); nothing of this is in the product.
 */
import { recordedInsurer, INSURER } from '../../bench/insurer-results.ts'
import { monitor } from '../../src/shared/contract/monitor.ts'
import type { ExposureVersion } from '../../src/shared/contract/exposures.ts'
import type { MonitorSource, MonitorView } from '../../src/shared/contract/monitor.ts'
import { exposureBook, readExposure, summaryOf } from '../../src/main/insurer/exposure-book.ts'
import { createNodeCrypto } from '../../src/main/node/crypto-node.ts'
import { createPolicy } from '../../src/main/node/chain/policy.ts'
import type { ChainId } from '../../src/main/node/chain/ids.ts'
import { createMemoryStore } from '../../src/main/node/storage/memory.ts'
import type { Write } from '../../src/main/node/storage/store.ts'
import type { ServiceContext } from '../../src/main/services/context.ts'
import { createMonitorService } from '../../src/main/services/monitor-service.ts'

export interface Recorded {
  readonly tables: readonly MonitorSource[]
  readonly files: readonly ExposureVersion[]
  readonly view: MonitorView
  readonly visits: number
  /** What the page asks when it opens, by a service that knows nothing yet: made anew from the recorded bytes. */
  answer(channel: 'monitor.tables' | 'exposures.list' | 'monitor.view'): Promise<unknown>
}

/** A year in which one group rises, and claims come within half a year. */
export async function recordedYear(visits: number, rising: string): Promise<Recorded> {
  const crypto = createNodeCrypto()
  const fill = (n: number, length = 32): Uint8Array => new Uint8Array(length).fill(n)
  const [chainId, memberId, studyHash] = [fill(3) as ChainId, fill(2, 16), fill(4)]
  const recorded = recordedInsurer(crypto, chainId, fill(1), visits, {
    delays: [0.4, 0.25, 0.14, 0.1, 0.07, 0.04],
    rising,
  })
  const store = createMemoryStore()
  let dice = 1
  const random = (n: number): Uint8Array =>
    Uint8Array.from({ length: n }, () => (dice = (dice * 16_807) % 2_147_483_647) & 255)
  const row = {
    studyHash,
    commitment: fill(5),
    author: memberId,
    requesterClass: 'insurer',
    chargeKind: 'registered-model',
    chargeMicroRho: recorded.microRho,
    snapshotHash: fill(1),
    of: null,
    time: 0,
    state: 'answered',
    result: { outcome: 'answered', attesters: [fill(1), fill(2), fill(3)], time: 0, height: 9 },
  }
  const consortium = { members: [], snapshots: [], policy: createPolicy() }
  const node = {
    store,
    write: (writes: readonly Write[]) => store.commit(writes),
    auditKeys: { list: () => [{ epoch: 1, key: fill(7) }] },
    memberId,
    member: { kind: 'insurer', name: INSURER, memberId },
    ledger: { chainId, state: { consortium } },
    studies: {
      index: { list: async () => [row], studyOf: async () => row },
      exchange: {
        documentOf: async () => recorded.document,
        answerOf: async () => recorded.answer,
        answerHere: async () => recorded.answer,
      },
    },
  }
  const context = {
    world: { crypto, random, now: () => Date.UTC(2026, 1, 3, 2) },
    profile: () => ({ node, roster: null }),
    lease: () => null,
    audit: () => null,
  } as unknown as ServiceContext
  const file = readExposure(recorded.exposure)
  if (file?.kind !== 'imported') throw new Error('the exposure file has errors')
  const book = exposureBook({ crypto, random }, node as never)
  await book.keep(
    {
      ...summaryOf({ crypto }, 'exposure-2024.csv', recorded.exposure, file),
      importedAt: Date.UTC(2026, 1, 2),
      broughtBy: 'person',
    },
    recorded.exposure,
  )
  const tables = await createMonitorService(context).tables()
  const files = [...(await book.list())] as ExposureVersion[]
  const viewed = async () =>
    monitor.view.output.parse(
      await createMonitorService(context).view({
        studyHash: tables[0]!.studyHash,
        exposure: files[0]!.hash,
      }),
    )
  const view = await viewed()
  if (view.kind !== 'view') throw new Error(view.kind)
  return {
    tables,
    files,
    view,
    visits: recorded.visits,
    answer: async (channel) => {
      switch (channel) {
        case 'monitor.tables':
          return createMonitorService(context).tables()
        case 'exposures.list':
          return book.list()
        case 'monitor.view':
          return viewed()
      }
    },
  }
}
