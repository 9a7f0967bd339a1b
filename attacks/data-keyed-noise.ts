/**
 * A3: noise that is keyed by the set of records, tempting because the same answer comes for the same set however it is described. Then
 * two descriptions answer alike exactly where they mean the same people: with one description that includes the target by name of
 * their features, equality is membership.
 */
import { createNodeCrypto } from '../src/main/node/crypto-node.ts'
import { labelHash, NO_CHAIN } from '../src/main/node/crypto/labels.ts'
import { sampleDiscreteGaussian } from '../src/main/privacy/noise/discrete-gaussian.ts'
import { keyedStream } from '../src/main/privacy/noise/keyed-stream.ts'
import { varianceOf } from '../src/main/privacy/request/part.ts'
import { planOf } from '../src/main/privacy/request/plan.ts'
import type { ReleaseRequest } from '../src/main/privacy/request/release-request.ts'
import { decodeRequest, encodeRequest, requestHash } from '../src/main/privacy/request/request-bytes.ts'
import { tabulate, type Patient } from '../src/main/privacy/request/tabulate.ts'
import { createDice } from '../sim/random.ts'
import type { Attack } from './attack.ts'

const crypto = createNodeCrypto()
const KEY = new Uint8Array(32).fill(3)

export const dataKeyedNoise: Attack = {
  name: 'A3',
  title: 'noise keyed by the set of records',
  stoppedBy: [],
  run({ gate }, effort) {
    const trialCount = effort === 'full' ? 4_000 : 400
    const dice = createDice(3)
    const equalCounts = [0, 0]
    for (let trial = 0; trial < trialCount; trial++) {
      const isMember = trial % 2
      const others = Array.from({ length: dice.between(20, 60) }, () => dice.below(2 ** 31))
      // "Everybody with the diagnosis", and "everybody with the diagnosis who is not like the target".
      const answers = [[...others, ...(isMember === 1 ? [-1] : [])], others].map((people, description) =>
        answer(gate === 'naive', trial, description, people),
      )
      if (answers[0] === answers[1]) equalCounts[isMember]!++
    }
    return { advantage: (equalCounts[0]! - equalCounts[1]!) / (trialCount / 2), bound: 0.1 }
  },
}

function answer(
  isKeyedByData: boolean,
  trial: number,
  description: number,
  people: readonly number[],
): bigint {
  const bytes = encodeRequest({
    snapshot: new Uint8Array(32),
    cohort: crypto.sha256(Uint8Array.of(trial >> 8, trial & 255, description)),
    cleaning: null,
    followUp: null,
    output: { kind: 'count' },
    microRho: 2_000,
  })
  const request: ReleaseRequest | null = decodeRequest(bytes)
  if (request === null) throw new Error('the attack asks what may be asked')
  const [part] = planOf(request)
  const patients: Patient[] = people.map(() => [{}])
  const [count] = tabulate(part!, patients)
  const names = new TextEncoder().encode(people.join(','))
  const name = isKeyedByData
    ? labelHash(crypto, 'consilium/attack/1', NO_CHAIN, names)
    : requestHash(crypto, NO_CHAIN, bytes)
  return count! + sampleDiscreteGaussian(keyedStream(crypto, KEY, NO_CHAIN, name, 0), varianceOf(part!))
}
