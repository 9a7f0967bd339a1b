import { describe, expect, it } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { crypto, finalise, foundConsortium, makeItem, type Institution } from './chain/consortium.test-kit.ts'
import { itemHashOf, sealItemPart } from './chain/item.ts'
import { encodeSealedContent } from './chain/sealed-content.ts'
import { openHospitalStatements } from './hospital-statements.ts'
import { segmentKey, statementKey } from './storage/buckets.ts'
import { prepareChainStore, segmentWrites } from './storage/chain-store.ts'
import { createMemoryStore } from './storage/memory.ts'
import { put } from './storage/store.ts'
import { checkedValue } from './storage/value.ts'

describe('what hospitals said', () => {
  it('in a segment that is damaged is missed no longer than until it is mended', async () => {
    const consortium = foundConsortium({ voters: 4 })
    const { chainId, random, start } = consortium
    const [hospital] = consortium.institutions as [Institution]
    const author = hospital.member.memberId
    const key = random(32)
    const erasureId = random(16)
    const content = { kind: 'erasure-withdrawal', erasureId, userKeyId: 'a', at: 1 } as const
    const about = { kind: 'sealed', author, sequence: 1 } as const
    const sealed = sealItemPart(crypto, random, chainId, about, 0, key, encodeSealedContent(content))
    const item = makeItem(consortium, hospital, { kind: 'sealed' }, 1, { sealed })
    const { bundle } = finalise(consortium, start, { items: [item] })

    const store = createMemoryStore()
    await prepareChainStore(store, consortium.signedGenesis, random(16))
    const certificate = present(bundle.certificate)
    const parts = { segment: bundle.segment, certificate, items: [...bundle.items] }
    await store.commit(segmentWrites(1, parts, [], []))
    const at = statementKey(1, itemHashOf(crypto, chainId, item))
    await store.commit([put(at, checkedValue(at, new Uint8Array(0)))])
    const segment = present(await store.get(segmentKey(1)))
    await store.commit([put(segmentKey(1), new Uint8Array(40))])

    const statements = openHospitalStatements({
      store,
      crypto,
      chainId,
      gateway: () => [{ epoch: 0, key }],
      hasEpoch: () => true,
      waiting: () => [],
      say: async () => null,
    })
    expect(await statements.list()).toEqual([])
    await store.commit([put(segmentKey(1), segment)])
    expect(await statements.list()).toMatchObject([{ content, author, height: 1 }])
  })
})
