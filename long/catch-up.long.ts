/** Kill -9 of a hospital while its thread writes fetched ranges of the chain to the disk: one case is up to ten kills. */
import { join } from 'node:path'
import { buildClusterChild, killDuringCatchUp } from '../src/main/node/cluster.test-kit.ts'
import { diceOf, longPart } from './part.ts'

const KILLS = 10
let built: Promise<string> | null = null

export const part = longPart({
  title: `kill -9 during catch-up, up to ${KILLS} kills a case`,
  caseCount: 10,
  async run(index, { folder }) {
    built ??= buildClusterChild()
    const options = { built: await built, folder: join(folder, 'members') }
    const { wrong, halfway } = await killDuringCatchUp(options, KILLS, diceOf(index))
    // Where it was always done before it died, nothing was tried.
    return { wrong: wrong ?? (halfway === 0 ? 'no kill came before the end' : null), counts: { halfway } }
  },
})
