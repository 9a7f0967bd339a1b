/**
 * Recovery of the generator's cost: one case is forty portfolios of five hundred patients, priced by frequency times severity. The 95 %
 * interval of the cost per patient-year holds the truth in at least 90 % of them, and cells are covered in at least 85 %.
 */
import { recoverCost } from '../src/main/pricing/model/recovery.test-kit.ts'
import { longPart } from './part.ts'

const RUNS = 40
const PATIENTS = 500

export const part = longPart({
  title: `intervals around the generator's expected cost, ${RUNS} portfolios a case`,
  caseCount: 3,
  runsOnlyItself: true,
  async run(index) {
    let totals = 0
    let covered = 0
    let cells = 0
    for (let r = 0; r < RUNS; r++) {
      const run = recoverCost(`pricing recovery ${index} ${r}`, PATIENTS, 'product')
      if (run.isTotalCovered) totals++
      covered += run.cellsCovered
      cells += run.cells
    }
    if (totals / RUNS < 0.9) return `the total was covered in ${totals} of ${RUNS}`
    if (covered / cells < 0.85) return `cells were covered in ${covered} of ${cells}`
    return { wrong: null, counts: { portfolios: RUNS } }
  },
})
