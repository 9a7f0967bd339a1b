/** T24: two hundred malformed messages for each method, by way of the channel that the window uses; ten thousand in `ipc.long.ts`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract } from '../../shared/contract/index.ts'
import { openFuzzed, type Fuzzed } from './malformed.fuzz.test-kit.ts'

let scratch = ''
let fuzzed: Fuzzed
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-malformed-'))
  fuzzed = await openFuzzed(join(scratch, 'hospital'))
})
afterAll(async () => {
  await fuzzed.close()
  await rm(scratch, { recursive: true, force: true })
})

describe('T24: malformed messages over the window’s channels', () => {
  it.each(Object.keys(contract))(
    'are refused by every method of %s, without a crash and without a word of what they said',
    async (service) => {
      for (const method of Object.keys(contract[service as keyof typeof contract]))
        expect(await fuzzed.run(service, method, 200)).toEqual({ wrong: [], count: 200 })
    },
  )

  it('leave an institution that answers as before', async () => {
    expect(await fuzzed.isWell()).toBe(true)
  })
})
