/** Kill -9 of hospitals under load, in a consortium of four real processes: one case is fifty kills. */
import { join } from 'node:path'
import { buildClusterChild, killUnderLoad } from '../src/main/node/cluster.test-kit.ts'
import { longPart } from './part.ts'

const KILLS = 50
let built: Promise<string> | null = null

export const part = longPart({
  title: `kill -9 of a random hospital of four, ${KILLS} kills a case`,
  caseCount: 20,
  async run(index, { folder }) {
    built ??= buildClusterChild()
    // The same hospitals and pauses for the same case; what the processes make of it is theirs.
    let state = (index + 1) * 2_654_435_761
    const dice = (): number => {
      state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
      return state / 2 ** 32
    }
    // Members without a vote take part in the twenty kills of every test run; here they would only take the processor's time.
    const options = { built: await built, folder: join(folder, 'members'), others: [] }
    return killUnderLoad(options, KILLS, dice)
  },
})
