/**
 * One validator of the consensus benchmark: the product's node on a profile of its own, and closed-loop clients that each
 * seal a visit, hand it in, and go on when it is final. A child of `consensus.bench.ts`.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openHeadless, DEMONSTRATION_PASSPHRASE } from '../src/main/headless.ts'
import type { Field } from '../src/main/node/chain/record.ts'
import type { MemberId } from '../src/main/node/chain/ids.ts'
import { decodeBodyMessage } from '../src/main/node/network/protocols/bodies.ts'
import { fieldsAt, sampleVisit } from '../src/main/node/node.test-kit.ts'
import type { ChainNode } from '../src/main/node/node.ts'
import { sealVisits } from '../src/main/node/seal-visits.ts'
import { newestEpoch } from '../src/main/node/vault/institution-keys.ts'
import { realWorld } from '../src/main/world.ts'
import { toHex } from '../src/shared/std/bytes.ts'
import type { VisitRecord } from '../src/shared/domain/visit.ts'

export type MemberCommand =
  | { readonly kind: 'run'; readonly size: RecordSize; readonly clients: number; readonly seconds: number }
  | { readonly kind: 'stop' }

export type MemberAnswer =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'ran'
      readonly latenciesMs: readonly number[]
      readonly loopDelayP99Ms: number
      /** Of the whole process with its threads, in the time that is measured. */
      readonly cpuMs: number
    }
  | { readonly kind: 'stopped' }

const WARM_UP_MS = 2_000
const FILLING = 'Signed on paper, kept at the desk. '
export type RecordSize = 'smallest' | 'usual'
const SIZE_CLASS: Readonly<Record<RecordSize, number>> = { smallest: 0, usual: 1 }

/** @param areRecordsOpened false: bodies are held to their hashes and not opened before a vote */
export async function serveMember(
  folder: string,
  firstSerial: number,
  areRecordsOpened: boolean,
): Promise<void> {
  serial = firstSerial
  const world = realWorld()
  const headless = await openHeadless({
    folder,
    passphrase: DEMONSTRATION_PASSPHRASE,
    world: areRecordsOpened ? world : unopened(world),
    drainMs: 0,
  })
  const { profile } = headless.institution
  const { node } = profile
  if (node === null) throw new Error('the profile did not open')
  const say = (answer: MemberAnswer): void => void process.send!(answer)
  const lease = await profile.unlock(DEMONSTRATION_PASSPHRASE)
  const custodian = newestEpoch(lease.session.keys!.custodianEpochs)
  // Every validator is connected before anybody counts.
  while (node.status.votersReachable < node.status.voterCount) await pause(50)
  say({ kind: 'ready' })

  process.on('message', (command: MemberCommand) => {
    void (async () => {
      if (command.kind === 'run') say(await runClients(node, custodian, command))
      else {
        lease.release()
        await headless.close()
        say({ kind: 'stopped' })
        process.disconnect()
      }
    })()
  })
}

/** A world in which records are believed: who wrote one is whoever sent it, since nobody opens it to see. */
function unopened(world: ReturnType<typeof realWorld>): ReturnType<typeof realWorld> {
  const authors = new Map<string, MemberId>()
  let self: MemberId
  return {
    ...world,
    createChecker: () => ({
      check: async (_keys, records) =>
        records.map(({ merkleRoot }) => ({
          kind: 'opened',
          author: authors.get(toHex(merkleRoot)) ?? self,
        })),
      close: async () => {},
    }),
    async openNetwork(about, settings) {
      self = about.memberId
      const network = await world.openNetwork(about, settings)
      const { transport } = network
      const listening: typeof transport = {
        ...transport,
        onMessage(lane, handler) {
          transport.onMessage(lane, (from, message) => {
            const read = lane === 'body' ? decodeBodyMessage(message) : null
            if (read?.kind === 'visits')
              for (const { merkleRoot } of read.visits) authors.set(toHex(merkleRoot), from.memberId)
            return handler(from, message)
          })
        },
      }
      return { ...network, transport: listening }
    },
  }
}

/** Numbers no visit twice over several runs. */
let serial = 0

async function runClients(
  node: ChainNode,
  custodian: ReturnType<typeof newestEpoch>,
  { size, clients, seconds }: Extract<MemberCommand, { kind: 'run' }>,
): Promise<MemberAnswer> {
  const { crypto, random } = realWorld()
  const waiting = new Map<number, () => void>()
  const stopListening = node.onFinal(({ own }) => {
    for (const { sequence } of own) {
      waiting.get(sequence)?.()
      waiting.delete(sequence)
    }
  })
  // Clients that are ready in the same turn are one submission batch, as at a hospital's intake.
  let ready: ((sequence: number) => void)[] = []
  const handIn = (): void => {
    const batch = ready
    ready = []
    const records = batch.map(() => fieldsOf(size, serial++, toHex(node.memberId)))
    const sealed = sealVisits(crypto, random, node.sealingKeys(custodian), records).map((each) => {
      if (each.kind === 'refused') throw new Error(each.reason)
      if (each.visit.sizeClass !== SIZE_CLASS[size])
        throw new Error('a record of another class than asked for')
      return each.visit
    })
    const first = node.reserve(sealed.length)
    for (const [i, take] of batch.entries()) take(first + i)
    void node.submit(sealed, first, [])
  }
  const sequenceOf = (): Promise<number> =>
    new Promise((resolve) => {
      if (ready.push(resolve) === 1) setImmediate(handIn)
    })

  const delay = monitorEventLoopDelay({ resolution: 5 })
  const from = performance.now() + WARM_UP_MS
  const until = from + seconds * 1000
  const latenciesMs: number[] = []
  delay.enable()
  let before = process.cpuUsage()
  let cpuMs = 0
  const begins = setTimeout(() => (before = process.cpuUsage()), WARM_UP_MS)
  const ends = setTimeout(
    () => {
      const { user, system } = process.cpuUsage(before)
      cpuMs = (user + system) / 1000
    },
    WARM_UP_MS + 1000 * seconds,
  )
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (;;) {
        const begin = performance.now()
        if (begin > until) return
        const sequence = await sequenceOf()
        await new Promise<void>((resolve) => waiting.set(sequence, resolve))
        if (begin > from && performance.now() <= until) latenciesMs.push(performance.now() - begin)
      }
    }),
  )
  delay.disable()
  stopListening()
  clearTimeout(begins)
  clearTimeout(ends)
  return { kind: 'ran', latenciesMs, loopDelayP99Ms: delay.percentile(99) / 1e6, cpuMs }
}

/**
 * `smallest`: a visit of the sixteen fields that every visit has, its text filled up to what 1 KiB holds beside an author's
 * path of eight hashes. `usual`: with a result and a diagnosis, which takes the next class.
 */
function fieldsOf(size: RecordSize, serial: number, facility: string): Field[] {
  const usual = sampleVisit(serial)
  const { birthDate: _, ...patient } = usual.patient
  const visit: VisitRecord =
    size === 'usual'
      ? usual
      : {
          ...usual,
          patient: { ...patient, consent: { ...patient.consent, ref: FILLING } },
          observations: [],
          diagnoses: [],
        }
  return fieldsAt(visit, facility)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
