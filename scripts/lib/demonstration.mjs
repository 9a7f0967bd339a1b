// What `npm start` shows without a display: a consortium of six members in a temporary folder, filled with synthetic
// patients until every visit is final, then the chain of each of the six verified by the command line.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run, say } from './terminal.mjs'

const FILLED_WITH = ['--patients', '50']
const MEMBERS = 6

/**
 * @param {string[]} program the command line, as arguments of Node
 * @param {string[]} filledWith further options of `demo`
 * @param {object} options of `run`
 * @returns {Promise<{ code: number, output: string }>} the exit code; what was said where that is captured
 */
export async function demonstrate(
  program = [join(root, 'bin/consilium.mjs')],
  filledWith = FILLED_WITH,
  options = undefined,
) {
  const folder = mkdtempSync(join(tmpdir(), 'consilium-demonstration-'))
  let output = ''
  const consilium = async (...args) => {
    const ran = await run(process.execPath, [...program, ...args], options)
    output += ran.output
    return ran.code
  }
  try {
    const code = await consilium('demo', '--dir', folder, ...filledWith, '--exit-when-final')
    if (code !== 0) return { code, output }
    const members = readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => existsSync(join(path, 'profile.json')))
    if (members.length !== MEMBERS) return { code: 1, output: `${output}\n${members.length} profiles` }
    for (const profile of members) {
      const verified = await consilium('verify', '--profile', profile)
      if (verified !== 0) return { code: verified, output }
    }
    say('The synthetic consortium is deleted now. With a display, `npm start` opens the application.')
    return { code: 0, output }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
