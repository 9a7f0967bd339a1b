/** Ten thousand malformed messages for each method of the contract, over the channels of the window, to real institutions. */
import { join } from 'node:path'
import { contract } from '../src/shared/contract/index.ts'
import { openFuzzed } from '../src/main/app/malformed.fuzz.test-kit.ts'
import { longPart } from './part.ts'

const MESSAGES = 10_000
/** Founding an institution takes as long as the messages of a method: so many methods share one. */
const METHODS_PER_CASE = 6
const methods = Object.entries(contract).flatMap(([service, members]) =>
  Object.keys(members).map((method) => [service, method] as const),
)

export const part = longPart({
  title: 'malformed messages to each method of the contract: refused, no crash',
  caseCount: Math.ceil(methods.length / METHODS_PER_CASE),
  async run(index, { folder }) {
    const fuzzed = await openFuzzed(join(folder, 'hospital'))
    const counts = { methods: 0, messages: 0 }
    try {
      for (const [service, method] of methods.slice(
        index * METHODS_PER_CASE,
        (index + 1) * METHODS_PER_CASE,
      )) {
        const { wrong, count } = await fuzzed.run(service, method, MESSAGES)
        // After each method, so that what did not come through is known by name.
        const first =
          wrong[0] ?? ((await fuzzed.isWell()) ? null : `after ${service}.${method} the node does not answer`)
        counts.methods++
        counts.messages += count
        if (first !== null) return { wrong: first, counts }
      }
      return { wrong: null, counts }
    } finally {
      await fuzzed.close()
    }
  },
})
