/** A node without a window, for a machine that is always on: runs until it is asked to stop, and stops in order. */
import { resolve } from 'node:path'
import { openHeadless } from '../headless.ts'
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
      const addresses = node.addresses().map(({ address }) => address)
      if (!flags.has('quiet')) world.say(JSON.stringify({ started: true, addresses, ...node.status }))
      reason = await Promise.race([stopped, halted])
    } finally {
      await headless.close()
    }
    const { height, blockCount, tip, queuedCount } = node.status
    const answer = { stopped: reason, height, blockCount, tip, queuedCount }
    // Whoever looks after it starts it again: it begins from what is on the disk.
    return reason === 'halted' ? { exit: EXIT.failed, answer: { ok: false, ...answer } } : ok(answer)
  },
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
