/** What a person reads when a command fails that has more to say than a code: the commands themselves, where node or members answer like that. */
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ALL_COMMANDS } from './all-commands.ts'
import { root } from './cli.test-kit.ts'
import { runCommand, type CommandWorld } from './commands.ts'
import { failureSentence } from './failure-sentences.ts'
import { CAUSES } from './study-request.ts'

/** How the profile answers that a command reaches, and the node that `node` opens. */
const answers = vi.hoisted(() => ({ ask: {} as Record<string, unknown>, founding: {} as object }))
vi.mock('./reach.ts', async (real) => ({
  ...(await real<object>()),
  reachProfile: async () => ({ kind: 'over-socket', ask: answers.ask, close: async () => {} }),
}))
vi.mock('../services/joining-service.ts', async (real) => ({
  ...(await real<object>()),
  createJoiningService: () => ({ startFounded: async () => answers.founding }),
}))
vi.mock('../headless.ts', async (real) => ({
  ...(await real<object>()),
  openHeadless: async () => {
    const status = { state: 'validating', height: 9, blockCount: 8, tip: 'ab', queuedCount: 1 }
    const node = {
      status: { ...status, observingReason: null },
      addresses: () => [],
      onAlert: () => {},
      // Soon after it started a second certificate comes.
      onStatus: (told: (status: object) => void) => setTimeout(() => told({ ...status, state: 'halted' }), 5),
    }
    return {
      services: { imports: { startLooking: () => {} } },
      institution: { profile: { node } },
      close: async () => {},
    }
  },
}))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-failing-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function saidBy(name: string, argv: readonly string[], ask: Record<string, unknown> = {}) {
  answers.ask = ask
  const told: string[] = []
  const world = {
    env: { CONSILIUM_PASSPHRASE: 'correct horse battery staple' },
    say: (line: string) => told.push(line),
    stdin: process.stdin,
    profileWorld: { applicationVersion: '0.1.0', now: () => 0 },
  }
  const { exit, answer } = await runCommand(ALL_COMMANDS[name]!, argv, world as unknown as CommandWorld)
  return { exit, answer: answer as Record<string, unknown>, said: told.at(-1) }
}
const PROFILE = ['--profile', '/absent']
/** Jobs that are not over when the time is. */
const endless = {
  list: async () => [
    { jobId: 'j', state: 'running', kind: 'verify', done: 1, total: 2, rate: null, unit: 'blocks' },
  ],
  cancel: async () => {},
}

it('`node` that halts says that it has stopped, and where to read why', async () => {
  const { exit, answer, said } = await saidBy('node', [...PROFILE, '--quiet'])
  expect(exit).toBe(1)
  expect(answer).toMatchObject({ ok: false, error: { code: 'halted' }, stopped: 'halted', height: 9 })
  expect(said).toMatch(/^The node has stopped and takes nothing new\. .*`consilium status`/)
})

it('`contradiction` says what it found, and how it is saved', async () => {
  const contradiction = { height: 4 }
  const ask = { governance: { overview: async () => ({ contradiction }) } }
  const { exit, answer, said } = await saidBy('contradiction', PROFILE, ask)
  expect(exit).toBe(1)
  expect(answer).toEqual({ ok: false, error: { code: 'two-certificates' }, contradiction })
  expect(said).toMatch(/^There are two certificates for one height\. .*`consilium contradiction --out FILE`/)
})

it('`cofound open` says whose signatures it waits for', async () => {
  answers.founding = { kind: 'waiting', missing: ['South'] }
  const argv = ['open', 'a.json', ...PROFILE, '--document', 'ab'.repeat(32)]
  const { exit, answer, said } = await saidBy('cofound', argv)
  expect(exit).toBe(1)
  expect(answer).toEqual({
    ok: false,
    error: { code: 'signatures-missing', detail: { missing: ['South'] } },
    kind: 'waiting',
    missing: ['South'],
  })
  expect(said).toMatch(
    /^Not every founder has signed the document yet \(missing: South\)\. Nothing was founded\. /,
  )
})

it.each(['genesis', 'epoch', 'other-chain', 'too-many-items', 'malformed', 'unreadable'])(
  '`verify` speaks of the chain on this disk, whatever word the check has for it: %s',
  async (reason) => {
    const ask = {
      chain: {
        startVerify: async () => ({ jobId: 'j' }),
        verifyResult: async () => ({ kind: 'failed', index: 3, height: 2, reason }),
      },
      jobs: { list: async () => [{ jobId: 'j', state: 'done' }] },
    }
    const { exit, answer, said } = await saidBy('verify', PROFILE, ask)
    expect(exit).toBe(1)
    expect(answer).toEqual({ ok: false, error: { code: 'chain-not-verified' }, index: 3, height: 2, reason })
    expect(said).toMatch(/^The chain on this disk does not check at the block that the JSON line names\. /)
  },
)

it('a file that a check refuses is spoken of by its reason', async () => {
  const path = join(folder, 'no.json')
  await writeFile(path, '{}')
  for (const name of ['check-proof', 'check-contradiction']) {
    const { answer, said } = await saidBy(name, [path])
    expect(answer).toMatchObject({ ok: false, error: { code: answer['reason'] }, kind: 'refused' })
    expect(said).not.toMatch(/^The check did not pass|^This was refused/)
  }
})

it('a job whose time is over was cancelled; a study and a proposal go on', async () => {
  const verify = { chain: { startVerify: async () => ({ jobId: 'j' }) }, jobs: endless }
  const late = await saidBy('verify', [...PROFILE, '--timeout', '0'], verify)
  expect(late.exit).toBe(5)
  expect(late.said).toMatch(/^The time to wait was over before the work was done\. The work was cancelled\. /)
  const row = { state: 'waiting', studyHash: 'ab'.repeat(32), lane: 'automatic' }
  const opened = { row, takers: [], answer: null, question: null }
  const study = { requests: { open: async () => opened, list: async () => [row] } }
  const waiting = await saidBy('study', ['result', ...PROFILE, '--wait', '0', row.studyHash], study)
  expect(waiting.exit).toBe(5)
  expect(waiting.said).toMatch(/^The time to wait was over before the study was answered\. The study goes on/)
})

it('a snapshot that is not there costs nothing, and says so', async () => {
  const ask = { requests: { catalog: async () => ({ snapshots: [] }) } }
  const named = await saidBy('budget', [...PROFILE, '--snapshot', 'ab'.repeat(32)], ask)
  expect(named.said).toBe(
    'No snapshot of this chain has that hash; nothing was charged. Look it up with `consilium catalog`.',
  )
})

it.each(Object.entries(CAUSES))(
  'a request that is refused says once what was not charged, and once what to do: %s',
  (reason, cause) => {
    const said = failureSentence(reason, { cause })
    expect(said.match(/charged/g)).toHaveLength(1)
    expect(said.match(/submit it again/gi)?.length ?? 0).toBe(reason === 'price-changed' ? 1 : 0)
  },
)

it('a program that is not built says so, as every failure does', async () => {
  const bin = join(folder, 'bin')
  await cp(join(root, 'bin'), bin, { recursive: true })
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(bin, 'consilium.mjs'), 'status'], {
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  expect(JSON.parse(stdout)).toEqual({ ok: false, error: { code: 'not-built' } })
  expect(stderr).toMatch(/^The program is not built yet\. Nothing was done\. Run /)
})
