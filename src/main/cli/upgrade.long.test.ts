/** A12: the consortium changes to a new version of the program, one hospital after the other, and then to its protocol. */
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { assert, present } from '../../shared/std/assert.ts'
import { reachProfile, type Reached } from './reach.ts'
import { createTown, foundedTogether, testWorld, type Town } from '../governance/institution.test-kit.ts'
import {
  buildCommandLine,
  PASSPHRASE,
  runCommandLine,
  startCommand,
  tinyBundle,
  type Started,
} from './cli.test-kit.ts'

/** The next version of the program: it speaks one protocol more, with the same rules. */
const NEXT = {
  'src/main/node/chain/protocol.ts':
    'export const PROTOCOLS = { min: 1, max: 2 }\nexport const isSpoken = (version) => version >= 1 && version <= 2\n',
}

interface Hospital {
  readonly folder: string
  node: Started | null
  /** As the window and the commands ask: over the local socket of whoever has the folder open. */
  reached: Reached | null
}

let today = ''
let next = ''
beforeAll(async () => {
  today = await buildCommandLine()
  next = await buildCommandLine(NEXT)
}, 120_000)
afterAll(async () => {
  for (const folder of [today, next]) await rm(folder, { recursive: true, force: true })
})

let town: Town | null = null
const running = new Set<Hospital>()
afterEach(async () => {
  await Promise.all([...running].map(stop))
  await town?.close()
  town = null
})

async function start(hospital: Hospital, built: string): Promise<void> {
  const node = startCommand(built, ['node', '--profile', hospital.folder], {
    CONSILIUM_PASSPHRASE: PASSPHRASE,
  })
  hospital.node = node
  running.add(hospital)
  // A command that came before would open the folder itself.
  const hasStarted = new Promise<void>((resolve) => {
    node.child.stderr!.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8').includes('"started":true')) resolve()
    })
  })
  const hasEnded = node.done.then(({ stdout, stderr }) => {
    throw new Error(`it did not start: ${stdout}${stderr}`)
  })
  await Promise.race([hasStarted, hasEnded])
  hasEnded.catch(() => {})
  hospital.reached = await reachProfile(testWorld(), hospital.folder, PASSPHRASE)
  expect(hospital.reached.kind).toBe('over-socket')
}

async function stop(hospital: Hospital): Promise<void> {
  running.delete(hospital)
  await hospital.reached?.close()
  hospital.node?.child.kill('SIGTERM')
  await hospital.node?.done
  hospital.node = hospital.reached = null
}

const ask = ({ reached }: Hospital) => present(reached, 'it runs').ask
const status = (hospital: Hospital) => ask(hospital).node.status()

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await isSo());) {
    if (Date.now() > end) throw new Error('it did not come to that within a minute')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('an upgrade at a height (A12)', () => {
  it('is refused while too few are ready, goes on through mixed versions, and stops only who is not', async () => {
    town = await createTown()
    const founded = await foundedTogether(town, ['north', 'east', 'south', 'west'])
    for (const institution of founded) await institution.close()
    const hospitals = founded.map(({ folder }): Hospital => ({ folder, node: null, reached: null }))
    const [north, east, south, west] = hospitals as [Hospital, Hospital, Hospital, Hospital]
    for (const hospital of hospitals) await start(hospital, today)
    await until(async () => (await status(north)).votersReachable === 4)

    let patient = 0
    async function enter(at: Hospital): Promise<void> {
      const file = join(town!.files, `${++patient}.json`)
      await writeFile(file, tinyBundle(patient, 1))
      const { jobId } = await ask(at).imports.start({ paths: [file] })
      await until(async () => (await ask(at).imports.report({ jobId })) !== null)
      expect(await ask(at).imports.report({ jobId })).toMatchObject({ visits: 1, rejectedCount: 0 })
    }
    /** One more visit, which is final when this resolves. */
    async function visit(at: Hospital): Promise<void> {
      await enter(at)
      await until(async () => (await status(at)).queuedCount === 0)
    }
    const toNext = { kind: 'protocol', afterHeights: 20 } as const
    await visit(north)

    // Nobody speaks the next protocol: refused before anybody is asked.
    expect(await ask(north).governance.weigh(toNext)).toMatchObject({ kind: 'refused', reason: 'not-ready' })

    // A trial on a copy; the original is not touched.
    await stop(north)
    const copy = join(town.files, 'copy')
    await cp(north.folder, copy, { recursive: true })
    const tried = await runCommandLine(next, ['verify', '--profile', copy])
    expect(tried).toMatchObject({ code: 0, answer: { blocks: 1 } })
    await start(north, next)

    // One after the other; visits become final in between.
    await visit(east)
    await stop(east)
    await start(east, next)
    await visit(west)
    expect(await ask(north).governance.weigh(toNext)).toMatchObject({ kind: 'refused', reason: 'not-ready' })
    await stop(south)
    await start(south, next)
    // Back to the old version, which reads what the new one wrote, and forward again.
    await visit(south)
    await stop(south)
    await start(south, today)
    await visit(south)
    await stop(south)
    await start(south, next)
    await until(async () => (await status(north)).votersReachable === 4)

    const proposed = await ask(north).governance.propose({ plan: toNext, note: '', passphrase: PASSPHRASE })
    assert(proposed.kind === 'proposed', JSON.stringify(proposed))
    const { proposalId } = proposed.proposal
    for (const { governance } of [ask(east), ask(south)]) {
      await until(async () => (await governance.proposals()).some((each) => each.proposalId === proposalId))
      expect(await governance.approve({ proposalId, passphrase: PASSPHRASE })).toMatchObject({
        kind: 'approved',
      })
    }
    let effectHeight = 0
    await until(async () => {
      const [pending] = (await ask(west).governance.overview()).pending
      effectHeight = pending?.effectHeight ?? 0
      return pending?.change.kind === 'protocol'
    })
    // The one that is not ready says so as long as there is time.
    const { alerts } = await ask(west).governance.overview()
    expect(alerts).toContainEqual(expect.objectContaining({ kind: 'version-ahead', amount: effectHeight }))

    // Mixed versions until the height: the old one votes and writes as all others.
    for (let turn = 0; (await status(north)).height < effectHeight - 1; turn++)
      await visit(hospitals[turn % 4]!)
    await until(async () => (await status(west)).height === effectHeight - 1)
    await visit(east)
    expect(await status(north)).toMatchObject({ state: 'running', votersReachable: 3, quorum: 3 })
    await until(async () => (await status(west)).state === 'outdated')
    expect(await status(west)).toMatchObject({ height: effectHeight - 1 })

    // It keeps what its clerks enter, and takes part again when the new version is installed.
    await enter(west)
    expect(await status(west)).toMatchObject({ state: 'outdated', queuedCount: 1 })
    await stop(west)
    await start(west, next)
    await until(async () => (await status(west)).queuedCount === 0)
    await visit(west)

    const tips = new Set<unknown>()
    for (const hospital of hospitals) {
      await until(async () => (await status(hospital)).blockCount === patient)
      tips.add((await status(hospital)).tip)
    }
    expect(tips.size).toBe(1)
    for (const hospital of hospitals) await stop(hospital)
    const verified = await runCommandLine(next, ['verify', '--profile', west.folder])
    expect(verified).toMatchObject({ code: 0, answer: { ok: true, blocks: patient } })
  }, 240_000)
})
