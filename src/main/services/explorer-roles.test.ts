/** Who sees what of a block: the head and the proofs are everybody's, the record is of those who open records, and the rest is told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { role, type Role } from '../../shared/contract/app.ts'
import { allRights, blockRights, mayOpenPatients, whySealed } from '../../shared/contract/rights.ts'
import { PASSPHRASE, until } from '../governance/institution.test-kit.ts'
import { openHouse, unlock, type Application, type House } from '../work-place/house.test-kit.ts'
import { plainVisit } from './visit.test-kit.ts'

let house: House
let place: Application
let patientId = ''
beforeAll(async () => {
  house = await openHouse()
  for (const each of role.options) await house.addPerson(`only ${each}`, [each])
  await house.addPerson('second', ['administrator'])
  place = await house.place('Office')
  await unlock(place, 'only clerk')
  const registered = await place.ask.patients.register({
    patient: { name: '王小明', sex: 'male', birthDate: '1975-03-02', nationalId: 'A123456789' },
    although: null,
  })
  if (registered.kind !== 'registered') throw new Error(registered.kind)
  ;({ patientId } = registered.patient)
  const visit = plainVisit(patientId, '2026-11-20')
  await place.ask.records.submit({ visit, draftId: null, change: null })
  await until(
    () => house.node.ask.node.status(),
    ({ blockCount }) => blockCount === 1,
  )
})
afterAll(() => house.close())

async function contentFor(who: Role | null) {
  if (who === null) await place.ask.app.lockWholly()
  else await unlock(place, `only ${who}`)
  const block = (await place.ask.chain.block({ index: 0 }))!
  const proof = await place.ask.chain.fieldProof({ index: 0, leafIndex: 0 })
  return { block, proof }
}

describe('a block in the explorer', () => {
  it('is told by the table of rights, which agrees with who is given keys of patients', () => {
    for (const each of role.options) {
      expect(whySealed('record', [each]) === null, each).toBe(mayOpenPatients([each]))
      expect(whySealed('erasure', [each]), each).toBeNull()
      expect(whySealed('head', [each]), each).toBeNull()
    }
    const parts = Object.keys(blockRights) as (keyof typeof blockRights)[]
    expect(parts.map((part) => whySealed(part, null))).toEqual([null, 'locked', 'locked'])
    expect(allRights.find(({ operation }) => operation === 'chain.block')?.right.who).toBe('anyone')
  })

  it('shows its record to whoever may open records, and to everybody else that it is sealed and why', async () => {
    for (const who of [null, ...role.options]) {
      const { block, proof } = await contentFor(who)
      const expected = whySealed('record', who === null ? null : [who])
      // Everybody: head, segment, signatures.
      expect(block.head.merkleRoot).toMatch(/^[0-9a-f]{64}$/)
      expect(block.segment.certificate.signatures.length).toBeGreaterThan(0)
      if (expected === null) {
        expect(block.content.kind).toBe('open')
        expect(proof).not.toBeNull()
      } else {
        expect(block.content, String(who)).toEqual({ kind: 'sealed', reason: expected })
        expect(proof).toBeNull()
        expect(JSON.stringify(block)).not.toContain(patientId)
      }
    }
  })

  it('tells everybody who has unlocked that it was erased, and nobody at a locked screen', async () => {
    const { ask } = house.node
    const erasing = { patientId, reason: 'patient-request', text: null } as const
    await ask.people.confirm({ operation: 'erasures.request', input: erasing, passphrase: PASSPHRASE })
    const asked = await ask.erasures.request(erasing)
    if (asked.kind !== 'asked') throw new Error(JSON.stringify(asked))
    await until(
      () => ask.erasures.list(),
      ([first]) => first?.state === 'asked',
    )
    const { versionCount } = (await ask.erasures.list())[0]!
    const approving = { erasureId: asked.erasureId, versionCount }
    await unlock(place, 'second')
    await place.ask.people.confirm({
      operation: 'erasures.approve',
      input: approving,
      passphrase: PASSPHRASE,
    })
    expect(await place.ask.erasures.approve(approving)).toEqual({ kind: 'taken' })
    await until(
      () => ask.erasures.list(),
      ([first]) => first?.receipts.length === 1,
    )
    for (const who of role.options)
      expect((await contentFor(who)).block.content, who).toEqual({
        kind: 'sealed',
        reason: 'erased',
        receipts: { count: 1, of: 1 },
      })
    expect((await contentFor(null)).block.content).toEqual({ kind: 'sealed', reason: 'locked' })
  })
})
