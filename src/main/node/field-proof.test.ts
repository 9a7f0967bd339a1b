import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { blockHashOf } from './chain/block.ts'
import type { ChainState } from './chain/chain-state.ts'
import {
  createInstitution,
  crypto,
  fieldsOf,
  finalise,
  flipped,
  foundConsortium,
  makeItem,
  sampleVisit,
  sealVisits,
  type Consortium,
} from './chain/consortium.test-kit.ts'
import { discloseField } from './chain/disclosure.ts'
import { decodeFieldProof, encodeFieldProof, verifyFieldProof, type FieldProof } from './chain/field-proof.ts'
import type { SealedRecord } from './chain/record.ts'
import { proveFinality } from './prove-finality.ts'
import { prepareChainStore, segmentWrites } from './storage/chain-store.ts'
import { createMemoryStore, type MemoryStore } from './storage/memory.ts'

const consortium = foundConsortium({ voters: 4 })
const { chainId, random } = consortium
const store: MemoryStore = createMemoryStore()
const records: SealedRecord[] = []
const fields = Array.from({ length: 12 }, (_, n) => fieldsOf(sampleVisit(n)))
let state: ChainState = consortium.start

/** Twelve blocks in six decisions; a fifth voter joins at the third, so that two epochs lie behind the last blocks. */
beforeAll(async () => {
  await prepareChainStore(store, consortium.signedGenesis, random(16))
  const newcomer = createInstitution(random, 'Fifth')
  const all: Consortium = { ...consortium, institutions: [...consortium.institutions, newcomer] }
  let next = 0
  for (const count of [1, 3, 1, 2, 4, 1]) {
    const height = state.height + 1
    const sealed = sealVisits(consortium, consortium.institutions[0]!, fields.slice(next, next + count))
    next += count
    records.push(...sealed)
    const items =
      height === 3
        ? [
            makeItem(
              consortium,
              consortium.institutions[0]!,
              { kind: 'membership', change: 'add', member: newcomer.member, approvals: [] },
              1,
            ),
          ]
        : []
    const { bundle, state: after } = finalise(all, state, { records: sealed, items })
    const { segment, certificate, heads } = bundle
    const blocks = heads.map((head, i) => ({
      index: state.blockCount + i,
      hash: blockHashOf(crypto, chainId, head),
      root: sealed[i]!.merkleRoot,
      head,
      body: sealed[i]!.body,
      sequence: null,
    }))
    const parts = { segment, certificate: certificate!, items: [...bundle.items] }
    await store.commit(segmentWrites(height, parts, blocks, []))
    state = after
  }
})

async function proofOf(index: number, leafIndex: number): Promise<FieldProof> {
  const found = await proveFinality(crypto, store, index, { isCancelled: () => false, onProgress: () => {} })
  if (found.kind !== 'proven') throw new Error(found.kind)
  const { dataKey, sizeClass } = records[index]!
  const disclosure = discloseField(crypto, chainId, dataKey, fields[index]!, sizeClass, leafIndex)!
  return { ...found.finality, disclosure }
}

describe('a field proof (T11, I13)', () => {
  it('proves any field of any block from the founding document alone, over changes of the voters', async () => {
    for (const index of fields.keys()) {
      const proof = await proofOf(index, index % 5)
      const [name, value] = fields[index]![index % 5]!
      expect(verifyFieldProof(crypto, encodeFieldProof(proof)), String(index)).toMatchObject({
        kind: 'proven',
        chainId,
        head: { index, merkleRoot: records[index]!.merkleRoot },
        voters: index < 7 ? 4 : 5,
        field: { name, value },
      })
    }
    expect((await proofOf(11, 0)).epochEnds).toHaveLength(1)
  })

  it('is refused with any byte changed', async () => {
    const bytes = encodeFieldProof(await proofOf(9, 3))
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        expect(verifyFieldProof(crypto, flipped(bytes, at, mask)).kind).toBe('refused')
      }),
      { numRuns: 500 },
    )
  })

  it('names what does not fit', async () => {
    const proof = await proofOf(9, 3)
    const other = await proofOf(4, 3)
    const verdict = (changed: Partial<FieldProof>) =>
      verifyFieldProof(crypto, encodeFieldProof({ ...proof, ...changed }))
    expect(verdict({ disclosure: other.disclosure })).toEqual({ kind: 'refused', reason: 'field' })
    expect(verdict({ head: other.head })).toEqual({ kind: 'refused', reason: 'not-in-chain' })
    expect(verdict({ decision: other.decision })).toEqual({ kind: 'refused', reason: 'epoch' })
    expect(verdict({ epochEnds: [] })).toEqual({ kind: 'refused', reason: 'epoch' })
    const [end] = proof.epochEnds
    expect(verdict({ epochEnds: [{ ...end!, nextVoters: end!.nextVoters.slice(1) }] })).toEqual({
      kind: 'refused',
      reason: 'voters',
    })
    // A stranger's own chain is whole in itself; its id says that it is another one.
    const forged = foundConsortium({ seed: 'forger', voters: 4 })
    expect(verdict({ signedGenesis: forged.signedGenesis })).toEqual({ kind: 'refused', reason: 'epoch' })
    expect(verifyFieldProof(crypto, new Uint8Array(5))).toEqual({ kind: 'refused', reason: 'malformed' })
  })

  it('holds nothing of the other fields, and nothing of other visits but hashes', async () => {
    const proof = await proofOf(9, 3)
    const bytes = Buffer.from(encodeFieldProof(proof))
    const shown = JSON.stringify(fields[9]![3])
    for (const [leafIndex, field] of fields[9]!.entries()) {
      if (leafIndex === 3) continue
      for (const text of field.flat().filter((part) => part !== null && part.length > 7))
        if (!shown.includes(text!)) expect(bytes.includes(Buffer.from(text!, 'utf8')), text!).toBe(false)
    }
    for (const [index, record] of records.entries())
      if (index !== 9) expect(bytes.includes(Buffer.from(record.merkleRoot)), String(index)).toBe(false)
    expect(bytes.includes(Buffer.from(records[9]!.dataKey))).toBe(false)
    // The number of fields is no part of it: leaves that hold none look alike.
    expect(proof.disclosure.leafCount).toBeGreaterThan(fields[9]!.length)
    expect(decodeFieldProof(new Uint8Array(bytes))).toEqual(proof)
  })

  it('is not made where the chain is damaged or not as far, and stops when asked to', async () => {
    const options = { isCancelled: () => false, onProgress: () => {} }
    expect(await proveFinality(crypto, store, 12, options)).toEqual({ kind: 'not-final' })
    expect(await proveFinality(crypto, store, 3, { ...options, isCancelled: () => true })).toEqual({
      kind: 'cancelled',
    })
  })
})
