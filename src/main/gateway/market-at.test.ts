import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foundConsortium } from '../node/chain/consortium.test-kit.ts'
import type { ItemClear } from '../node/chain/item.ts'
import type { Member } from '../node/chain/members.ts'
import { monthsUpTo, payerName, type MonitorOutput } from '../privacy/request/monitor-output.ts'
import { decisionsOf, membersAfter } from './decisions.test-kit.ts'
import { benchmarkFrom, marketAt } from './market-at.ts'

const { institutions, start } = foundConsortium({ others: ['insurer', 'insurer', 'insurer', 'insurer'] })
const founders = institutions.map(({ member }) => member)
const insurers = founders.filter(({ kind }) => kind === 'insurer')
/** A segment a week, from January 2024 on. */
const WEEK = 7 * 86_400_000
const timeAt = async (height: number) => Date.UTC(2024, 0, 1) + height * WEEK

type Decisions = ReadonlyMap<number, readonly ItemClear[]>
const change = (
  kind: 'add' | 'remove' | 'replace',
  member: Member,
): Extract<ItemClear, { kind: 'membership' }> => ({
  kind: 'membership',
  change: kind,
  member,
  approvals: [],
})

const stateOf = (decided: Decisions, height: number) => membersAfter(start.consortium, decided, height)

/** As a gateway sees it that computes at `now` what was charged at `height`. */
const seen = (decided: Decisions, now: number) => ({
  founders,
  decidedUpTo: async (height: number) => decisionsOf(decided, Math.min(height, now - 1)),
  timeAt,
})

const outputOf = (lastMonth: string, names: readonly string[]): MonitorOutput => ({
  kind: 'monitor',
  organisation: names[0] ?? '-',
  groups: [{ label: 'A', codes: ['A'] }],
  plans: null,
  ageEdges: [50],
  lastMonth,
  months: 12,
  costMost: 10_000,
  insurers: names,
})

describe('marketAt', () => {
  const left = insurers[0]!
  const renamed = { ...insurers[1]!, name: 'Merged Insurance' }
  const newKeys = { ...insurers[2]!, consensusKey: new Uint8Array(32).fill(9) }
  const decided: Decisions = new Map([
    [10, [change('remove', left)]],
    [30, [change('replace', newKeys)]],
    [50, [change('replace', renamed)]],
    [
      70,
      [
        change(
          'replace',
          founders.find(({ kind }) => kind === 'hospital')!,
        ),
      ],
    ],
  ])
  const names = (...left: number[]) => insurers.filter((_, i) => !left.includes(i)).map(({ name }) => name)

  it('says who the insurers were at every height, whenever it is asked', async () => {
    for (const now of [12, 40, 90])
      for (let height = 1; height <= now; height++) {
        const market = await marketAt(seen(decided, now), height, 0)
        const then = stateOf(decided, height).members.flatMap(({ member }) =>
          member.kind === 'insurer' ? [member.name] : [],
        )
        expect([...market.insurers].sort(), `${height} seen from ${now}`).toEqual(then.sort())
      }
    expect((await marketAt(seen(decided, 90), 11, 0)).insurers).toHaveLength(4)
    expect((await marketAt(seen(decided, 90), 12, 0)).insurers.toSorted()).toEqual(names(0).sort())
  })
  it('says when that changed last: coming, going and another name, but no new keys and no hospital', async () => {
    const changedAt = async (height: number, notBefore = 0) =>
      (await marketAt(seen(decided, 90), height, notBefore)).changedAt
    expect(await changedAt(11)).toBeNull()
    expect(await changedAt(12)).toBe(await timeAt(12))
    expect(await changedAt(51)).toBe(await timeAt(12))
    expect(await changedAt(52)).toBe(await timeAt(52))
    expect(await changedAt(85)).toBe(await timeAt(52))
    // Further back nobody asks.
    expect(await changedAt(85, await timeAt(60))).toBeNull()
  })
})

describe('benchmarkFrom', () => {
  const four = insurers.map(({ name }) => name)
  const at = async (notBefore: number | null, names = four) =>
    benchmarkFrom(outputOf('2024-12', four), async () => ({ insurers: names, changedAt: notBefore }))
  it('begins with the first month after the last change', async () => {
    expect(await at(null)).toBe('2024-01')
    expect(await at(Date.UTC(2024, 2, 1))).toBe('2024-04')
    expect(await at(Date.UTC(2024, 2, 31))).toBe('2024-04')
    expect(await at(Date.UTC(2024, 11, 2))).toBeNull()
  })
  it('is none for a list that is not the chain’s: nobody chooses who is in it', async () => {
    expect(await at(null, four.slice(1))).toBeNull()
    expect(await at(null, [...four, 'Another'])).toBeNull()
    expect(await at(null, four.map((name) => name.toUpperCase()).toReversed())).toBe('2024-01')
  })

  it('releases no month of two sets of insurers, whenever they come and go', async () => {
    const kinds = fc.constantFrom('add', 'remove', 'replace')
    const decisions = fc.array(
      fc.record({ at: fc.integer({ min: 1, max: 100 }), who: fc.nat(insurers.length - 1), kind: kinds }),
      { maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(decisions, async (list) => {
        const decided = new Map<number, ItemClear[]>()
        for (const { at: height, who, kind } of list) {
          const member = kind === 'replace' ? { ...insurers[who]!, name: `Name ${height}` } : insurers[who]!
          decided.set(height, [...(decided.get(height) ?? []), change(kind as 'add', member)])
        }
        const shown = new Map<string, string>()
        for (let height = 10; height <= 105; height += 5) {
          const history = seen(decided, height)
          const names = (await marketAt(history, height, 0)).insurers
          const last = new Date(await timeAt(height - 4)).toISOString().slice(0, 7)
          const output = outputOf(last, names)
          const from = await benchmarkFrom(output, (notBefore) => marketAt(history, height, notBefore))
          for (const month of from === null ? [] : monthsUpTo(last, 12).filter((each) => each >= from)) {
            const set = names.map(payerName).sort().join(', ')
            expect(shown.get(month) ?? set, `${month} at ${height}`).toBe(set)
            shown.set(month, set)
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})
