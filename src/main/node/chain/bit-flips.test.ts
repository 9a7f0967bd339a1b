/** T03: one bit of whatever a node holds of the chain is another, ten thousand times, and each time it is found. */
import { beforeAll, describe, expect, it } from 'vitest'
import { toHex } from '../../../shared/std/bytes.ts'
import { openWithKey } from '../check-records.ts'
import {
  crypto,
  fieldsOf,
  finalise,
  foundConsortium,
  makeItem,
  sampleVisit,
  sealVisits,
  seededRandom,
} from './consortium.test-kit.ts'
import type { SealedRecord } from './record.ts'
import type { SegmentBundle } from './segment.ts'
import { startVerification } from './verify-chain.ts'

const consortium = foundConsortium({ voters: 1 })
const { chainId, signedGenesis } = consortium
const dice = seededRandom('T03')
let records: SealedRecord[] = []
let bundle: SegmentBundle

beforeAll(() => {
  const author = consortium.institutions[0]!
  records = sealVisits(
    consortium,
    author,
    [1, 2, 3].map((n) => fieldsOf(sampleVisit(n))),
  )
  const item = makeItem(
    consortium,
    author,
    { kind: 'policy', name: 'smallestCount', value: 12, approvals: [] },
    1,
  )
  bundle = finalise(consortium, consortium.start, { records, items: [item] }).bundle
})

const below = (limit: number) => {
  const [a, b, c, d] = dice(4)
  return (((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0) % limit
}
function withOneBit(bytes: Uint8Array): Uint8Array {
  const changed = bytes.slice()
  const bit = below(bytes.length * 8)
  changed[bit >> 3]! ^= 1 << (bit & 7)
  return changed
}

function verify(genesis: Uint8Array, chain: SegmentBundle) {
  const started = startVerification(crypto, genesis, { areBodiesNeeded: true, chainId })
  return started.kind === 'broken' ? started : started.verifier.next(chain)
}

describe('T03: a single changed bit', () => {
  it('of the founding, a segment, its certificate, a head, an item or a body is found, and the height is named', () => {
    expect(verify(signedGenesis, bundle).kind).not.toBe('broken')
    const missed: string[] = []
    for (let i = 0; i < 2_000; i++) {
      const part = (['genesis', 'segment', 'certificate', 'heads', 'items', 'bodies'] as const)[i % 6]!
      const change = (list: readonly (Uint8Array | null)[]) => {
        const at = below(list.length)
        return list.map((each, position) => (position === at ? withOneBit(each!) : each))
      }
      const result =
        part === 'genesis'
          ? verify(withOneBit(signedGenesis), bundle)
          : verify(
              signedGenesis,
              part === 'segment' || part === 'certificate'
                ? { ...bundle, [part]: withOneBit(bundle[part]!) }
                : { ...bundle, [part]: change(bundle[part]!) },
            )
      if (result.kind !== 'broken' || (part !== 'genesis' && result.height !== 1)) missed.push(`${i} ${part}`)
    }
    expect(missed).toEqual([])
  })

  it('of a sealed body, of what commits to it, or of its key opens nothing', () => {
    const { member } = consortium.institutions[0]!
    const keys = { chainId, authorKeys: new Map([[toHex(member.memberId), member.authorKey]]) }
    const open = (record: SealedRecord) =>
      openWithKey(crypto, keys, record, record.dataKey.slice(), null).kind
    expect(records.map(open)).not.toContain('refused')
    const missed: string[] = []
    for (let i = 0; i < 8_000; i++) {
      const record = records[i % records.length]!
      const part = (['body', 'merkleRoot', 'keyCommitment', 'dataKey'] as const)[i % 4]!
      const changed = { ...record, [part]: withOneBit(record[part]) } as SealedRecord
      if (open(changed) !== 'refused') missed.push(`${i} ${part} ${toHex(record.merkleRoot)}`)
    }
    expect(missed).toEqual([])
  })
})
