/** A university tries a study out on its synthetic twin: invented people, said so in every answer and file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { comingAgain } from '../analytics/study/coming-again.test-kit.ts'
import { until } from '../governance/institution.test-kit.ts'
import { ownPort } from '../node/network/own-ports.test-kit.ts'
import { openHeadless, type Headless } from '../headless.ts'
import { realWorld } from '../world.ts'
import { PASSPHRASE, runHere as run } from './cli.test-kit.ts'

const folders: string[] = []
const nodes: Headless[] = []
afterAll(async () => {
  for (const node of nodes) await node.close()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function start(folder: string): Promise<Headless> {
  const world = { ...realWorld(), scryptCost: 2 ** 10 }
  const node = await openHeadless({ folder, passphrase: PASSPHRASE, world, drainMs: 0 })
  nodes.push(node)
  return node
}

/** A hospital and a university that it let in and that has caught up with it; the folder of the university. */
async function university(home: string): Promise<string> {
  const [north, east] = [join(home, 'north'), join(home, 'east')]
  const [request, invitation] = [join(home, 'east.request'), join(home, 'east.invitation')]
  const done = async (...words: string[]) => {
    const ran = await run(words)
    expect([ran.answer, ran.code]).toEqual([ran.answer, 0])
    return ran.answer
  }
  await done('found', '--profile', north, '--name', 'North')
  await done('listen', '--profile', north, '--at', `127.0.0.1:${await ownPort()}`)
  const asked = await done(
    'request',
    '--profile',
    east,
    '--name',
    'East',
    '--kind',
    'university',
    '--out',
    request,
  )
  const { fingerprint } = asked['candidate'] as { fingerprint: string }
  const files = ['--request', request, '--out', invitation]
  const invited = await done('invite', '--profile', north, '--fingerprint', fingerprint, ...files)
  const number = invited['chainFingerprint'] as string
  await done('join', '--profile', east, '--invitation', invitation, '--fingerprint', number)
  // Nobody has told it yet that it is a member.
  expect(await run(['catalog', '--profile', east])).toMatchObject({
    code: 1,
    answer: { error: { code: 'not-member-yet' } },
  })
  await start(north)
  const node = await start(east)
  await until(
    async () => node.institution.profile.node!.member,
    (member) => member !== null,
  )
  return east
}

it(
  'runs a study on invented people, marks the file, and gives the same result again',
  { timeout: 400_000 },
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'consilium-simulate-'))
    folders.push(home)
    const east = await university(home)
    const [file, out] = [join(home, 'study.json'), join(home, 'result.json')]
    // A state of some chain that the study was run at before is not in the twin, and is not asked for.
    const snapshot = { chain: '00'.repeat(32), upTo: 5, height: 5, hospitals: ['00'.repeat(16)] }
    await writeFile(file, JSON.stringify({ ...comingAgain, snapshot }))
    const ran = await run(['study', 'simulate', '--profile', east, file])
    expect(ran).toMatchObject({
      code: 0,
      answer: { isTwin: true, mark: expect.stringContaining('invented people'), result: { snapshot: {} } },
    })
    expect((ran.answer['snapshot'] as { chain: string }).chain).not.toBe(snapshot.chain)
    const again = await run(['study', 'simulate', '--profile', east, '--out', out, file])
    expect(again.answer).toMatchObject({ isTwin: true, resultHash: ran.answer['resultHash'] })
    expect(again.answer).not.toHaveProperty('result')
    expect(JSON.parse(await readFile(out, 'utf8'))).toEqual(ran.answer)

    // The other commands ask the same invented people, and say so where they write and where they speak.
    await writeFile(file, JSON.stringify(comingAgain))
    const plain = await run(['study', 'run', '--profile', east, '--out', out, file])
    expect(plain).toMatchObject({ code: 0, answer: { isTwin: true, mark: ran.answer['mark'] } })
    expect(JSON.parse(await readFile(out, 'utf8'))).toEqual(ran.answer)
    await writeFile(file, JSON.stringify(comingAgain.cohort))
    expect(await run(['cohort', '--profile', east, file])).toMatchObject({
      answer: { isTwin: true, mark: expect.stringContaining('invented people') },
    })
  },
)
