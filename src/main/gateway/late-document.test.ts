/** Documents that come late or never: they hold up their own study and no other, and not beyond its day. */
import { describe, expect, it } from 'vitest'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { createFetching, FETCHES_MAX } from './fetching.ts'
import { automatic, byAge, count, table, villages } from './requests.test-kit.ts'

const { open } = villages()

describe('a request', { timeout: 120_000 }, () => {
  it('whose document nobody has is over by its day: nobody waits for it, and who asked the same goes on', async () => {
    const { village } = await open(0)
    let commitment = ''
    for (let i = 0; i < 4; i++)
      await village.open(i, { elsewhere: (each) => (toHex(each) === commitment ? 'never' : null) })
    const request = automatic(byAge, 20_000)
    village.hide((each) => (commitment = toHex(each)))
    const lost = village.ask(request, table)
    const repeat = village.ask(request, { chargeKind: 'repeat', chargeMicroRho: 0, of: lost })
    await village.pass(30_000)
    expect(village.said).toEqual([])
    village.passDays(29)
    await village.pass(120_000)
    expect(village.notes.filter(({ act }) => act === 'node.studyExpired')).toEqual([])
    const next = village.ask(request, table)
    await village.pass(30_000)
    expect(village.resultOf(next)).toBeNull()
    village.passDays(1)
    await village.until(() => village.resultOf(next) !== null, 'the result')
    expect(village.resultOf(next)!.outcome).toBe('answered')
    const over = village.notes.filter(({ act }) => act === 'node.studyExpired')
    // What is of it is over with it.
    expect(over).toHaveLength(8)
    expect(village.resultOf(lost) ?? village.resultOf(repeat)).toBeNull()
    expect(village.state.openStudies).toEqual([])
    await village.close()
  })

  it('stays answered at a gateway that hears so just when it would write that it is over', async () => {
    const { village } = await open(0)
    const told = Promise.withResolvers<void>()
    let isTold = false
    const home = await village.open(0, {
      elsewhere: () => 'never',
      isExpired: async (hash) => {
        if (!isTold) village.tellResult(hash)
        isTold = true
        await told.promise
        return true
      },
    })
    home.onChanged(() => told.resolve())
    village.ask(automatic(byAge, 20_000), table)
    village.passDays(30)
    await village.pass(61_000)
    await home.settled()
    expect(isTold).toBe(true)
    expect(village.notes).toEqual([])
    await village.close()
  })
})

describe('a document that a gateway has to ask for', { timeout: 120_000 }, () => {
  it('has its turn, though eight others are asked for again and again and nobody has them', async () => {
    const asked: number[] = []
    const fetching = createFetching(
      {
        documentHere: async () => null,
        documentOf: async ([name]) => {
          asked.push(name!)
          return null
        },
        answerHere: async () => null,
        answerOf: async () => null,
      },
      { onFetched: () => {}, onFailure: () => {}, later: () => {}, isClosed: () => false },
    )
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i <= FETCHES_MAX; i++) void fetching.documentOf(Uint8Array.of(i))
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    expect(asked).toContain(FETCHES_MAX)
  })

  it('holds up its own study and no other, however slowly it is handed over', async () => {
    const { village } = await open(0)
    const commitments: string[] = []
    const slow = Promise.withResolvers<void>()
    const elsewhere = (commitment: Bytes) => (toHex(commitment) === commitments[0] ? slow.promise : null)
    // Three of four: without the one that waits there is no result.
    await village.open(0, { elsewhere })
    for (const i of [1, 2]) await village.open(i)
    const first = village.ask(automatic(byAge, 20_000), table)
    commitments.push(village.documents.keys().next().value!)
    const second = village.ask(automatic({ kind: 'count' }, 2_000), count)
    await village.until(() => village.resultOf(second) !== null, 'the second result')
    expect(village.resultOf(first)).toBeNull()
    slow.resolve()
    await village.until(() => village.resultOf(first) !== null, 'the first result')
    expect(village.failures).toEqual([])
    await village.close()
  })
})
