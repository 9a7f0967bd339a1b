import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readFhirFiles } from '../records/import.ts'
import { runGenerate } from './generate.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-generate-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function generate(name: string, ...args: string[]) {
  const lines: string[] = []
  const write = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => (lines.push(String(text)), true))
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  try {
    const code = await runGenerate([...args, '--out', join(folder, name)])
    return { code, answer: JSON.parse(lines.at(-1)!) as any }
  } finally {
    write.mockRestore()
    errors.mockRestore()
  }
}
const hash = async (name: string, file: string) =>
  createHash('sha256')
    .update(await readFile(join(folder, name, file)))
    .digest('hex')

describe('consilium generate', () => {
  it('writes the same bytes for the same seed, pinned here for every machine', async () => {
    const first = await generate('a', '--patients', '40', '--seed', 'pin', '--format', 'csv', '--habits')
    expect(first).toMatchObject({ code: 0, answer: { ok: true, isSynthetic: true, patients: 40 } })
    const files = (await readdir(join(folder, 'a'))).sort()
    const hashes: Record<string, string> = {}
    for (const file of files) hashes[file] = (await hash('a', file)).slice(0, 16)
    expect(hashes).toMatchInlineSnapshot(`
      {
        "H4.big5.csv": "0639e8975d4180bd",
        "H5.hl7": "ec55aa21a760bc62",
        "claims.csv": "c520d34b44731c60",
        "enrolment.csv": "e1aba44f367f1a3e",
        "ledger.csv": "05bc807b25e73a21",
        "truth.json": "b6b5427d8d89c743",
        "truth_cost.csv": "49f026d861f7a307",
        "truth_cp.csv": "cf92252532efaca1",
        "visits.csv": "66c66a255037175b",
      }
    `)
    await generate('b', '--patients', '40', '--seed', 'pin', '--format', 'csv', '--habits')
    for (const file of files) expect(await hash('b', file), file).toBe(await hash('a', file))
    const truth = JSON.parse(await readFile(join(folder, 'a', 'truth.json'), 'utf8'))
    expect(truth.files['visits.csv']).toBe(await hash('a', 'visits.csv'))
  })

  it('begins every larger set with the smaller one', async () => {
    await generate('few', '--patients', '5', '--seed', 'x', '--format', 'csv')
    await generate('many', '--patients', '15', '--seed', 'x', '--format', 'csv')
    for (const file of ['visits.csv', 'claims.csv', 'enrolment.csv', 'truth_cp.csv', 'ledger.csv']) {
      const few = await readFile(join(folder, 'few', file), 'utf8')
      expect((await readFile(join(folder, 'many', file), 'utf8')).startsWith(few), file).toBe(true)
    }
  })

  it('leaves the errors out when asked to', async () => {
    const { answer } = await generate(
      'clean',
      '--patients',
      '60',
      '--seed',
      'x',
      '--format',
      'csv',
      '--clean',
    )
    expect(answer.errors).toBe(0)
    expect((await readFile(join(folder, 'clean', 'ledger.csv'), 'utf8')).trim().split('\n')).toHaveLength(1)
  })

  it('writes names that Big5 can hold and messages that end as HL7 wants', async () => {
    await generate('habits', '--patients', '80', '--seed', 'x', '--format', 'csv', '--habits')
    const table = new TextDecoder('big5', { fatal: true }).decode(
      await readFile(join(folder, 'habits', 'H4.big5.csv')),
    )
    expect(table).not.toContain('?')
    expect(table.split('\r\n')[0]).toContain('身分證號')
    const messages = await readFile(join(folder, 'habits', 'H5.hl7'), 'utf8')
    expect(messages).not.toContain('\n')
    expect(
      messages.split('\r').every((line) => line === '' || /^(MSH|EVN|PID|PV1|DG1|OBR|OBX)\|/.test(line)),
    ).toBe(true)
  })

  it.each(['fhir', 'ndjson'] as const)(
    'makes %s that our own import takes whole, with errors in it',
    async (format) => {
      const { answer } = await generate(format, '--patients', '25', '--seed', 'y', '--format', format)
      let visits = 0
      const rejects: object[] = []
      const members = new Set<string | undefined>()
      const sources = new Set<string>()
      for await (const event of readFhirFiles([join(folder, format)])) {
        if (event.kind === 'reject') rejects.push(event)
        if (event.kind !== 'visit') continue
        visits++
        members.add(event.visit.memberNumber)
        sources.add(event.visit.origin.sourceId!)
      }
      expect(rejects).toEqual([])
      expect(visits).toBe(answer.visits)
      expect(sources.size).toBe(visits)
      expect([...members].some((each) => each?.startsWith('M'))).toBe(true)
    },
  )

  it('says what is wrong with a request', async () => {
    for (const args of [
      ['--patients', '0', '--seed', 'x', '--format', 'csv'],
      ['--patients', '5', '--seed', 'x', '--format', 'xml'],
      ['--patients', '5', '--seed', 'é', '--format', 'csv'],
      ['--patients', '5', '--format', 'csv'],
      ['--patients', 'many', '--seed', 'x', '--format', 'csv'],
    ]) {
      expect(await generate('bad', ...args)).toMatchObject({
        code: 2,
        answer: { ok: false, error: { code: 'usage' } },
      })
    }
    const { code, answer } = await generate(
      'a/truth.json/x',
      '--patients',
      '1',
      '--seed',
      'x',
      '--format',
      'csv',
    )
    expect([code, answer.error.code]).toEqual([1, 'not-writable'])
  })
})
