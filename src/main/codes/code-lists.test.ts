import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCodeLists } from './code-lists.ts'
import { OWN_CODES_MAX, readCodeList } from './read-code-list.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-codes-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const OWN = [
  { code: 'CARD1', en: 'Cardiology, ward 1', zh: '心臟內科一病房' },
  { code: 'OPD', en: 'Out-patients', zh: '門診' },
]

describe('a file with a code list', () => {
  it('is read with its columns in any order, quotes, and tabs or semicolons', () => {
    const wanted = [
      { code: 'A1', en: 'Heart, lungs', zh: '心肺', hint: '5 mg' },
      { code: 'B2', en: '腎', zh: '腎' },
    ]
    const texts = [
      '\uFEFFcode,en,zh,hint\r\nA1,"Heart, lungs",心肺,5 mg\r\nB2,,腎,\r\n\r\n',
      'zh\thint\tcode\ten\n心肺\t5 mg\tA1\tHeart, lungs\n腎\t\tB2\t',
      'Code;EN;ZH;Hint\nA1;Heart, lungs;心肺;5 mg\nB2;;腎;\n',
    ]
    for (const text of texts) expect(readCodeList(text)).toEqual({ kind: 'read', entries: wanted })
    expect(readCodeList('code,en\nA,"a ""b"""')).toMatchObject({ entries: [{ en: 'a "b"', zh: 'a "b"' }] })
  })

  it('is refused by name and line', () => {
    const refusal = (text: string) => {
      const read = readCodeList(text)
      return read.kind === 'refused' ? [read.reason, read.line] : read.kind
    }
    expect(refusal('')).toEqual(['no-columns', 1])
    expect(refusal('code,name\nA,B')).toEqual(['no-columns', 1])
    expect(refusal('code,en')).toEqual(['no-codes', null])
    expect(refusal('code,en\nA,x\nB,y\nA,z')).toEqual(['code-twice', 4])
    expect(refusal('code,en\n"A",x\n,y')).toEqual(['code-malformed', 3])
    expect(refusal('code,en\nA,"two\nlines"\nB,')).toEqual(['code-malformed', 4])
    expect(refusal(`code,en\n${'x'.repeat(33)},y`)).toEqual(['code-malformed', 2])
    const many = Array.from({ length: OWN_CODES_MAX + 1 }, (_, i) => `c${i},n`).join('\n')
    expect(refusal(`code,en\n${many}`)).toEqual(['too-many-codes', OWN_CODES_MAX + 2])
  })
})

describe('the code lists of an institution', () => {
  it('are the built-in ones with edition and version until it sets its own, which is then what is found', async () => {
    const lists = openCodeLists(folder, 'abcd')
    const before = await lists.view()
    expect(before.lists.map(({ list }) => list)).toEqual([
      'diagnosis',
      'procedure',
      'medicine',
      'department',
      'laboratory',
    ])
    for (const each of before.lists) {
      expect(each.codeCount).toBeGreaterThan(20)
      expect(each.version).toMatch(/^[0-9a-f]{8}$/)
      expect(each.own).toBeNull()
    }
    expect((await lists.search('department', '心臟', 5)).map(({ code }) => code)).not.toContain('CARD1')
    await lists.setOwn('department', 'wards.csv', 5, OWN)
    // Also after the next start.
    for (const again of [lists, openCodeLists(folder, 'abcd')]) {
      const [hit] = await again.search('department', '心臟', 5)
      expect(hit).toMatchObject({ code: 'CARD1', system: 'urn:consilium:department:abcd' })
      expect(await again.named(hit!.system, 'OPD')).toMatchObject({ zh: '門診' })
      // What older visits say keeps its name.
      const system = 'https://twcore.mohw.gov.tw/ig/twcore/CodeSystem/medical-treatment-department-nhi-tw'
      expect(await again.named(system, '02')).toMatchObject({ en: 'Internal medicine' })
      const department = (await again.view()).lists.find(({ list }) => list === 'department')
      expect(department).toMatchObject({ codeCount: 2, own: { source: 'wards.csv', importedAt: 5 } })
    }
    await lists.dropOwn('department')
    expect(await lists.view()).toEqual(before)
  })

  it('stay confirmed until they are others', async () => {
    const lists = openCodeLists(folder, 'abcd')
    expect(await lists.view()).toMatchObject({ confirmed: null, isChangedSince: false })
    await lists.confirm('Lin', 7)
    expect(await lists.view()).toMatchObject({
      confirmed: { at: 7, personName: 'Lin' },
      isChangedSince: false,
    })
    await lists.setOwn('department', 'wards.csv', 8, OWN)
    expect(await lists.view()).toMatchObject({ confirmed: null, isChangedSince: true })
    await lists.dropOwn('department')
    expect((await lists.view()).confirmed).not.toBeNull()
    // A damaged file is no confirmation, and no reason not to start.
    await writeFile(join(folder, 'codes', 'confirmed.json'), '{"format":1')
    await writeFile(join(folder, 'codes', 'department.json'), 'half')
    expect(await openCodeLists(folder, 'abcd').view()).toMatchObject({
      confirmed: null,
      isChangedSince: false,
    })
  })
})
