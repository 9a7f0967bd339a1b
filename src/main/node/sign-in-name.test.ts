import { expect, it } from 'vitest'
import { present } from '../../shared/std/assert.ts'
import { crypto, foundConsortium } from './chain/consortium.test-kit.ts'
import { decodeSignedItem, openItemPart, sealItemPart, type Item } from './chain/item.ts'
import { createSignInName } from './sign-in-name.ts'

it('an item that is said again with another number has what is sealed in it sealed anew, for that number is bound to it', () => {
  const { chainId, random, institutions } = foundConsortium({ voters: 4 })
  const { member, authorSecret } = institutions[0]!
  const { memberId } = member
  const key = new Uint8Array(32).fill(7)
  let gateway = [{ epoch: 3, key }]
  const inName = createSignInName({
    crypto,
    random,
    chainId,
    memberId,
    ownKeys: { author: () => authorSecret, isReplaced: false },
    openingKeys: () => {
      throw new Error('no visit is signed')
    },
    gateway: () => gateway,
    items: () => {
      throw new Error('nothing is submitted')
    },
    expectWritable: async () => {},
    commit: (writes) => writes(),
  })
  const about = { kind: 'erasure', author: memberId } as const
  const content = new Uint8Array(40).fill(1)
  const sealed = sealItemPart(crypto, random, chainId, { ...about, sequence: 4 }, 3, key, content)
  const item: Item = { clear: { kind: 'erasure' }, sealed, author: memberId, sequence: 4, notAfterHeight: 90 }
  const again = present(inName.itemAgain(item, { sequence: 6, notAfterHeight: 91 }))
  const said = present(decodeSignedItem(crypto, again)).item
  expect(said).toMatchObject({ sequence: 6, notAfterHeight: 91, sealed: { epoch: 3 } })
  const opened = openItemPart(crypto, chainId, { ...about, sequence: 6 }, said.sealed!, key)
  expect(opened).toEqual(content)
  // Under another key of the author, and nothing else: as it was.
  expect(present(decodeSignedItem(crypto, present(inName.itemAgain(item)))).item).toEqual(item)
  gateway = []
  expect(inName.itemAgain(item, { sequence: 6, notAfterHeight: 91 })).toBeNull()
  expect(inName.itemAgain({ ...item, sealed: null }, { sequence: 6, notAfterHeight: 91 })).not.toBeNull()
})
