/** A node without a window, for a machine that is always on: runs until it is asked to stop, and stops in order. */
import { resolve } from 'node:path'
import type { NodeStatus } from '../../shared/contract/node.ts'
import { openHeadless } from '../headless.ts'
import type { ChainNode } from '../node/node.ts'
import { isListenAddress, loadNetwork, ONLY_DIALS, saveNetwork } from '../profile/network-settings.ts'
import { EXIT, failed, needPassphrase, ok, usage, type Command } from './commands.ts'

/** What this node can make final before it goes; everything else waits in the outbox, on disk. */
const DRAIN_MS = 2_000

export const runNode: Command = {
  usage: 'node --profile DIR [--listen HOST:PORT] [--until-input-ends] [--quiet]',
  grammar: {
    options: { profile: 'required', listen: 'optional' },
    flags: ['until-input-ends', 'quiet'],
  },
  async run({ options, flags }, world) {
    const folder = resolve(options.get('profile')!)
    const listen = options.get('listen')
    if (listen !== undefined && !isListenAddress(listen)) return usage('--listen is HOST:PORT')
    // Whatever starts it with one of these starts it so again after a reboot.
    const isStartUnattended = ['CONSILIUM_PASSPHRASE_FILE', 'CONSILIUM_PASSPHRASE'].some(
      (name) => (world.env[name] ?? '') !== '',
    )
    const passphrase = await needPassphrase(world)
    const stopped = untilAskedToStop(flags.has('until-input-ends') ? world.stdin : null)
    if (listen !== undefined)
      await saveNetwork(folder, { ...((await loadNetwork(folder)) ?? ONLY_DIALS), listen })
    const headless = await openHeadless({
      folder,
      passphrase,
      account: options.get('as') ?? '',
      world: { ...world.profileWorld, isStartUnattended },
      drainMs: DRAIN_MS,
    })
    headless.services.imports.startLooking()
    const { node } = headless.institution.profile
    let reason: StopReason | 'halted' = 'halted'
    try {
      if (node === null) return failed('internal')
      // One that found its contradiction at its start stays, to show others what it holds (R33).
      const isHaltedFromStart = node.status.state === 'halted'
      const halted = new Promise<'halted'>((resolveHalted) => {
        node.onStatus(({ state }) => {
          if (state === 'halted' && !isHaltedFromStart) resolveHalted('halted')
        })
      })
      tellWhyItDoesNotVote(node, (line) => world.say(line))
      const addresses = node.addresses().map(({ address }) => address)
      if (!flags.has('quiet')) world.say(JSON.stringify({ started: true, addresses, ...node.status }))
      reason = await Promise.race([stopped, halted])
    } finally {
      await headless.close()
    }
    const { height, blockCount, tip, queuedCount } = node.status
    const answer = { stopped: reason, height, blockCount, tip, queuedCount }
    // Whoever looks after it starts it again: it begins from what is on the disk.
    return reason === 'halted'
      ? { exit: EXIT.failed, answer: { ok: false, error: { code: 'halted' }, ...answer } }
      : ok(answer)
  },
}

/** Once for each reason, also with `--quiet`: somebody has to do something. */
function tellWhyItDoesNotVote(node: ChainNode, say: (line: string) => void): void {
  let told: string | null = null
  const look = ({ observingReason }: NodeStatus): void => {
    if (observingReason !== null && observingReason !== told)
      say(`this node does not vote (${observingReason}): ${WHY_IT_DOES_NOT_VOTE[observingReason]}`)
    told = observingReason
  }
  look(node.status)
  node.onStatus(look)
  let isTold = false
  node.onAlert(({ kind }) => {
    if (kind !== 'keys-elsewhere' || isTold) return
    isTold = true
    say('another machine runs with the keys of this institution, probably a copy of this folder: stop it')
  })
}

const WHY_IT_DOES_NOT_VOTE: Readonly<Record<NonNullable<NodeStatus['observingReason']>, string>> = {
  'log-damaged': 'its log of signatures has a hole; see the room Network of the window',
  'data-restored': 'its data come from a backup or a recovery kit; see the room Network of the window',
  'unknown-own-signature':
    'others hold signatures of its keys that it does not know; its data are an old copy, or another machine runs with the same keys',
  'keys-elsewhere':
    'another machine runs with the same keys; stop that one, then confirm in the room Network of the window',
  'keys-replaced': 'the members know this institution by other keys; restore from a newer kit or backup',
}

type StopReason = 'SIGTERM' | 'SIGINT' | 'input-ended'

/** A signal, or the end of the program that holds the other end of `input`. */
function untilAskedToStop(input: NodeJS.ReadableStream | null): Promise<StopReason> {
  return new Promise((resolveStopped) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolveStopped(signal))
    const inputEnded = (): void => resolveStopped('input-ended')
    input?.once('end', inputEnded).once('close', inputEnded).resume()
  })
}
