/**
 * A node of the demonstration consortium as a utility process: the command line's own code on Electron's Node, since the
 * shipped application cannot be asked to be Node. It ends with the application.
 */
import { join } from 'node:path'
import { utilityProcess } from 'electron'
import { nodeArguments, nodeEnvironment } from '../demonstration/node-process.ts'
import type { StartNode } from '../demonstration/running.ts'

/** A node that does not close in order within this is ended: what it accepted is durable. */
const CLOSE_MS = 10_000

export function createStartNode(buildFolder: string): StartNode {
  return (profileFolder, account) => {
    const child = utilityProcess.fork(join(buildFolder, 'cli.js'), nodeArguments(profileFolder, account), {
      env: nodeEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit'],
      serviceName: 'Consilium node',
    })
    const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
    return {
      ended,
      async stop() {
        child.kill()
        let timer: NodeJS.Timeout | undefined
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, CLOSE_MS)
        })
        await Promise.race([ended, late])
        clearTimeout(timer)
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
      },
    }
  }
}
