/** Field proofs: made here from a visit that the person may open, and checked with or without the chain they are about. */
import type { CheckedProof, proofs as proofsContract } from '../../shared/contract/proofs.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { blockHashOf, decodeHead } from '../node/chain/block.ts'
import { discloseField } from '../node/chain/disclosure.ts'
import { readBlock } from '../node/storage/chain-store.ts'
import { proveFinalityInThread } from '../workers/verify.ts'
import { profileOf, readAtDesk, type ServiceContext } from './context.ts'
import { checkFieldProofText, fieldProofToText } from './field-proof-file.ts'
import { namePatientOf, openOwnRecord, openingDesk } from './open-own-record.ts'

type ProofsHandlers = Handlers<typeof proofsContract>
/** Without what needs a desktop. */
export type ProofsCore = Pick<ProofsHandlers, 'start' | 'text' | 'check'>

export function createProofsCore(context: ServiceContext): ProofsCore {
  const { crypto } = context.world

  return {
    start: ({ index, leafIndex }) =>
      readAtDesk(context, async ({ node, keys, profile }) => {
        const block = await readBlock(node.store, index)
        const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
        if (head === null) return { kind: 'refused', reason: 'sealed' }
        const opened = await openOwnRecord(openingDesk(node, crypto, keys), head.merkleRoot, true)
        if (opened.kind === 'sealed' || opened.dataKey === null) return { kind: 'refused', reason: 'sealed' }
        await namePatientOf(node.store, keys, opened)
        const { chainId } = node.ledger
        const { dataKey, fields } = opened
        const disclosure = discloseField(crypto, chainId, dataKey, fields, head.sizeClass, leafIndex)
        crypto.forget(dataKey)
        if (disclosure === null) return { kind: 'refused', reason: 'no-such-field' }
        const { storePath } = profile
        const { jobId } = context.jobs.start('prove', 'blocks', async (control) => {
          const found = await proveFinalityInThread({ storePath, index }, control.signal, control.progress)
          return found.kind === 'proven' ? fieldProofToText({ ...found.finality, disclosure }) : null
        })
        return { kind: 'started', jobId }
      }),
    text: async ({ jobId }) => {
      const text = context.jobs.result(jobId, 'prove')
      return { text: typeof text === 'string' ? text : null }
    },
    check: async ({ text }) => {
      const checked = checkFieldProofText(crypto, text)
      return checked.kind === 'refused' ? checked : { ...checked, here: await compareHere(checked) }
    },
  }

  async function compareHere(
    proven: Extract<CheckedProof, { kind: 'proven' }>,
  ): Promise<Extract<CheckedProof, { kind: 'proven' }>['here']> {
    const { store, ledger } = profileOf(context)
    if (toHex(ledger.chainId) !== proven.chainId) return 'other-chain'
    const block = await readBlock(store, proven.index)
    if (block.kind !== 'ok') return 'not-here'
    const hash = toHex(blockHashOf(crypto, ledger.chainId, block.value.head))
    return hash === proven.blockHash ? 'same-block' : 'differs'
  }
}
