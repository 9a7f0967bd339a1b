/** Many tables in one go: half the places of the member stay free, what is full is waited for, and what is refused is said. */
import { expect, it } from 'vitest'
import type { Submitted } from '../../shared/contract/requests.ts'
import { coverageTables } from './coverage-tables.ts'
import { OPEN_AT_ONCE, publishCoverage } from './publish-coverage.ts'

const tables = coverageTables(['2025', '2024'])
const submitted: Submitted = { kind: 'submitted', studyHash: 'ab'.repeat(32), heldBy: [] }

/** A chain where `answered` studies get their answer at each look. */
function chain(answered: number, ask: (count: number) => Submitted = () => submitted) {
  const abort = new AbortController()
  const told: number[] = []
  let [open, most, count, looks] = [0, 0, 0, 0]
  return {
    abort,
    told,
    seen: () => ({ most, count, looks }),
    around: {
      openCount: async () => open,
      ask: async () => {
        const answer = ask(count)
        if (answer.kind === 'submitted') {
          count++
          open++
        }
        most = Math.max(most, open)
        return answer
      },
      sleep: async () => {
        looks++
        open = Math.max(0, open - answered)
      },
      signal: abort.signal,
      onProgress: (done: number) => void told.push(done),
    },
  }
}

it('asks all, never more at once than half the places', async () => {
  const { around, seen, told } = chain(4)
  expect(await publishCoverage(tables, around)).toEqual({ asked: 36, known: 0, left: 0, refused: null })
  expect(seen()).toEqual({ most: OPEN_AT_ONCE, count: 36, looks: 5 })
  expect(told.at(-1)).toBe(36)
})

it('waits for a place where the chain has none, and says so when none gets free', async () => {
  let isFull = true
  const full: Submitted = { kind: 'refused', reason: 'too-many-open' }
  const once = chain(16, () => (isFull ? ((isFull = false), full) : submitted))
  expect(await publishCoverage(tables, once.around)).toMatchObject({ asked: 36, refused: null })
  const away = chain(0)
  expect(await publishCoverage(tables, away.around)).toEqual({
    asked: OPEN_AT_ONCE,
    known: 0,
    left: 36 - OPEN_AT_ONCE,
    refused: { reason: 'too-many-open' },
  })
})

it('ends with what was refused, and passes over what was asked already', async () => {
  const spent = chain(16, (count) =>
    count < 3 ? submitted : { kind: 'refused', reason: 'budget', limit: 'pool' },
  )
  expect(await publishCoverage(tables, spent.around)).toEqual({
    asked: 3,
    known: 0,
    left: 33,
    refused: { reason: 'budget', limit: 'pool' },
  })
  const again = chain(16, () => ({ kind: 'known', studyHash: 'ab'.repeat(32) }))
  expect(await publishCoverage(tables, again.around)).toMatchObject({ asked: 0, known: 36, left: 0 })
})

it('stops when it is cancelled, with what was asked by then', async () => {
  const { around, abort } = chain(16, (count) => {
    if (count === 4) abort.abort()
    return submitted
  })
  expect(await publishCoverage(tables, around)).toEqual({ asked: 5, known: 0, left: 31, refused: null })
})
