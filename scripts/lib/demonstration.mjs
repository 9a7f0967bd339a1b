// What `npm start` shows without a display: a consortium of six members in a temporary folder, filled with synthetic
// patients until every visit is final, then one hospital's chain verified by the command line.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run, say } from './terminal.mjs'

const PATIENTS = '50'

/** @returns {Promise<number>} the exit code */
export async function demonstrate() {
  const folder = mkdtempSync(join(tmpdir(), 'consilium-demonstration-'))
  try {
    const consilium = (...args) => run(process.execPath, [join(root, 'bin/consilium.mjs'), ...args])
    const { code } = await consilium('demo', '--dir', folder, '--patients', PATIENTS, '--exit-when-final')
    if (code !== 0) return code
    const verified = await consilium('verify', '--profile', join(folder, 'north-hospital'))
    if (verified.code === 0)
      say('The synthetic consortium is deleted now. With a display, `npm start` opens the application.')
    return verified.code
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
