/** Commands about field proofs: making one from a visit of one's own, and checking one with nothing but the file. */
import { resolve } from 'node:path'
import { PROOF_TEXT_MAX } from '../../shared/contract/proofs.ts'
import { BytesFailure, utf8Decode, utf8Encode } from '../../shared/std/bytes.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { checkFieldProofText } from '../services/field-proof-file.ts'
import { readSmallFile, saveSmallFile } from '../services/files.ts'
import {
  begun,
  deadlineOf,
  failed,
  followJob,
  needPassphrase,
  ok,
  refusedFile,
  timeout,
  usage,
  withProfile,
  type Command,
} from './commands.ts'

export const PROOF_COMMANDS: Readonly<Record<string, Command>> = {
  'prove-field': {
    usage: 'prove-field --profile DIR --block NUMBER --field NAME [--out FILE] [--timeout SECONDS]',
    grammar: {
      options: {
        profile: 'required',
        block: 'required',
        field: 'required',
        out: 'optional',
        timeout: 'optional',
      },
    },
    async run(given, world) {
      const { options } = given
      const index = Number(options.get('block'))
      if (!Number.isSafeInteger(index) || index < 0) return usage('--block is the number of a block')
      return withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
        const block = await reached.ask.chain.block({ index })
        if (block === null) return failed('no-such-block')
        if (block.content.kind === 'sealed') return failed('sealed', { reason: block.content.reason })
        const { fields } = block.content
        const wanted = options.get('field')!
        // A name that stands several times (the second result, say) is told apart by its leaf: `observation.#17`.
        const [, name, leaf] = /^(.*?)(?:#(\d+))?$/.exec(wanted)!
        const found = fields.filter(
          (field) => field.name === name && (leaf === undefined || field.leafIndex === Number(leaf)),
        )
        if (found.length !== 1)
          return failed(found.length === 0 ? 'no-such-field' : 'several-fields', {
            fields: (found.length === 0 ? fields : found).map((each) => `${each.name}#${each.leafIndex}`),
          })
        const started = await reached.ask.proofs.start({ index, leafIndex: found[0]!.leafIndex })
        if (started.kind === 'refused') return failed(started.reason)
        const job = await followJob(reached, started.jobId, world, deadlineOf(options))
        if (job === 'timeout') return timeout('proof', { jobId: started.jobId })
        if (job.state === 'failed') return failed(job.error?.code ?? 'internal', job.error?.detail)
        const { text } = await reached.ask.proofs.text({ jobId: started.jobId })
        if (text === null) return failed('chain-damaged')
        const out = resolve(options.get('out') ?? `field-proof-${index}.json`)
        if (!(await saveSmallFile(out, utf8Encode(text)))) return failed('not-writable', { path: out })
        return ok({ path: out, block: index, field: found[0]!.name, value: found[0]!.value })
      })
    },
  },

  'check-proof': {
    usage: 'check-proof [--chain ID] FILE',
    grammar: { options: { chain: 'optional' }, rest: [1, 1] },
    async run({ options, rest }) {
      const bytes = await readSmallFile(resolve(rest[0]!), PROOF_TEXT_MAX)
      if (bytes === null) return failed('not-readable', { path: resolve(rest[0]!) })
      const checked = checkFieldProofText(createNodeCrypto(), textOf(bytes))
      if (checked.kind === 'refused') return refusedFile(checked)
      const chain = options.get('chain')?.toLowerCase()
      if (chain !== undefined && chain !== checked.chainId)
        return failed('other-chain', { expected: chain, chainId: checked.chainId })
      const { here: _, ...proven } = checked
      return ok(proven)
    },
  },
}

/** What is no text is no proof either. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes)
  } catch (error) {
    if (error instanceof BytesFailure) return ''
    throw error
  }
}
