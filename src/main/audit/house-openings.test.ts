import { describe, expect, it } from 'vitest'
import type { AuditedCall } from '../services/audit-port.ts'
import { auditKit, callOf, START, type Kit } from './audit.test-kit.ts'
import { createHouseOpenings } from './house-openings.ts'
import type { HouseAlarm } from './opening-meter.ts'

const PERSON = { userKeyId: 'bo', roles: ['clerk'] } as const
const AT_BOUND = 50

function houseOf({ log, clock }: Kit) {
  const announced: HouseAlarm[] = []
  const disk = { isFull: false }
  const openings = createHouseOpenings({
    audit: {
      log,
      say: async (operation, about = {}) => {
        if (disk.isFull) throw new Error('nothing can be noted')
        await log.append({
          operation,
          act: 'node',
          outcome: about.outcome ?? 'done',
          code: about.code ?? null,
          person: about.person ?? null,
          subject: about.subject ?? {},
        })
      },
    },
    now: () => clock.now,
    onAlarm: (alarm) => void announced.push(alarm),
  })
  const opens = (subject: AuditedCall['subject'], operation = 'patients.get') =>
    openings.weigh({ operation, person: PERSON, subject }, true)
  return { openings, announced, disk, opens }
}

describe('an alarm of the own house', () => {
  it('that could not be noted is neither shown nor announced, and comes with the same patient once it can', async () => {
    const { openings, announced, disk, opens } = houseOf(await auditKit())
    for (let i = 0; i < AT_BOUND; i++) await opens({ patientId: `p${i}` })
    disk.isFull = true
    await expect(opens({ patientId: 'next' })).rejects.toThrow('nothing can be noted')
    await expect(openings.exportedAll(PERSON)).rejects.toThrow('nothing can be noted')
    expect([announced, await openings.alarms()]).toEqual([[], []])
    disk.isFull = false
    expect(await opens({ patientId: 'next' })).toBe(true)
    const alarm = { at: START, person: 'bo', kind: 'person-hour', patientCount: AT_BOUND + 1 }
    expect(announced).toEqual([alarm])
    expect(await openings.alarms()).toEqual(announced)
  })

  it('lets nobody go on whose passphrase could not be noted', async () => {
    const { openings, disk, opens } = houseOf(await auditKit())
    for (let i = 0; i < 2 * AT_BOUND; i++) await opens({ patientId: `p${i}` })
    disk.isFull = true
    await expect(openings.goOn(PERSON)).rejects.toThrow('nothing can be noted')
    disk.isFull = false
    expect(await opens({ patientId: 'next' })).toBe(false)
    expect(await openings.goOn(PERSON)).toMatchObject({ kind: 'went-on' })
    expect(await opens({ patientId: 'next' })).toBe(true)
  })
})

describe('several patients in one answer', () => {
  const examples = (from: number) => ({
    pseudonyms: Array.from({ length: 8 }, (_, i) => `pseudonym-${from + i}`).join('+'),
  })
  const look = (house: ReturnType<typeof houseOf>, from: number) =>
    house.opens(examples(from), 'cleaning.examples')

  it('are counted one by one, told and closed, also after a restart', async () => {
    const kit = await auditKit()
    const house = houseOf(kit)
    const isOpened = []
    for (let from = 0; from < 3 * AT_BOUND; from += 8) {
      isOpened.push(await look(house, from))
      if (isOpened.at(-1) === true)
        await kit.log.append(
          callOf('', { operation: 'cleaning.examples', person: PERSON, subject: examples(from) }),
        )
    }
    expect(isOpened.filter(Boolean)).toHaveLength(Math.floor((2 * AT_BOUND) / 8))
    expect(house.announced.map(({ kind, patientCount }) => [kind, patientCount])).toEqual([
      ['person-hour', AT_BOUND + 1],
      ['closed-hour', 2 * AT_BOUND],
    ])
    const again = houseOf(await kit.again())
    // The same once more are nobody new; of others only what is left of the bound.
    expect(await look(again, 0)).toBe(true)
    expect(await look(again, 1_000)).toBe(false)
  })

  it('are one patient of the other hospital beside an access', async () => {
    const house = houseOf(await auditKit())
    for (let from = 0; from < 3 * AT_BOUND; from += 8)
      expect(await house.opens({ accessId: 'a', ...examples(from) }, 'access.open')).toBe(true)
    expect(house.announced).toEqual([])
  })
})
