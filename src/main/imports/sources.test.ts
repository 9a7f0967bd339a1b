import { describe, expect, it } from 'vitest'
import { generatePatients } from '../generator/generate-patients.ts'
import { eventsOf } from './sources.ts'

const NAMES = ['Harvest', 'Autumn', 'Spring'] as const
const insurers = [
  { name: NAMES[0], share: 2 },
  { name: NAMES[1], share: 1 },
  { name: NAMES[2], share: 1 },
] as const

describe('generated visits', () => {
  it('name the insurer of their person, the same at every hospital, and none where there is none', async () => {
    const payersOf = new Map<string, Set<string>>()
    for (const part of [0, 1]) {
      const source = {
        kind: 'generated',
        patients: 80,
        seed: 'payers',
        share: { part, of: 2 },
        insurers,
      } as const
      for await (const event of eventsOf(source)) {
        if (event.kind !== 'visit') continue
        const { type, organisation } = event.content.encounter.payer
        expect(organisation === undefined).toBe(type === 'SELF')
        const key = event.patient.sourceKey
        payersOf.set(key, (payersOf.get(key) ?? new Set()).add(organisation ?? 'nobody'))
      }
    }
    expect(payersOf.size).toBe(80)
    expect([...payersOf.values()].filter(({ size }) => size > 1)).toEqual([])
    expect([...new Set([...payersOf.values()].flatMap((each) => [...each]))]).toEqual(
      expect.arrayContaining([...NAMES]),
    )
  })

  it('name the insurers of the generator where no others are said', async () => {
    const own = new Set<string | undefined>()
    for await (const event of eventsOf({ kind: 'generated', patients: 20, seed: 'payers' }))
      if (event.kind === 'visit') own.add(event.content.encounter.payer.organisation)
    const made = [...generatePatients({ patients: 20, seed: 'payers' })].flatMap(({ visits }) =>
      visits.map(({ content }) => content.encounter.payer.organisation),
    )
    expect(own).toEqual(new Set(made))
  })
})
