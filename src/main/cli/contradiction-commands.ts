/** Two certificates for one height: the evidence as a file, and checking such a file with nothing else. */
import { resolve } from 'node:path'
import { BytesFailure, utf8Decode } from '../../shared/std/bytes.ts'
import { checkEvidence, EVIDENCE_TEXT_MAX } from '../governance/evidence.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { readSmallFile } from '../services/files.ts'
import {
  begun,
  EXIT,
  failed,
  needPassphrase,
  ok,
  refusedFile,
  withProfile,
  type Command,
  type CommandResult,
} from './commands.ts'

export const CONTRADICTION_COMMANDS: Readonly<Record<string, Command>> = {
  contradiction: {
    usage: 'contradiction --profile DIR [--out FILE]',
    grammar: { options: { profile: 'required', out: 'optional' } },
    run: (given, world) =>
      withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
        const { contradiction } = await reached.ask.governance.overview()
        if (contradiction === null) return ok({ contradiction: null })
        const out = given.options.get('out')
        if (out === undefined) return found(contradiction)
        const saved = await reached.ask.governance.saveContradiction({ path: resolve(out) })
        return saved.kind === 'saved'
          ? ok({ path: saved.path, contradiction })
          : failed(saved.kind === 'refused-file' ? saved.reason : saved.kind)
      }),
  },

  'check-contradiction': {
    usage: 'check-contradiction FILE',
    grammar: { rest: [1, 1] },
    async run({ rest }) {
      const bytes = await readSmallFile(resolve(rest[0]!), EVIDENCE_TEXT_MAX)
      if (bytes === null) return failed('not-readable', { path: resolve(rest[0]!) })
      const checked = checkEvidence(createNodeCrypto(), textOf(bytes))
      return checked.kind === 'holds' ? ok(checked) : refusedFile(checked)
    },
  },
}

const found = (contradiction: unknown): CommandResult => ({
  exit: EXIT.failed,
  answer: { ok: false, error: { code: 'two-certificates' }, contradiction },
})

/** What is no text is no evidence either. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes)
  } catch (error) {
    if (error instanceof BytesFailure) return ''
    throw error
  }
}
