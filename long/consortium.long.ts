/** Kill -9 of hospitals under load, in a consortium of four real processes: one case is fifty kills. */
import { join } from 'node:path'
import { buildClusterChild, killUnderLoad } from '../src/main/node/cluster.test-kit.ts'
import { diceOf, longPart } from './part.ts'

const KILLS = 50
let built: Promise<string> | null = null

export const part = longPart({
  title: `kill -9 of a random hospital of four, ${KILLS} kills a case`,
  caseCount: 20,
  async run(index, { folder }) {
    built ??= buildClusterChild()
    // Members without a vote take part in the twenty kills of every test run; here they would only take the processor's time.
    const options = { built: await built, folder: join(folder, 'members'), others: [] }
    return killUnderLoad(options, KILLS, diceOf(index))
  },
})
