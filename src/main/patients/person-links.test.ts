import { expect, it } from 'vitest'
import type { MemberId } from '../node/chain/ids.ts'
import type { LinkContent, UnlinkContent } from '../node/chain/sealed-statements.ts'
import type { Statement } from '../node/hospital-statements.ts'
import { createNamesTable, registerRow } from './names-table.ts'
import { idsByKey, samePersonAt } from './person-links.ts'

const key = (n: number) => new Uint8Array(32).fill(n)
const hex = (n: number) => n.toString(16).padStart(2, '0').repeat(32)
const said = (height: number | null, author: number, content: LinkContent | UnlinkContent): Statement => ({
  content,
  author: new Uint8Array(16).fill(author) as MemberId,
  itemHash: `${author} ${JSON.stringify(height)}`,
  height,
})
const by = { userKeyId: 'clerk-1', at: 1_772_328_000_000 }
const link = (id: number, first: number, second: number): LinkContent => ({
  kind: 'link',
  linkId: new Uint8Array(16).fill(id),
  keyEpoch: 0,
  first: key(first),
  second: key(second),
  reason: 'duplicate',
  text: null,
  ...by,
})
const unlink = (id: number): UnlinkContent => ({
  kind: 'unlink',
  linkId: new Uint8Array(16).fill(id),
  reason: 'other',
  text: null,
  ...by,
})

it('makes one person of linked keys at the states of the chain at which the link holds', () => {
  const statements = [said(3, 1, link(1, 2, 1)), said(5, 1, link(2, 2, 3)), said(8, 1, unlink(2))]
  expect(samePersonAt(statements, 2)).toEqual([])
  expect(samePersonAt(statements, 3)).toEqual([[hex(1), hex(2)]])
  expect(samePersonAt(statements, 7)).toEqual([[hex(1), hex(2), hex(3)]])
  expect(samePersonAt(statements, 8)).toEqual([[hex(1), hex(2)]])
})

it('lets neither a link that waits nor another hospital’s end count', () => {
  expect(samePersonAt([said(null, 1, link(1, 1, 2))], 9)).toEqual([])
  expect(samePersonAt([said(1, 1, link(1, 1, 2)), said(2, 2, unlink(1))], 9)).toEqual([[hex(1), hex(2)]])
})

it('gives the same groups in the same order, whatever the order of the keys', () => {
  const one = [said(1, 1, link(1, 5, 6)), said(2, 1, link(2, 2, 1))]
  expect(samePersonAt(one, 9)).toEqual([
    [hex(1), hex(2)],
    [hex(5), hex(6)],
  ])
})

it('finds whoever was registered after somebody was erased, and the erased no more', async () => {
  const names = createNamesTable(key(9))
  const register = (name: string): string => {
    const row = registerRow({ name, sex: 'unknown', birthDate: '1970-01-01' }, 0)
    const staged = names.stage()
    staged.add(row)
    staged.apply()
    return row.patientId
  }
  const [ada, bob] = [register('Ada'), register('Bob')]
  const ids = async () => [...(await idsByKey(names, 1, (source) => `key of ${source}`)).values()].sort()
  expect(await ids()).toEqual([ada, bob].sort())
  names.remove([ada])
  const cid = register('Cid')
  expect(await ids()).toEqual([bob, cid].sort())
})
