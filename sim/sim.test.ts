import { describe, expect, it } from 'vitest'
import { runSeed } from './cluster.ts'
import { LIES } from './faults.ts'
import { SILENT_COPY } from './plants.ts'
import { runScenario } from './scenario.ts'
import { scenarioNames, scenarioText, writeScenario } from './scenarios.ts'

// A look at what `npm run sim` does with thousands of seeds and with planted bugs, which `npm test` runs on every core.
describe('a simulated consortium', () => {
  it('keeps every promise', { timeout: 120_000 }, async () => {
    // Those beyond 5 broke one when what a seed draws was another; that a bug of today is met is what the plants show.
    for (const seed of [1, 2, 3, 4, 5, 27, 67, 307, 1785, 5076, 20246, 116_171, 155_679]) {
      const { violations } = await runSeed({ seed })
      expect(violations, `seed ${seed}`).toEqual([])
    }
  })

  it('does the same again from the same seed, to the last message', async () => {
    for (const seed of [3, 8, 18, 57]) {
      const first = await runSeed({ seed })
      const second = await runSeed({ seed })
      expect(second).toEqual(first)
      expect(first.heights).toBeGreaterThan(0)
    }
  })

  it('goes on with every single lie, and with all of them at once', { timeout: 120_000 }, async () => {
    for (const [i, lie] of LIES.entries()) {
      const { violations } = await runSeed({
        seed: 7_000 + i,
        change: { voters: 4, liars: [[lie]], damage: 'none' },
      })
      expect(violations, lie).toEqual([])
    }
    const { violations } = await runSeed({
      seed: 7_100,
      change: { voters: 7, liars: [LIES, LIES], damage: 'none' },
    })
    expect(violations).toEqual([])
  })
})

describe('a voter that forgets what it signed', () => {
  it(
    'signs nothing twice where nobody tells it that its data are an old copy (R27)',
    { timeout: 120_000 },
    async () => {
      // 6: the seed that the planted bug `meeting-skipped` is caught by, as `npm run sim -- --plants` says; 108 before.
      for (const seed of [6, 108, ...Array.from({ length: 40 }, (_, i) => 8_001 + i)]) {
        const { violations } = await runSeed({ seed, change: SILENT_COPY })
        expect(violations, `seed ${seed}`).toEqual([])
      }
    },
  )

  it(
    'comes back where nothing is decided without it, and signs nothing twice (R29)',
    { timeout: 120_000 },
    async () => {
      // They broke it when what a seed draws was another: a height ahead, forgotten twice, shown later by others.
      const met: [voters: number, seed: number][] = [
        [2, 460],
        [2, 557],
        [3, 1237],
      ]
      for (const [voters, seed] of met) {
        const { violations } = await runSeed({ seed, voters })
        expect(violations, `${voters} voters, seed ${seed}`).toEqual([])
      }
      for (let seed = 9_001; seed <= 9_040; seed++) {
        const { violations } = await runSeed({ seed, voters: 2 + (seed % 2), change: { damage: 'backup' } })
        expect(violations, `seed ${seed}`).toEqual([])
      }
    },
  )
})

describe('a schedule', () => {
  it.each(scenarioNames())('is as its transcript says: %s', async (name) => {
    const text = scenarioText(name)
    const { transcript, violations } = await runScenario(text)
    if (process.env['UPDATE'] === '1') writeScenario(name, transcript)
    else expect(transcript).toBe(text)
    expect(violations).toEqual([])
  })
})

describe('an hour', () => {
  const HOUR = ['> run 3600 s']
  /** When something is said after the hour, in milliseconds since its end; null when it never is. */
  function after(transcript: string, end: number, what: RegExp): number | null {
    for (const line of transcript.split('\n')) {
      const [, at, said] = /^ *(\d+) (.*)$/.exec(line) ?? []
      if (Number(at) >= end && what.test(said!)) return Number(at) - end
    }
    return null
  }

  it('in two halves decides nothing and forks nothing; a minute later everything is final (A11)', async () => {
    const { transcript, violations } = await runScenario(
      [
        '> consortium of 4',
        '> visit at 0',
        '> run 1 s',
        '> lose all from 0,1 to 2,3',
        '> lose all from 2,3 to 0,1',
        '> visit at 0',
        '> visit at 3',
        ...HOUR,
        '> lose nothing',
        '> run 60 s',
      ].join('\n'),
    )
    expect(violations).toEqual([])
    const END = 1_000 + 3_600_000
    const decisions = transcript.split('\n').filter((line) => line.includes('decides'))
    const inHour = decisions.filter((line) => Number(line.trim().split(' ')[0]) < END)
    // What was final before, at each of the four.
    expect(inHour).toHaveLength(4)
    expect(inHour.every((line) => line.includes('decides 1 = '))).toBe(true)
    for (const node of [0, 1, 2, 3])
      for (const height of [2, 3]) {
        const resumedMs = after(transcript, END, new RegExp(`^${node} decides ${height} = `))
        expect(resumedMs, `${node} decides ${height}`).not.toBeNull()
      }
  })

  it('of rounds without a proposal makes none of them longer than the longest wait; then one decides at once', async () => {
    const { transcript, violations } = await runScenario(
      [
        '> consortium of 4',
        '> lose proposal from * to *',
        '> visit at 0',
        '> visit at 1',
        '> visit at 2',
        '> visit at 3',
        ...HOUR,
        '> lose nothing',
        '> run 60 s',
      ].join('\n'),
    )
    expect(violations).toEqual([])
    const begun = transcript
      .split('\n')
      .map((line) => /^ *(\d+) 0 prevotes nil in 1\/(\d+)$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => ({ at: Number(match[1]), round: Number(match[2]) }))
    expect(begun.length).toBeGreaterThan(100)
    // A wait for the proposal and one for votes, 20 s each and the 5 % by which validators do not move in step (R10).
    // Without the cap the last rounds of the hour would take a minute.
    for (const [i, { at, round }] of begun.slice(1).entries())
      expect((at - begun[i]!.at) / (round - begun[i]!.round)).toBeLessThan(42_500)
    expect(after(transcript, 3_600_000, /^0 decides 1 = /)).not.toBeNull()
  })
})
