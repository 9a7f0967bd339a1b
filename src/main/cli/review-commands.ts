/** `consilium review`: a study package checked with nothing but the file, and a manuscript's numbers held against it. */
import { resolve } from 'node:path'
import { utf8Decode } from '../../shared/std/bytes.ts'
import { compareClaims } from '../../verifier/verify-package.js'
import { PACKAGE_BYTES_MAX, readPackage } from '../package/read-package.ts'
import { claimsOfText } from '../../shared/domain/claims-text.ts'
import { readSmallFile } from '../services/files.ts'
import { EXIT, failed, ok, type Command } from './commands.ts'

const CLAIMS_BYTES_MAX = 1 << 20

export const REVIEW_COMMANDS: Readonly<Record<string, Command>> = {
  review: {
    usage: 'review [--chain ID] [--claims FILE.csv] PACKAGE.zip',
    grammar: { options: { chain: 'optional', claims: 'optional' }, rest: [1, 1] },
    async run({ options, rest }, world) {
      const path = resolve(rest[0]!)
      const bytes = await readSmallFile(path, PACKAGE_BYTES_MAX)
      if (bytes === null) return failed('not-readable', { path })
      const report = await readPackage(bytes)
      if (report === null) return failed('not-a-package', { path })
      const chain = options.get('chain')?.toLowerCase() ?? null
      if (chain !== null && chain !== report.chainId)
        return failed('other-chain', { expected: chain, chainId: report.chainId })
      for (const { id, ok: holds, detail } of report.checks)
        world.say(`${holds ? 'holds ' : 'FAILS '} ${id}${detail === null ? '' : `: ${detail}`}`)
      if (report.study !== null) world.say(`asked  ${report.study.label}`)
      for (const { on, outcome, same, otherwise } of report.study?.recomputations ?? [])
        world.say(
          `${otherwise.length === 0 ? 'again ' : 'AGAIN '} ${on}: ${outcome} by ${same.join(', ')}${otherwise.length === 0 ? '' : `; found otherwise by ${otherwise.join(', ')}`}`,
        )
      const claimsPath = options.get('claims')
      if (claimsPath === undefined)
        return report.ok ? ok({ ...report }) : { exit: EXIT.failed, answer: { ...report } }
      const text = await readSmallFile(resolve(claimsPath), CLAIMS_BYTES_MAX)
      if (text === null) return failed('not-readable', { path: resolve(claimsPath) })
      const claims = compareClaims(report.lines, claimsOfText(utf8Decode(text)))
      for (const { name, value, attested, verdict } of claims)
        world.say(
          `${verdict === 'same' ? 'same   ' : verdict} ${name}: ${value}, attested ${attested ?? '-'}`,
        )
      const isRight = report.ok && claims.every(({ verdict }) => verdict === 'same')
      return { exit: isRight ? EXIT.ok : EXIT.failed, answer: { ...report, ok: isRight, claims } }
    },
  },
}
