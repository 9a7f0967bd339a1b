/**
 * The programs in docs/spec/program-interface.md, as they stand there, run by Python and R at a university beside one hospital. What they start is a stand-in for
 * `npx` that hands their words to the real command line in this process, and prints what it answers.
 */
import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { toHex } from '../../shared/std/bytes.ts'
import { syntheticRecords } from '../analytics/facts/facts.test-kit.ts'
import { comingAgain } from '../analytics/study/coming-again.test-kit.ts'
import type * as TwinPlanModule from '../analytics/twin-plan.ts'
import { createNodeRandom } from '../node/crypto-node.ts'
import {
  foundProfiles,
  PASSPHRASE,
  type ProfileConsortium,
  type ProfileMember,
} from '../profile/consortium.test-kit.ts'
import { root, runHere } from './cli.test-kit.ts'

// A tenth of the twin's people are enough for what is tested here, and are made ten times as fast.
vi.mock('../analytics/twin-plan.ts', async (original) => {
  const real = await original<typeof TwinPlanModule>()
  const twinPlan: typeof real.twinPlan = async (node) => ({ ...(await real.twinPlan(node)), patients: 400 })
  return { ...real, twinPlan }
})

const run = promisify(execFile)
const random = createNodeRandom()
/** So many that an answer with this noise says numbers, whatever the dice: of 200, half of each sex, it withheld them now and then. */
const PATIENTS = 400
let consortium: ProfileConsortium
let scratch: string
let server: Server
const asked: string[][] = []

async function until<T>(look: () => Promise<T | null> | T | null, what: string): Promise<T> {
  for (let turn = 0; turn < 600; turn++) {
    const found = await look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`it does not come: ${what}`)
}

/** Whether `command` ends well. */
const doesRun = (command: string, args: readonly string[]): Promise<boolean> =>
  run(command, [...args]).then(
    () => true,
    () => false,
  )
const isPosix = process.platform !== 'win32'
const hasPython = isPosix && (await doesRun('python3', ['--version']))
const hasR = isPosix && (await doesRun('Rscript', ['-e', 'library(jsonlite)']))

/** Hands its words to this test, relative files and the profile as they are in its folder. */
const STAND_IN = `#!${process.execPath}
const { connect } = require('node:net')
const { resolve } = require('node:path')
const [name, ...words] = process.argv.slice(2)
const isFile = (word) => word === 'uni' || /\\.(json|zip)$/.test(word)
let said = ''
const socket = connect(process.env.CONSILIUM_STAND_IN)
socket.on('data', (bytes) => (said += bytes))
socket.on('end', () => {
  const { code, answer } = JSON.parse(said)
  process.stderr.write('what is said besides is no part of the answer\\n')
  process.stdout.write('first a line for people\\n' + JSON.stringify(answer) + '\\n')
  process.exitCode = code
})
socket.end(JSON.stringify({ name, words: words.map((word) => (isFile(word) ? resolve(word) : word)) }))
`

beforeAll(async () => {
  if (!hasPython && !hasR) return
  consortium = await foundProfiles(['hospital', 'university'], {
    releaseUnattested: 1,
    snapshotPatientsMin: 10,
    snapshotHospitalsMin: 1,
  })
  scratch = consortium.scratch
  const [hospital, university] = consortium.members as [ProfileMember, ProfileMember]
  await rename(university.folder, join(scratch, 'uni'))
  university.folder = join(scratch, 'uni')
  for (const member of consortium.members) await member.start()
  const seen = new Set<string>()
  const records = syntheticRecords(PATIENTS, 'program interface').flatMap((record) => {
    if (seen.has(record.patient.key)) return []
    seen.add(record.patient.key)
    const ids = { recordId: toHex(random(16)), visitId: toHex(random(16)) }
    return [{ ...record, envelope: { ...record.envelope, ...ids } }]
  })
  await hospital.submit(records)
  await until(() => (hospital.node.rowsHeldUpTo === records.length ? true : null), 'the records')
  await until(async () => {
    const said = await hospital.node.studies.snapshots.propose()
    return said.kind === 'submitted' ? true : null
  }, 'the snapshot')
  const { ledger } = university.node
  await until(() => (ledger.state.consortium.snapshots.length === 1 ? true : null), 'the snapshot there')

  await writeFile(join(scratch, 'study.json'), JSON.stringify(comingAgain))
  await mkdir(join(scratch, 'bin'))
  await writeFile(join(scratch, 'bin', 'npx'), STAND_IN)
  await chmod(join(scratch, 'bin', 'npx'), 0o755)
  server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = ''
    socket.on('data', (bytes) => (text += bytes.toString()))
    socket.on('end', () => {
      const { name, words } = JSON.parse(text) as { name: string; words: string[] }
      asked.push([name, ...words])
      void runHere(words, { CONSILIUM_PASSPHRASE: PASSPHRASE }).then((answer) =>
        socket.end(JSON.stringify(answer)),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(join(scratch, 'stand-in'), resolve))
}, 180_000)
afterAll(async () => {
  server?.close()
  await consortium?.close()
}, 60_000)

/** The block of that language; there is one. */
async function programIn(language: string): Promise<string> {
  const text = await readFile(join(root, 'docs/spec/program-interface.md'), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, name]) => name === language)
  expect(blocks).toHaveLength(1)
  return blocks[0]![2]!
}

/** Runs it with what this test wants to know of its variables. @returns the last line, as JSON */
async function resultOf(command: string, file: string, program: string): Promise<unknown> {
  asked.length = 0
  await writeFile(join(scratch, file), program)
  const { stdout } = await run(command, [file], {
    cwd: scratch,
    env: {
      ...process.env,
      PATH: `${join(scratch, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      CONSILIUM_STAND_IN: join(scratch, 'stand-in'),
    },
  })
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
}

const SEXES = ['sex female', 'sex male']
const EXPECTED = {
  names: expect.arrayContaining(['age-years', 'sex', 'charlson']),
  limits: expect.arrayContaining(['year', 'requester']),
  models: ['cox'],
  lines: expect.arrayContaining(SEXES),
  package: true,
}
const commands = () =>
  asked.map(([name, ...words]) => [name, ...words.filter((word) => /^[a-z]+$/.test(word))])
const ASKED = [
  ['consilium', 'catalog'],
  ['consilium', 'budget'],
  ['consilium', 'study', 'simulate'],
  ['consilium', 'study', 'submit'],
  ['consilium', 'study', 'submit'],
  ['consilium', 'study', 'status'],
  ['consilium', 'study', 'result'],
]

describe('the program in the documentation', () => {
  it.skipIf(!hasPython)('for Python runs as it stands', { timeout: 180_000 }, async () => {
    const program = await programIn('python')
    const said = await resultOf(
      'python3',
      'program.py',
      `${program}
import os
print(json.dumps({"names": names, "limits": [each["limit"] for each in limits],
    "models": [each["result"]["family"] for each in tried["models"]], "lines": list(lines),
    "package": os.path.getsize("study.zip") > 1000}))
`,
    )
    expect(said).toMatchObject(EXPECTED)
    expect(commands()).toMatchObject(ASKED)
  })

  it.skipIf(!hasPython)('for Python stops at a refusal with its code', { timeout: 60_000 }, async () => {
    const program = (await programIn('python')).replace('"price": 20000', '"price": 100000000')
    await expect(resultOf('python3', 'refused.py', program)).rejects.toThrow(/RuntimeError: \w[\w-]+: /)
  })

  // R is not everywhere, nor is jsonlite: a test that is left out says so.
  it.skipIf(!hasR)('for R runs as it stands', { timeout: 180_000 }, async () => {
    const program = await programIn('r')
    const said = await resultOf(
      'Rscript',
      'program.R',
      `${program}
tried <- consilium("study", "simulate", "--profile", "uni", "study.json")$result
cat(toJSON(list(names = consilium("catalog", "--profile", "uni")$variables$name,
  limits = consilium("budget", "--profile", "uni")$limits$limit, models = tried$models$result$family, lines = lines$name,
  package = unbox(file.size("study.zip") > 1000))), "\\n", sep = "")
`,
    )
    expect(said).toMatchObject(EXPECTED)
    expect(commands().slice(0, ASKED.length)).toMatchObject(ASKED)
  })
})
