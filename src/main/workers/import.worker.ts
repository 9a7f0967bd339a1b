/** Seals what the reading thread gives, beside the main thread (imports/intake.ts). */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import type { NodeCalls, ThreadCalls } from '../imports/import-calls.ts'
import { movableBuffers, takeIn } from '../imports/intake.ts'
import type { PersonAnswer } from '../imports/person-desk.ts'
import { tryOut, type FinishedTrial } from '../imports/trial.ts'
import { readAhead } from '../imports/read-ahead.ts'
import type { KnownPerson } from '../imports/visit-findings.ts'
import { createNodeCrypto, createNodeRandom } from '../node/crypto-node.ts'
import { speak } from './calls.ts'

let isCancelled = false

const node = speak<NodeCalls, ThreadCalls>(present(parentPort), {
  async run({ source, options }) {
    await takeIn(
      createNodeCrypto(),
      createNodeRandom(),
      readAhead(source),
      {
        current: (questions, patients) => node.call('current', { questions, patients }),
        decide: (questions, patients) => node.call('decide', { questions, patients }),
        mapped: (codes) => node.call('mapped', codes),
        consents: (places, patients) => node.call('consents', { places, patients }),
        people: (questions) => node.call('people', questions),
        take: (visits, patients, dropped) =>
          node.call('take', { visits, patients, dropped }, movableBuffers(visits)),
        tell: (news) => void node.call('tell', news),
        isCancelled: () => isCancelled,
      },
      options,
    )
  },
  tryOut: ({ source, today }): Promise<FinishedTrial> =>
    tryOut(readAhead(source), {
      today,
      known: (patient): Promise<KnownPerson | null> => node.call('known', patient),
      people: (questions): Promise<PersonAnswer[]> => node.call('people', questions),
      isCancelled: () => isCancelled,
      tell: (progress) =>
        void node.call('tell', {
          rejects: [],
          unusual: [],
          warnings: {},
          files: [],
          observations: 0,
          progress,
        }),
    }),
  cancel() {
    isCancelled = true
  },
})
