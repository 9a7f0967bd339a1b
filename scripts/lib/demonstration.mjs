// What `npm start` shows without a display: a hospital is founded in a temporary folder, synthetic patients are
// generated and taken in, and the chain is verified. Everything goes through the command line `consilium`.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run, say } from './terminal.mjs'

const PATIENTS = '25'

/** @returns {Promise<number>} the exit code */
export async function demonstrate() {
  const folder = mkdtempSync(join(tmpdir(), 'consilium-demonstration-'))
  const profile = join(folder, 'hospital')
  const files = join(folder, 'generated')
  const env = { ...process.env, CONSILIUM_PASSPHRASE: randomBytes(24).toString('base64url') }
  const steps = [
    [
      'Generating synthetic patients (no real person)',
      ['generate', '--patients', PATIENTS, '--seed', '1', '--format', 'fhir', '--out', files],
    ],
    [
      'Founding a demonstration hospital',
      ['found', '--profile', profile, '--name', 'Demonstration hospital (synthetic)'],
    ],
    ['Importing the synthetic records', ['import', '--profile', profile, '--wait', files]],
    ['Status of the node', ['status', '--profile', profile]],
    ['Verifying the whole chain', ['verify', '--profile', profile]],
  ]
  try {
    for (const [title, args] of steps) {
      say(`\n${title} …`)
      const { code, output } = await run(process.execPath, [join(root, 'bin/consilium.mjs'), ...args], {
        show: 'captured',
        env,
      })
      const lines = output.trimEnd().split('\n')
      process.stdout.write(`${lines.at(-1)}\n`)
      if (code !== 0) {
        say(`consilium ${args[0]} ended with ${code}:\n${lines.slice(0, -1).join('\n')}`)
        return code
      }
    }
    say('\nAll of this was synthetic and is deleted now. With a display, `npm start` opens the application.')
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
