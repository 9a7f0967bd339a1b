// What `npm start` shows without a display: a synthetic hospital in a temporary folder, filled and verified by the
// command line.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run, say } from './terminal.mjs'

const PATIENTS = '50'

/** @returns {Promise<number>} the exit code */
export async function demonstrate() {
  const folder = mkdtempSync(join(tmpdir(), 'consilium-demonstration-'))
  try {
    const command = ['demonstrate', '--dir', join(folder, 'hospital'), '--patients', PATIENTS]
    const { code } = await run(process.execPath, [join(root, 'bin/consilium.mjs'), ...command])
    if (code === 0)
      say('The synthetic hospital is deleted now. With a display, `npm start` opens the application.')
    return code
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
