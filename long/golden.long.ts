/**
 * Two hundred studies of both lanes, twenty in a case: Node and Electron as Node, one to four threads of DuckDB, four zones and languages, any two of which meet,
 * all to the same bytes.
 */
import { openGoldenRun } from '../src/main/gateway/golden-run.test-kit.ts'
import { longPart } from './part.ts'

const STUDIES_PER_CASE = 20

export const part = longPart({
  title: 'answers of gateways, in Node and Electron, one to four threads, four zones, four languages',
  caseCount: 10,
  async run(index) {
    const golden = await openGoldenRun()
    try {
      const answers = await golden.answers(index * STUDIES_PER_CASE, (index + 1) * STUDIES_PER_CASE, 4)
      const wrong = [...answers].flatMap(([n, ways]) =>
        ways.flatMap(({ way, hash }) => (hash === ways[0]!.hash ? [] : [`study ${String(n)}: ${way}`])),
      )
      const count = [...answers.values()].reduce((sum, ways) => sum + ways.length, 0)
      return {
        wrong: wrong.length === 0 ? null : wrong.join(', '),
        counts: { studies: answers.size, answers: count },
      }
    } finally {
      await golden.close()
    }
  },
})
