/** `consilium paper-comparison`: one JSON line, the same twice, a table for people beside it, and refusals by name. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runPaperComparison } from './paper-comparison.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-paper-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => void vi.restoreAllMocks())

async function run(argv: readonly string[]) {
  let out = ''
  let told = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text)
    return true
  })
  const exit = await runPaperComparison(argv)
  return { exit, line: out, answer: JSON.parse(out) as Record<string, unknown>, told }
}
const designFile = async (design: unknown): Promise<string> => {
  const file = join(folder, 'design.json')
  await writeFile(file, typeof design === 'string' ? design : JSON.stringify(design))
  return file
}

describe('consilium paper-comparison', () => {
  it('compares seven estimators on simulated cohorts, the same for the same design and seed', async () => {
    const file = await designFile({ subjects: 80, exams: 3, shapes: [1], eventRates: [0.5] })
    const argv = ['--design', file, '--replicates', '3', '--seed', 'a', '--table']
    const { exit, answer, line, told } = await run(argv)
    expect(exit).toBe(0)
    expect(answer).toMatchObject({
      ok: true,
      schema: 'paper-comparison/1',
      isSimulated: true,
      design: { subjects: 80, gapYears: 2, replicates: 3, seed: 'a' },
    })
    const [scenario] = answer['scenarios'] as { lines: { coverage: number; monteCarlo: object }[] }[]
    expect(scenario!.lines).toHaveLength(21)
    for (const { monteCarlo } of scenario!.lines)
      expect(Object.keys(monteCarlo)).toEqual(['coverage', 'percentBias', 'stdErrRatio'])
    expect(told.split('\n').filter((each) => each.startsWith('CSP_unadj'))).toHaveLength(3)
    expect((await run(argv)).line).toBe(line)
    expect((await run(argv.with(5, 'b'))).line).not.toBe(line)
  })

  it.each([
    [{ subject: 80 }, 'bad-design'],
    [{ subjects: 3 }, 'bad-design'],
    [[], 'bad-design'],
    ['5', 'bad-design'],
    ['null', 'bad-design'],
    ['{', 'unreadable-design'],
    [
      { subjects: 50, exams: 2, shapes: [1], eventRates: [0.01], effects: { sex: 3, age: 3, marker: 3 } },
      'no-events',
    ],
  ])('refuses %j as %s', async (design, code) => {
    const { exit, answer } = await run(['--design', await designFile(design), '--replicates', '2'])
    expect([exit, answer['ok'], answer['error']]).toEqual([1, false, expect.objectContaining({ code })])
  })

  it('tells no error of a simulation of so few cohorts, and says what the rules are', async () => {
    const file = await designFile({ subjects: 80, exams: 3, shapes: [1], eventRates: [0.5] })
    const { answer, told } = await run(['--design', file, '--replicates', '2', '--table'])
    expect(told).toContain('Of fewer than 30 cohorts')
    expect(told).not.toMatch(/% \(0\.0\)/)
    expect(told).toMatch(/100 % \(–\)/)
    for (const { rule, holds } of answer['rules'] as { rule: string; holds: boolean }[])
      expect(told).toContain(`(${rule}) ${holds ? 'holds' : 'does not hold'}`)
  })

  it('says how it is used', async () => {
    for (const argv of [
      ['--replicate', '2'],
      ['--replicates', 'many'],
      ['--replicates', '1'],
      ['--seed', 'a b'],
    ]) {
      const { exit, answer, told } = await run(argv)
      expect([exit, answer['error']]).toEqual([2, expect.objectContaining({ code: 'usage' })])
      expect(told).not.toContain('NaN')
    }
    expect((await run(['--replicates', 'many'])).told).toContain(
      '--replicates is a whole number from 2 to 2000, not “many”',
    )
  })
})
