import { describe, expect, it } from 'vitest'
import { applySegment } from './apply-segment.ts'
import {
  fieldsOf,
  finalise,
  foundConsortium,
  crypto,
  sampleVisit,
  sealVisits,
} from './consortium.test-kit.ts'
import { startVerification } from './verify-chain.ts'

const fresh = { isKnownRecord: () => false }

describe('applySegment', () => {
  it('lets one voter and four take the same path', () => {
    for (const voters of [1, 4]) {
      const consortium = foundConsortium({ voters })
      const records = sealVisits(
        consortium,
        consortium.institutions[0]!,
        [0, 1, 2].map((n) => fieldsOf(sampleVisit(n))),
      )
      const first = finalise(consortium, consortium.start, { records })
      expect(first.state.blockCount).toBe(3)
      const again = applySegment(crypto, first.state, first.bundle, fresh)
      expect(again).toEqual({ kind: 'rejected', reason: 'height' })
      const started = startVerification(crypto, consortium.signedGenesis, { areBodiesNeeded: true })
      expect(started.kind === 'started' && started.verifier.next(first.bundle).kind).toBe('verified')
    }
  })
})
