/** A node without a window: votes, serves and follows until it is asked to stop. */
import { resolve } from 'node:path'
import { openHeadless } from '../headless.ts'
import { failed, needPassphrase, ok, type Command } from './commands.ts'

export const node: Command = {
  usage: 'node --profile DIR [--until-input-ends] [--quiet]',
  grammar: { options: { profile: 'required' }, flags: ['until-input-ends', 'quiet'] },
  async run({ options, flags }, world) {
    const folder = resolve(options.get('profile')!)
    const headless = await openHeadless({
      folder,
      passphrase: await needPassphrase(world),
      world: world.profileWorld,
      drainMs: 0,
    })
    const { profile } = headless.institution
    try {
      if (profile.node === null) return failed('internal')
      if (!flags.has('quiet')) world.say(JSON.stringify(profile.node.status))
      await untilAsked(flags.has('until-input-ends') ? world.stdin : null)
      const { height, blockCount, tip, queuedCount } = profile.node.status
      return ok({ ok: true, height, blocks: blockCount, tip, waiting: queuedCount })
    } finally {
      await headless.close()
    }
  },
}

/** A signal, or the end of whoever started this process. */
async function untilAsked(input: NodeJS.ReadableStream | null): Promise<void> {
  let stop = (): void => {}
  const asked = new Promise<void>((done) => (stop = done))
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, stop)
  input?.once('end', stop).once('close', stop).resume()
  // Listening for a signal does not keep a process alive; the node's own timers need not either.
  const alive = setInterval(() => {}, 1 << 30)
  await asked
  clearInterval(alive)
  for (const signal of signals) process.off(signal, stop)
}
