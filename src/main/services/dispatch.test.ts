/** What the audit hears of an answer that is a refusal. */
import { describe, expect, it } from 'vitest'
import type { PricingProblem } from '../../shared/contract/pricing.ts'
import type { AuditedCall } from './audit-port.ts'
import { dispatch, type Caller } from './dispatch.ts'
import { work } from './pricing-office.test-kit.ts'

async function heardOf(answer: object): Promise<Partial<AuditedCall>[]> {
  const told: AuditedCall[] = []
  const caller = {
    person: () => ({ userKeyId: 'ada', roles: ['analyst'] }),
    absence: () => 'locked',
    confirmations: { take: () => false },
    audit: { note: async (call: AuditedCall) => void told.push(call), isWriting: true },
  } as unknown as Caller
  const handlers = { pricing: { start: async () => answer } }
  const reply = await dispatch(handlers as never, caller, 'pricing.start', { work })
  expect(reply).toMatchObject({ ok: true })
  return told.map(({ outcome, code }) => ({ outcome, code }))
}

const unpriced = (problem: PricingProblem) => heardOf({ kind: 'not-priced', problem })

describe('dispatch', () => {
  it('tells a refused factor as a refusal, and another problem of pricing as an answer', async () => {
    const refusals = [{ factor: 'sex', reason: 'forbidden' as const, detail: '' }]
    expect(await unpriced({ kind: 'factors', refusals })).toEqual([{ outcome: 'refused', code: 'factors' }])
    expect(await unpriced({ kind: 'no-rules' })).toEqual([{ outcome: 'done', code: null }])
  })

  it('tells what could not be written as a failure, not as done', async () => {
    const failed = [{ outcome: 'failed', code: 'not-writable' }]
    expect(await heardOf({ kind: 'not-writable' })).toEqual(failed)
    expect(await heardOf({ kind: 'refused', reason: 'not-writable' })).toEqual(failed)
    expect(await heardOf({ kind: 'refused-file', reason: 'not-writable' })).toEqual(failed)
  })
})
