import { expect, it } from 'vitest'
import type { ExposureVersion } from '../../shared/contract/exposures.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import type { Write } from '../node/storage/store.ts'
import { exposureBook } from './exposure-book.ts'

const kept = {
  hash: 'ab'.repeat(32),
  fileName: 'exposure-synthetic.csv',
  rows: 1,
  memberMonths: 1,
  premiumMinor: 1,
  months: ['2026-01'],
  plans: ['P'],
  groups: ['A'],
  ageBands: ['0-34'],
  importedAt: 0,
}

it('reads versions that were kept before it was said who brought them, as people’s, whatever they are called', async () => {
  const store = createMemoryStore()
  const node = {
    store,
    write: (writes: readonly Write[]) => store.commit(writes),
    auditKeys: { list: () => [{ epoch: 1, key: new Uint8Array(32).fill(7) }] },
    ledger: { chainId: new Uint8Array(32).fill(3) },
  }
  const crypto = createNodeCrypto()
  const book = exposureBook({ crypto, random: (n) => new Uint8Array(n).fill(1) }, node as never)
  await book.keep(kept as unknown as ExposureVersion, utf8Encode('text'))
  expect(await book.list()).toEqual([{ ...kept, broughtBy: 'person' }])
})
