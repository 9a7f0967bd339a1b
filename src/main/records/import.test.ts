import { mkdir, mkdtemp, readdir, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundle, collect, encounter, fhirFiles, observation, patient } from './fhir-files.test-kit.ts'
import { readFhirFiles } from './import.ts'

const { folder, file, read } = fhirFiles()

describe('bad input', () => {
  it('is refused by name with its place, and the rest goes in', async () => {
    const good = await file(bundle([patient, encounter()]))
    const cases: [unknown, string, string][] = [
      [JSON.stringify(bundle([patient, encounter()])).slice(0, -20), 'not-json', 'line 1'],
      ['{"resourceType": "Bundle", ', 'not-json', 'line 1'],
      ['this is no JSON', 'not-json', 'line 1, column 1'],
      [new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 'not-utf8', ''],
      ['['.repeat(1000), 'too-deep', 'line 1'],
      ['[]', 'wrong-resource-type', ''],
      ['{"resourceType":"Cookbook"}', 'wrong-resource-type', ''],
      ['{"no":"type"}', 'no-resource-type', ''],
      [bundle([]), 'empty-bundle', ''],
      [bundle([{ resourceType: 'Practitioner', id: 'd1' }]), 'bundle-without-patient', ''],
    ]
    for (const [content, reason, path] of cases) {
      const bad = await file(content)
      const { rejects, visits } = await collect([bad, good])
      expect(
        rejects.map((each) => each.reason),
        reason,
      ).toContain(reason)
      expect(rejects[0]!.path.startsWith(path), `${reason} at ${rejects[0]!.path}`).toBe(true)
      expect(visits).toHaveLength(1)
    }
  })

  it('is named when it is too large or cannot be read', async () => {
    const large = await file(bundle([patient, encounter()]))
    expect((await collect([large], { fileBytesMax: 100 })).rejects).toEqual([
      { path: '', reason: 'file-too-large' },
    ])
    expect((await collect([join(folder(), 'missing.json')])).rejects).toEqual([
      { path: '', reason: 'file-not-readable' },
    ])
    const lines = await file(
      `${JSON.stringify(patient)}\n${'x'.repeat(5000)}\n${JSON.stringify(encounter())}\n`,
      'ndjson',
    )
    const { rejects, visits } = await collect([lines], { fileBytesMax: 1000 })
    expect(rejects).toEqual([{ path: 'line 2', reason: 'file-too-large' }])
    expect(visits).toHaveLength(1)
  })

  it('is a pipe, a link in a circle or a file that fails while it is read, and is named', async () => {
    if (process.platform !== 'linux') return
    const odd = join(folder(), 'odd')
    await mkdir(odd)
    await symlink(odd, join(odd, 'circle'))
    await symlink(odd, join(odd, 'circle.json'))
    await symlink('/dev/zero', join(odd, 'device.json'))
    await symlink('/proc/self/mem', join(odd, 'fails.ndjson')) // reading its first page is an error
    await writeFile(join(odd, 'good.json'), JSON.stringify(bundle([patient, encounter()])))
    const { events, visits } = await collect([odd])
    expect(visits).toHaveLength(1)
    expect(
      events
        .flatMap((each) => (each.kind === 'reject' ? [`${basename(each.file)} ${each.reason}`] : []))
        .sort(),
    ).toEqual([
      'circle.json file-not-readable',
      'device.json file-not-readable',
      'fails.ndjson file-not-readable',
    ])
  })

  it('is a bundle whose patient is in no file: named once, and each of its resources too', async () => {
    const lonely = await file(bundle([encounter(), observation()]))
    const { rejects, visits } = await collect([lonely, await file(bundle([{ ...patient, id: 'other' }]))])
    expect(visits).toEqual([])
    expect(rejects).toEqual([
      { path: '', reason: 'bundle-without-patient' },
      { path: 'entry[0]', reason: 'unresolved-reference' },
      { path: 'entry[1]', reason: 'unresolved-reference' },
    ])
    const together = await collect([lonely, await file(bundle([patient]))])
    expect(together.rejects).toEqual([])
    expect(together.visits).toHaveLength(1)
  })

  it('of one resource does not spoil its neighbours', async () => {
    const { visits, rejects } = await read([
      patient,
      encounter(),
      observation({ id: 'ok' }),
      observation({ id: 'nul', note: [{ text: 'a\u0000b' }] }),
      observation({ id: 'half', valueQuantity: undefined, valueString: 'x\ud800' }),
      observation({ id: 'date', effectiveDateTime: '2020-02-30', issued: undefined }),
      observation({ id: 'who', subject: { reference: 'Patient/nobody' } }),
      observation({ id: 'what', code: {} }),
      observation({ id: 'none', subject: undefined }),
    ])
    expect(visits[0]!.content.observations).toHaveLength(1)
    expect(rejects).toEqual(
      expect.arrayContaining([
        { path: 'entry[3].note[0].text', reason: 'text-nul' },
        { path: 'entry[4].valueString', reason: 'text-lone-surrogate' },
        { path: 'entry[5].effectiveDateTime', reason: 'date-does-not-exist' },
        { path: 'entry[6]', reason: 'unresolved-reference' },
        { path: 'entry[7]', reason: 'no-code' },
        { path: 'entry[8]', reason: 'no-patient' },
      ]),
    )
    expect(rejects).toHaveLength(6)
  })

  it('in an encounter or a birth date is listed, and what else is known goes in', async () => {
    const { visits, rejects, patients } = await read([
      { ...patient, birthDate: '1980-13-01' },
      encounter({ period: { start: '2020-02-31' } }),
      observation(),
    ])
    expect(rejects).toEqual([
      { path: 'entry[0].birthDate', reason: 'date-does-not-exist' },
      { path: 'entry[1].period', reason: 'date-does-not-exist' },
    ])
    expect(patients[0]!.birthDate).toBeUndefined()
    expect(visits[0]!.content.patient.birthDateAbsentReason).toBe('date-does-not-exist')
    expect(visits[0]!.content.encounter).toMatchObject({ class: 'UNK', day: '2020-03-01' })
  })
})

describe('what names no encounter', () => {
  it('is attached by time, else makes a visit of its own day', async () => {
    const { visits, warnings } = await read([
      patient,
      encounter(),
      observation({ encounter: undefined, effectiveDateTime: '2020-03-01T09:10:00+08:00' }),
      observation({ encounter: undefined, effectiveDateTime: '2021-05-05T09:10:00+08:00' }),
      observation({ encounter: undefined, effectiveDateTime: '2021-05-05T19:10:00+08:00' }),
      observation({ encounter: { reference: 'Encounter/lost' }, effectiveDateTime: '2022-01-01' }),
    ])
    expect(
      visits.map((each) => [
        each.content.encounter.class,
        each.content.encounter.day,
        each.content.observations.length,
      ]),
    ).toEqual([
      ['AMB', '2020-03-01', 1],
      ['UNK', '2021-05-05', 2],
      ['UNK', '2022-01-01', 1],
    ])
    expect(warnings).toMatchObject({ 'attached-by-time': 1, 'no-encounter': 3, 'encounter-not-found': 1 })
  })

  it('and no date is refused, since a day would be invented', async () => {
    const { rejects } = await read([
      patient,
      observation({ encounter: undefined, effectiveDateTime: undefined, issued: undefined }),
    ])
    expect(rejects).toEqual([{ path: 'entry[1]', reason: 'no-date' }])
  })

  it('is never attached to an encounter of another patient', async () => {
    const { visits, warnings } = await read([
      patient,
      { ...patient, id: 'p2' },
      encounter(),
      observation({ subject: { reference: 'Patient/p2' } }),
    ])
    expect(warnings['encounter-of-another-patient']).toBe(1)
    expect(visits.map((each) => [each.patient.sourceKey, each.content.observations.length])).toEqual([
      ['Patient/p1', 0],
      ['Patient/p2', 1],
    ])
  })
})

describe('bulk files and pages', () => {
  const lines = (resources: object[]) => resources.map((each) => JSON.stringify(each)).join('\n') + '\n'

  it('of one folder belong together, in memory and through sealed temporary files alike', async () => {
    const people = Array.from({ length: 30 }, (_, i) => ({ ...patient, id: `p${i}` }))
    const visits = people.map((each, i) =>
      encounter({ id: `e${i}`, subject: { reference: `Patient/${each.id}` } }),
    )
    const values = people.map((each, i) =>
      observation({
        id: `o${i}`,
        subject: { reference: `Patient/${each.id}` },
        encounter: { reference: `Encounter/e${i}` },
      }),
    )
    const inner = await mkdtemp(join(folder(), 'bulk-'))
    await writeFile(join(inner, 'Observation.ndjson'), lines(values))
    await writeFile(join(inner, 'Encounter.ndjson'), lines(visits))
    await writeFile(join(inner, 'Patient.ndjson'), lines(people) + '{"broken\n')
    const small = await collect([inner])
    const before = (await readdir(tmpdir())).filter((name) => /^consilium-import-(?!test)/.test(name))
    const spilled = await collect([inner], { gatheredBytesMax: 2000 })
    expect((await readdir(tmpdir())).filter((name) => /^consilium-import-(?!test)/.test(name))).toEqual(
      before,
    )
    for (const result of [small, spilled]) {
      expect(result.patients).toHaveLength(30)
      expect(result.visits).toHaveLength(30)
      expect(result.visits.every((each) => each.content.observations.length === 1)).toBe(true)
      expect(result.rejects).toEqual([{ path: 'line 31, column 9', reason: 'not-json' }])
    }
    const ids = (result: typeof small) =>
      result.visits.map((each) => `${each.origin.system}|${each.origin.sourceId}`).sort()
    expect(ids(spilled)).toEqual(ids(small))
    expect(small.visits[0]!.content.observations[0]!.value).toEqual({
      type: 'decimal',
      value: '6.5',
      unit: '%',
    })
  })

  it('pages of a search and single resources meet', async () => {
    const first = await file(bundle([patient, encounter()], 'searchset'))
    const second = await file(bundle([observation()], 'searchset'))
    const third = await file(observation({ id: 'o2' }))
    const { visits, rejects } = await collect([first, second, third])
    expect(rejects).toEqual([])
    expect(visits).toHaveLength(1)
    expect(visits[0]!.content.observations).toHaveLength(2)
  })

  it('a resource whose patient no file brings is refused at the end', async () => {
    const { rejects } = await collect([await file(observation())])
    expect(rejects).toEqual([{ path: '', reason: 'unresolved-reference' }])
  })

  it('end by name when there is no place for the temporary files', async () => {
    const path = await file(lines([patient, encounter(), observation()]), 'ndjson')
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = join(folder(), 'absent')
    try {
      await expect(collect([path], { gatheredBytesMax: 10 })).rejects.toMatchObject({
        detail: { code: 'folder-not-writable' },
      })
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  })

  it('stop when asked to', async () => {
    const abort = new AbortController()
    const path = await file(
      bundle([patient, ...Array.from({ length: 50 }, (_, i) => encounter({ id: `e${i}` }))]),
    )
    let visits = 0
    for await (const event of readFhirFiles([path], { signal: abort.signal })) {
      if (event.kind === 'visit' && ++visits === 3) abort.abort()
    }
    expect(visits).toBe(3)
  })
})
