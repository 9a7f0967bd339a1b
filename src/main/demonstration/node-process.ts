/** A member's node as a process of its own, started by the command line. The window has its own way (app/node-process.ts). */
import { spawn } from 'node:child_process'
import { DEMONSTRATION_PASSPHRASE } from '../headless.ts'
import type { StartNode } from './running.ts'

/** A node that does not close in order within this is ended: what it accepted is durable. */
const CLOSE_MS = 10_000

/**
 * Starts `consilium node` with the given program: executable, options, script. It ends with this process in any case: its
 * standard input is a pipe from here, and it stops when that ends.
 */
export function nodeStarter([executable, ...program]: readonly [string, ...string[]]): StartNode {
  return (profileFolder, account) => {
    const given = [...program, ...nodeArguments(profileFolder, account), '--until-input-ends']
    const child = spawn(executable, given, {
      env: nodeEnvironment(),
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    child.stdin.on('error', () => {}) // it may be gone already
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    })
    return {
      ended,
      async stop() {
        child.stdin.end()
        const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS)
        await ended
        clearTimeout(timer)
      },
    }
  }
}

export const nodeArguments = (profileFolder: string, account: string): string[] => [
  'node',
  '--profile',
  profileFolder,
  '--as',
  account,
  '--quiet',
]

export function nodeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CONSILIUM_PASSPHRASE: DEMONSTRATION_PASSPHRASE }
}
