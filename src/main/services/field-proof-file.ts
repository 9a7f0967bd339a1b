/** The file of a field proof: JSON around the proof's bytes, and what a check of it says. Needs no profile. */
import type { CheckedProof } from '../../shared/contract/proofs.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { blockHashOf, encodeHead } from '../node/chain/block.ts'
import { encodeFieldProof, verifyFieldProof, type FieldProof } from '../node/chain/field-proof.ts'
import type { Crypto } from '../node/crypto/crypto.ts'

const FORMAT = 'consilium-field-proof'

export function fieldProofToText(proof: FieldProof): string {
  const bytes = Buffer.from(encodeFieldProof(proof)).toString('base64')
  return `${JSON.stringify({ format: FORMAT, version: 1, proof: bytes }, null, 2)}\n`
}

/** `here` is for whoever has a chain to compare with; this says `no-chain`. */
export function checkFieldProofText(crypto: Crypto, text: string): CheckedProof {
  const bytes = proofBytesOf(text)
  if (bytes === null) return { kind: 'refused', reason: 'not-a-proof' }
  const proven = verifyFieldProof(crypto, bytes)
  if (proven.kind === 'refused') return proven
  const { chainId, consortium, head, height, signatures, voters, field } = proven
  return {
    kind: 'proven',
    consortium,
    chainId: toHex(chainId),
    here: 'no-chain',
    index: head.index,
    blockHash: toHex(blockHashOf(crypto, chainId, encodeHead(head))),
    merkleRoot: toHex(head.merkleRoot),
    timestamp: head.timestamp,
    height,
    signatures,
    voters,
    field: {
      leafIndex: field.leafIndex,
      leafCount: field.leafCount,
      name: field.name,
      value: typeof field.value === 'string' ? [field.value] : [...field.value],
    },
  }
}

function proofBytesOf(text: string): Uint8Array | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return null
  }
  const { format, version, proof } = (parsed ?? {}) as Record<string, unknown>
  if (format !== FORMAT || version !== 1 || typeof proof !== 'string') return null
  const bytes = Buffer.from(proof, 'base64')
  // What is not exactly base64 is another text: nobody may add to a proof what the check does not see.
  return bytes.toString('base64') === proof ? new Uint8Array(bytes) : null
}
