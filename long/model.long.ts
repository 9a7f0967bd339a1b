/** The Spin model of the votes of one height, where Spin is installed: one case is the model with its broken variants. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { longPart } from './part.ts'

export const part = longPart({
  title: 'the Spin model holds, and each broken variant does not',
  caseCount: 1,
  async run(_index, { root }) {
    const { stdout, status } = spawnSync('bash', [join(root, 'sim/spin/check.sh')], { encoding: 'utf8' })
    if (stdout.includes('skipped')) return 'spin or gcc is not installed'
    return status === 0 ? null : stdout
  },
})
