/** Ten thousand malformed messages for each method of the contract, over the channels of the window, to a real institution. */
import { join } from 'node:path'
import { contract } from '../src/shared/contract/index.ts'
import { openFuzzed } from '../src/main/app/malformed.fuzz.test-kit.ts'
import { longPart } from './part.ts'

const MESSAGES = 10_000
const methods = Object.entries(contract).flatMap(([service, members]) =>
  Object.keys(members).map((method) => [service, method] as const),
)

export const part = longPart({
  title: 'malformed messages to each method of the contract: refused, no crash',
  caseCount: methods.length,
  async run(index, { folder }) {
    const [service, method] = methods[index]!
    const fuzzed = await openFuzzed(join(folder, 'hospital'))
    try {
      const { wrong, count } = await fuzzed.run(service, method, MESSAGES)
      const first =
        wrong[0] ?? ((await fuzzed.isWell()) ? null : `after ${service}.${method} the node does not answer`)
      return { wrong: first, counts: { messages: count } }
    } finally {
      await fuzzed.close()
    }
  },
})
