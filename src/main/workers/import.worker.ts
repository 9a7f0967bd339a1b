/** Seals what the reading thread gives, beside the main thread (imports/intake.ts). */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import type { NodeCalls, ThreadCalls } from '../imports/import-calls.ts'
import { movableBuffers, takeIn } from '../imports/intake.ts'
import type { SourceEvent } from '../imports/intake.ts'
import type { PersonAnswer } from '../imports/person-desk.ts'
import { tryOut, type FinishedTrial } from '../imports/trial.ts'
import { readAhead } from '../imports/read-ahead.ts'
import type { KnownPerson } from '../imports/visit-findings.ts'
import { originalLines } from '../records/original-lines.ts'
import { createNodeCrypto, createNodeRandom } from '../node/crypto-node.ts'
import { speak } from './calls.ts'

let isCancelled = false
/** Of the files that were read, SHA-256 in hex. */
const hashes = new Set<string>()

async function* noted(events: AsyncIterable<SourceEvent>): AsyncIterable<SourceEvent> {
  for await (const event of events) {
    if (event.kind === 'file' && event.file !== undefined) hashes.add(event.file.hash)
    yield event
  }
}

const node = speak<NodeCalls, ThreadCalls>(present(parentPort), {
  async run({ source, options }) {
    await takeIn(
      createNodeCrypto(),
      createNodeRandom(),
      noted(readAhead(source)),
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
  async tryOut({ source, today }): Promise<FinishedTrial> {
    const { report, issues } = await tryOut(noted(readAhead(source)), {
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
    })
    if (source.kind !== 'files') return { report, issues }
    const lines = await originalLines(issues, source.mapping ?? null, hashes)
    return {
      report,
      issues: issues.map((issue, i) => (lines[i] == null ? issue : { ...issue, line: lines[i] })),
    }
  },
  lines: ({ questions, mapping }) => originalLines(questions, mapping, hashes),
  cancel() {
    isCancelled = true
  },
})
