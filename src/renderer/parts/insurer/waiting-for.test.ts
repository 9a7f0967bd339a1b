import { expect, it } from 'vitest'
import { waitingFor } from './waiting-for.ts'

it('is a version that nobody has decided on, unless it is one’s own', () => {
  const waits = { state: 'waiting', isOwn: false } as const
  expect(waitingFor([waits, { state: 'waiting', isOwn: true }, { state: 'approved', isOwn: false }])).toEqual(
    [waits],
  )
})
