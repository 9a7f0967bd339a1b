/** Shares of an institution's keys: made, asked for through another hospital, objected to, released, put together again. */
import { resolve } from 'node:path'
import { BytesFailure, utf8Decode } from '../../shared/std/bytes.ts'
import { forgetKit } from '../node/vault/recovery-kit.ts'
import { combineShares } from '../node/vault/shares.ts'
import { restoreProfile } from '../profile/open-profile.ts'
import { readSmallFile } from '../services/files.ts'
import { failed, needPassphrase, ok, usage, withProfile, type Command } from './commands.ts'
import type { Arguments } from './arguments.ts'
import type { CommandResult, CommandWorld } from './answers.ts'

const VERBS = ['make', 'list', 'ask', 'veto', 'release', 'combine'] as const
const FILE_BYTES_MAX = 1024 * 1024
const PART = /"part":\s*"([0-9a-f]{64})"/

export const SHARES_COMMANDS: Readonly<Record<string, Command>> = {
  shares: {
    usage:
      'shares make --profile DIR --out FOLDER | list --profile DIR | ask --profile DIR --set ID [--text TEXT] | ' +
      'veto --profile DIR --request ID [--text TEXT] | release --profile DIR --request ID --out FILE | ' +
      'combine --recovery FILE [--part FILE] --profile NEW_DIR SHARE_FILE...',
    grammar: {
      options: {
        profile: 'required',
        out: 'optional',
        set: 'optional',
        request: 'optional',
        text: 'optional',
        recovery: 'optional',
        part: 'optional',
      },
      rest: [1, 6],
    },
    async run(given, world) {
      const { options, rest } = given
      const verb = VERBS.find((each) => each === rest[0])
      if (verb === undefined || (verb !== 'combine' && rest.length > 1))
        return usage(`shares ${VERBS.join('|')}`)
      if (verb === 'combine') return combine(given, world)
      const missing = ({ make: 'out', ask: 'set', veto: 'request', release: 'request' } as const)[
        verb as 'make' | 'ask' | 'veto' | 'release'
      ] as string | undefined
      if (missing !== undefined && !options.has(missing)) return usage(`--${missing} is missing`)
      if (verb === 'release' && !options.has('out')) return usage('--out is missing')
      const passphrase = await needPassphrase(world)
      const text = options.get('text') ?? null
      return withProfile(given, world, Promise.resolve(passphrase), async ({ ask: { shares } }) => {
        switch (verb) {
          case 'list':
            return ok(await shares.list())
          case 'make': {
            const made = await shares.make({ passphrase, folder: resolve(options.get('out')!) })
            return made.kind === 'made' ? ok(made) : failed(made.kind === 'refused' ? made.reason : made.kind)
          }
          case 'ask': {
            const asked = await shares.ask({ setId: options.get('set')!, text })
            return asked.kind === 'asked' ? ok(asked) : failed(asked.reason)
          }
          case 'veto': {
            const { isTaken } = await shares.veto({ requestId: options.get('request')!, text })
            return isTaken ? ok({ isTaken }) : failed('unknown-request')
          }
          case 'release': {
            const path = resolve(options.get('out')!)
            const released = await shares.release({ requestId: options.get('request')!, path })
            return released.kind === 'released'
              ? ok(released)
              : failed(released.kind === 'refused' ? released.reason : released.kind)
          }
        }
      })
    },
  },
}

/** On an empty machine: three shares, the recovery file and what the hospitals released become an institution's folder. */
async function combine({ options, rest }: Arguments, world: CommandWorld): Promise<CommandResult> {
  const recovery = options.get('recovery')
  if (recovery === undefined) return usage('--recovery is missing')
  const read = async (path: string) => textOf(await readSmallFile(resolve(path), FILE_BYTES_MAX))
  const texts: string[] = []
  for (const path of rest.slice(1)) texts.push(await read(path))
  const partFile = options.get('part')
  const part = partFile === undefined ? null : (PART.exec(await read(partFile))?.[1] ?? null)
  const combined = await combineShares(await read(recovery), texts, part)
  if (combined.kind === 'refused') {
    const { position, line } = combined
    const file = position === undefined ? {} : { file: rest[position + 1] }
    return failed(combined.reason, { ...file, ...(line === undefined ? {} : { line }) })
  }
  try {
    // Of the person who made the shares; others are added again by an administrator.
    const passphrase = await needPassphrase(world)
    const folder = resolve(options.get('profile')!)
    const facts = await restoreProfile(world.profileWorld, combined.kit, folder, passphrase)
    const { institutionName, memberId } = facts
    return ok({ profile: folder, name: institutionName, memberId, standing: 'observing' })
  } finally {
    forgetKit(combined.kit)
  }
}

/** What is not there or no text is no file of ours either. */
function textOf(bytes: Uint8Array | null): string {
  if (bytes === null) return ''
  try {
    return utf8Decode(bytes)
  } catch (error) {
    if (error instanceof BytesFailure) return ''
    throw error
  }
}
