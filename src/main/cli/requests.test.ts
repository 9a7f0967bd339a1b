/**
 * Asking all hospitals from a program, at a hospital that is a consortium of its own: what there is, what it costs, the question, the answer
 * of the real gateway, and the files.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comingAgain } from '../analytics/study/coming-again.test-kit.ts'
import { openHeadless, type Headless } from '../headless.ts'
import { readPackage } from '../package/read-package.ts'
import { realWorld } from '../world.ts'
import { PASSPHRASE, runHere as run, tinyBundle } from './cli.test-kit.ts'

const PATIENTS = 160

let home: string
let profile: string
let headless: Headless | null = null

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'consilium-requests-'))
  profile = join(home, 'north')
  await run(['found', '--profile', profile, '--name', '北區醫院'])
}, 60_000)
afterAll(async () => {
  await headless?.close()
  await rm(home, { recursive: true, force: true })
})

const everybody = {
  title: 'How many',
  purpose: 'research',
  cohort: {
    schema: 'cohort/1',
    title: 'All',
    codeSets: {},
    entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
    steps: [],
  },
  output: { kind: 'count' },
  price: 2_000,
}

async function submit(request: unknown, ...more: string[]) {
  const file = join(home, 'request.json')
  await writeFile(file, typeof request === 'string' ? request : JSON.stringify(request))
  return run(['study', 'submit', '--profile', profile, ...more, file])
}
const ask = (...words: string[]) => run([...words, '--profile', profile])
const problemsOf = ({ answer }: Awaited<ReturnType<typeof run>>) =>
  (answer['error'] as { detail: { problems: unknown[] } }).detail.problems

describe('before a snapshot', { timeout: 60_000 }, () => {
  it('tells what may be asked about, with meanings, units and levels, and that nothing can be asked yet', async () => {
    const { code, answer } = await ask('catalog')
    expect(code).toBe(0)
    expect(answer).toMatchObject({ class: 'hospital', snapshots: [], gatewayCount: 1 })
    const variables = answer['variables'] as { name: string; levels?: unknown }[]
    const named = (name: string) => variables.find((each) => each.name === name)
    expect(named('hba1c-tenths')).toMatchObject({ kind: 'number', unit: '0.1 %', least: 30, step: 5 })
    expect(named('age-years')).toMatchObject({
      unit: 'years',
      meaning: 'Completed years on the day of the row',
    })
    expect(named('sex')?.levels).toContainEqual({ name: 'female', meaning: 'Female' })
    const here = await ask('catalog', '--language', 'zh-Hant')
    expect(here.answer['variables']).toContainEqual(
      expect.objectContaining({ name: 'age-years', unit: '歲' }),
    )
    const none = {
      code: 1,
      answer: { error: { code: 'no-snapshot', detail: { cause: expect.any(String) } } },
    }
    expect(await ask('budget')).toMatchObject(none)
    expect(await submit(everybody)).toMatchObject(none)
  })

  it('says of a file that is no request where it is wrong', async () => {
    expect(await submit('{')).toMatchObject({ code: 1, answer: { error: { code: 'unreadable-request' } } })
    const wrong = await submit({ ...everybody, purpose: 'curiosity', price: 0.5, why: 'x' })
    expect(wrong).toMatchObject({ code: 1, answer: { error: { code: 'malformed-request' } } })
    expect(problemsOf(wrong)).toMatchObject([{ path: 'purpose' }, { path: 'price' }, { path: '' }])
    const { cohort: _c, output: _o, price: _p, ...common } = everybody
    const rule = await submit({ ...common, study: { ...comingAgain, seed: '' } })
    expect(problemsOf(rule)).toMatchObject([{ path: 'study.seed' }])
  })

  it('refuses the options of another action, and what is no hash', async () => {
    for (const words of [
      ['catalog', '--language', 'fr'],
      ['budget', '--snapshot', 'newest'],
      ['study', 'status', 'abc'],
      ['study', 'status', '--out', 'x'],
      ['study', 'result'],
      ['study', 'result', 'abc'],
      ['study', 'result', 'ab'.repeat(32), '--wait', '-1'],
      ['study', 'result', 'ab'.repeat(32), '--dry-run'],
      ['study', 'sleep'],
    ])
      expect([words, (await ask(...words)).code]).toEqual([words, 2])
    expect((await submit(everybody, '--wished', '20')).code).toBe(2)
    expect((await submit(everybody, '--dry-run', '--wished', '1.5')).code).toBe(2)
  })

  it('does not run a study on a twin where there are records', async () => {
    const file = join(home, 'study.json')
    await writeFile(file, JSON.stringify(comingAgain))
    expect(await ask('study', 'simulate', file)).toMatchObject({
      code: 1,
      answer: {
        error: { code: 'holds-records', detail: { cause: expect.stringContaining('study submit') } },
      },
    })
  })
})

describe('at a snapshot', { timeout: 120_000 }, () => {
  let snapshot: string
  let studyHash: string

  beforeAll(async () => {
    const files = Array.from({ length: PATIENTS }, (_, p) => join(home, `${p}.json`))
    for (const [p, file] of files.entries()) await writeFile(file, tinyBundle(p, 1))
    for (const [name, value] of [
      ['releaseUnattested', '1'],
      ['snapshotPatientsMin', '10'],
      ['snapshotHospitalsMin', '1'],
    ] as const)
      expect((await run(['propose', '--profile', profile, 'policy', name, value])).code).toBe(0)
    expect((await run(['import', '--profile', profile, '--wait', ...files])).code).toBe(0)
    const world = { ...realWorld(), scryptCost: 2 ** 10 }
    headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE, world })
    const proposed = await headless.handlers.snapshots.propose()
    if (proposed.kind !== 'proposed') throw new Error(JSON.stringify(proposed))
    snapshot = proposed.hash
    while ((await headless.handlers.snapshots.list()).snapshots.length === 0)
      await new Promise((done) => setTimeout(done, 50))
  }, 300_000)

  const room = async () => {
    const { answer } = await ask('budget')
    return (answer['limits'] as { limit: string; room: number }[]).find(({ limit }) => limit === 'requester')
      ?.room
  }

  it('tries out what it costs, buys and leaves, and charges nothing', async () => {
    const tried = await submit(everybody, '--dry-run', '--wished', '50')
    expect(tried).toMatchObject({
      code: 0,
      answer: { isDryRun: true, snapshot, price: 2_000, chargeKind: 'count', fits: true, same: null },
    })
    expect(tried.answer['noise']).toMatchObject([{ name: 'count', cells: 1, halfWidth: 31 }])
    expect(tried.answer['remains']).toContainEqual({
      limit: 'requester',
      room: 150_000,
      whole: 150_000,
      after: 148_000,
    })
    expect(tried.answer['wishedPrice']).toBeLessThan(2_000)
    // The form of docs/spec/program-interface.md sections 8 and 9.
    const bySex = { kind: 'histogram', axis: { variable: 'sex', edges: [] }, counted: { unit: 'patients' } }
    expect((await submit({ ...everybody, output: bySex, price: 20_000 }, '--dry-run')).answer).toMatchObject({
      chargeKind: 'table',
      noise: [{ cells: 5 }],
      fits: true,
    })
    const dear = await submit({ ...everybody, price: 2_001 }, '--dry-run')
    expect(dear.answer).toMatchObject({ fits: false, binding: { limit: 'charge' } })
    expect(await room()).toBe(150_000)
    expect((await ask('study', 'status')).answer).toEqual({ studies: [] })
  })

  it('says which limit refuses a request, and what the grammar has against one', async () => {
    expect(await submit({ ...everybody, price: 2_001 })).toMatchObject({
      code: 1,
      answer: { error: { code: 'budget', detail: { limit: 'charge', cause: expect.any(String) } } },
    })
    expect(await submit({ ...everybody, snapshot: 'ab'.repeat(32) })).toMatchObject({
      code: 1,
      answer: { error: { code: 'unknown-snapshot' } },
    })
    const output = { kind: 'table', axes: [{ variable: 'sex', edges: [] }], counted: { unit: 'patients' } }
    expect(problemsOf(await submit({ ...everybody, output }))).toEqual([{ kind: 'request', problem: 'axes' }])
    expect(await room()).toBe(150_000)
  })

  it('submits, waits for the answer, and gives its numbers with where they come from, as lines and as a file', async () => {
    const submitted = await submit(everybody)
    expect(submitted).toMatchObject({
      code: 0,
      answer: { price: 2_000, chargeKind: 'count', snapshot, heldBy: ['北區醫院'], isKnown: false },
    })
    studyHash = submitted.answer['studyHash'] as string
    const out = join(home, 'result.csv')
    const result = await ask('study', 'result', studyHash, '--wait', '60', '--out', out)
    expect(result).toMatchObject({
      code: 0,
      answer: {
        studyHash,
        state: 'answered',
        out,
        provenance: {
          title: 'How many',
          purpose: 'research',
          price: 2_000,
          snapshot: { hash: snapshot },
          attestedBy: ['北區醫院'],
          isUnattested: true,
        },
      },
    })
    const [line, ...others] = result.answer['lines'] as {
      name: string
      value: string
      low: string
      high: string
    }[]
    expect(others).toEqual([])
    expect(line?.name).toBe('patients')
    // Noise of ± 31 in 19 of 20 draws: five times as much is no chance.
    expect(Math.abs(Number(line!.value) - PATIENTS)).toBeLessThan(80)
    expect(Number(line!.high) - Number(line!.low)).toBe(62)
    const csv = await readFile(out, 'utf8')
    expect(csv.split('\r\n')[1]).toBe(`"patients","${line!.value}","${line!.low}","${line!.high}"`)
    expect(csv).toContain('"# Answer of the consortium’s gateways, with noise')
    expect(await room()).toBe(148_000)
    const status = await ask('study', 'status', studyHash)
    expect(status.answer).toMatchObject({
      studyHash,
      state: 'answered',
      microRho: 2_000,
      purpose: 'research',
    })
    expect((await ask('study', 'status')).answer['studies']).toMatchObject([{ studyHash, state: 'answered' }])
  })

  it('writes the package whose numbers are these', async () => {
    const path = join(home, 'package.zip')
    const result = await ask('study', 'result', studyHash, '--package', path)
    expect(result).toMatchObject({ code: 0, answer: { package: path } })
    const report = await readPackage(new Uint8Array(await readFile(path)))
    expect(report?.study?.studyHash).toBe(studyHash)
    expect(report?.lines).toEqual(result.answer['lines'])
    expect(
      await ask('study', 'result', studyHash, '--package', join(home, 'nowhere', 'x.zip')),
    ).toMatchObject({
      code: 1,
      answer: { error: { code: 'not-writable' } },
    })
  })

  it('asks the same again without a charge, and knows no study that nobody asked', async () => {
    expect((await submit(everybody, '--dry-run')).answer).toMatchObject({
      price: 0,
      chargeKind: 'repeat',
      same: { studyHash },
    })
    const again = await submit({ ...everybody, title: 'Once more' })
    expect(again).toMatchObject({ code: 0, answer: { price: 0, chargeKind: 'repeat' } })
    expect(await room()).toBe(148_000)
    const unknown = { code: 1, answer: { error: { code: 'unknown-study' } } }
    expect(await ask('study', 'result', 'ab'.repeat(32))).toMatchObject(unknown)
    expect(await ask('study', 'status', 'ab'.repeat(32))).toMatchObject(unknown)
  })

  it('sends a whole study by rule, which costs nothing and which other hospitals look at', async () => {
    const { cohort: _c, output: _o, price: _p, ...common } = everybody
    const submitted = await submit({ ...common, study: { ...comingAgain, snapshot: null, engine: null } })
    expect(submitted).toMatchObject({ code: 0, answer: { price: 0, chargeKind: 'by-rule', isKnown: false } })
    const studyHash = submitted.answer['studyHash'] as string
    const status = await ask('study', 'status', studyHash)
    expect(status.answer).toMatchObject({ lane: 'rule', output: 'study', microRho: 0 })
  })

  it('says that there is no answer yet, and when the time is over', async () => {
    // One gateway alone gives nothing out any more: the answer never comes.
    expect((await ask('propose', 'policy', 'releaseUnattested', '0')).code).toBe(0)
    const submitted = await submit({ ...everybody, price: 1_999 })
    const studyHash = submitted.answer['studyHash'] as string
    expect(await ask('study', 'result', studyHash)).toMatchObject({
      code: 1,
      answer: { error: { code: 'not-answered', detail: { studyHash, cause: expect.any(String) } } },
    })
    expect(await ask('study', 'result', studyHash, '--wait', '1')).toMatchObject({
      code: 5,
      answer: { error: { code: 'timeout', waitingFor: 'answer' }, studyHash },
    })
    // Meanwhile the same is on its way: nothing is sent again.
    expect((await submit({ ...everybody, price: 1_999 })).answer).toMatchObject({
      studyHash,
      price: 0,
      isKnown: true,
    })
  })
})
