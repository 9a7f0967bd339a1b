import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CodeListName } from '../../shared/contract/codes.ts'
import { builtInCodes } from './code-file.ts'
import { openCodeLists, type CodeLists } from './code-lists.ts'
import { nextUse, useOn } from './uses.ts'

let folder = ''
let day = '2026-03-01'
const open: CodeLists[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-codes-'))
  day = '2026-03-01'
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
  await rm(folder, { recursive: true, force: true })
})

function opened(): CodeLists {
  const lists = openCodeLists({ folder, memberId: 'abcd', today: () => day, now: () => 5 })
  open.push(lists)
  return lists
}

async function importCsv(
  lists: CodeLists,
  list: CodeListName,
  text: string,
  from = day,
  edition = '',
): Promise<string> {
  const path = join(folder, 'file.csv')
  await writeFile(path, text)
  const answer = await lists.preview(list, path)
  if (answer.kind !== 'preview') throw new Error(JSON.stringify(answer))
  const { columns, system, hash } = answer.preview
  const done = await lists.importFile(
    { list, path, source: 'file.csv', columns, edition, system, from, hash },
    'Lin',
  )
  expect(done).toBe('imported')
  return hash
}

const useOf = async (lists: CodeLists, list: CodeListName) =>
  (await lists.lists()).find((each) => each.list === list)!
const codesFor = async (lists: CodeLists, list: CodeListName, text: string) =>
  (await lists.search(list, text, 5)).map(({ code }) => code)

describe('the code lists of an institution', { timeout: 180_000 }, () => {
  it('are the built-in ones until it imports its own, which are then found at once and after the next start', async () => {
    const lists = opened()
    for (const each of await lists.lists()) {
      expect(each.inUse.isBuiltIn).toBe(true)
      expect(each.inUse.codeCount).toBeGreaterThan(50)
      expect(each.inUse.hash).toMatch(/^[0-9a-f]{64}$/)
    }
    expect(await codesFor(lists, 'department', '心臟')).toContain('AB')
    const hash = await importCsv(
      lists,
      'department',
      'code,en,zh\nCARD1,"Cardiology, ward 1",心臟內科一病房\nOPD,Out-patients,門診\n',
    )
    for (const again of [lists, opened()]) {
      const [hit] = await again.search('department', '心臟', 5)
      expect(hit).toMatchObject({ code: 'CARD1', system: 'urn:consilium:department:abcd' })
      const named = await again.names([
        { system: hit!.system, code: 'OPD' },
        // What older visits say keeps its name.
        {
          system: 'https://twcore.mohw.gov.tw/ig/twcore/CodeSystem/medical-treatment-department-nhi-tw',
          code: '02',
        },
        { system: 'urn:nobody', code: '02' },
      ])
      expect(named).toMatchObject([{ zh: '門診' }, { en: 'Internal medicine' }, null])
      expect((await useOf(again, 'department')).inUse).toMatchObject({
        hash,
        codeCount: 2,
        source: 'file.csv',
        importedBy: 'Lin',
        importedAt: 5,
      })
    }
  })

  it('come in use on their day, go back to an earlier edition, and keep what is needed', async () => {
    const lists = opened()
    const one = await importCsv(lists, 'diagnosis', 'code,en\nE119,First name\n', '2026-03-01', '2025')
    const two = await importCsv(
      lists,
      'diagnosis',
      'code,en\nE119,Second name\nI10,Pressure\n',
      '2026-04-01',
      '2026',
    )
    expect(await useOf(lists, 'diagnosis')).toMatchObject({
      inUse: { hash: one, edition: '2025' },
      next: { hash: two, from: '2026-04-01' },
    })
    expect(await codesFor(lists, 'diagnosis', 'second')).toEqual([])
    day = '2026-04-01'
    expect(await codesFor(lists, 'diagnosis', 'second')).toEqual(['E119'])
    await lists.putInUse('diagnosis', one, '2026-04-01', 'Chen')
    expect(await codesFor(lists, 'diagnosis', 'second')).toEqual([])
    expect(await useOf(lists, 'diagnosis')).toMatchObject({ inUse: { hash: one }, inUseFrom: '2026-04-01' })
    await lists.removeEdition('diagnosis', one)
    expect((await useOf(lists, 'diagnosis')).editions).toHaveLength(3)
    await lists.removeEdition('diagnosis', two)
    expect((await useOf(lists, 'diagnosis')).editions.map(({ hash }) => hash)).toEqual([
      one,
      expect.any(String),
    ])
    expect((await readdir(join(folder, 'codes'))).filter((name) => name.endsWith('.gz'))).toHaveLength(1)
    await lists.putInUse('diagnosis', null, '2026-04-01', 'Chen')
    expect((await useOf(lists, 'diagnosis')).inUse.isBuiltIn).toBe(true)
    expect((await codesFor(lists, 'diagnosis', '糖尿病'))[0]).toBe('E119')
    await lists.putInUse('diagnosis', 'f'.repeat(64), '2026-04-01', 'Chen')
    expect((await useOf(lists, 'diagnosis')).inUse.isBuiltIn).toBe(true)
  })

  it('use what we know of a code that a file names in one language, and offer no code that is not in force', async () => {
    const lists = opened()
    const text =
      'code,title,valid to\nE11.9,Type 2 diabetes mellitus without complications,\nE11.65,Type 2 diabetes mellitus with hyperglycemia,2020-01-01\n'
    await importCsv(lists, 'diagnosis', text)
    for (const typed of ['糖尿病', 'sugar', 'dm2', 'tnb', 'E11.9'])
      expect(await codesFor(lists, 'diagnosis', typed), typed).toEqual(['E119'])
    const [plain, ended] = await lists.names(
      ['E119', 'E1165'].map((code) => ({ system: 'http://hl7.org/fhir/sid/icd-10-cm', code })),
    )
    expect(plain).toMatchObject({
      en: 'Type 2 diabetes mellitus without complications',
      zh: '第二型糖尿病,無併發症',
    })
    expect(ended).toMatchObject({ en: 'Type 2 diabetes mellitus with hyperglycemia' })
  })

  it('fall back to the built-in list where an edition is damaged, and the digest says so', async () => {
    const lists = opened()
    await importCsv(lists, 'department', 'code,en\nW1,Ward one\n')
    await lists.confirm('Lin', 7)
    expect(await lists.view()).toMatchObject({
      confirmed: { at: 7, personName: 'Lin' },
      isChangedSince: false,
    })
    const [file] = (await readdir(join(folder, 'codes'))).filter((name) => name.endsWith('.gz'))
    await writeFile(join(folder, 'codes', file!), 'half')
    const again = opened()
    expect((await useOf(again, 'department')).inUse.isBuiltIn).toBe(true)
    expect(await again.view()).toMatchObject({ confirmed: null, isChangedSince: true })
    expect(await codesFor(again, 'department', '家醫')).toEqual(['01'])
    // A damaged journal is no reason not to start.
    await writeFile(join(folder, 'codes', 'lists.json'), '{"format":2')
    await writeFile(join(folder, 'codes', 'confirmed.json'), 'half')
    expect(await opened().view()).toMatchObject({ confirmed: null, isChangedSince: false })
  })

  it('stay confirmed until they are others', async () => {
    const lists = opened()
    expect(await lists.view()).toMatchObject({ confirmed: null, isChangedSince: false })
    await lists.confirm('Lin', 7)
    await importCsv(lists, 'department', 'code,en\nW1,Ward one\n')
    expect(await lists.view()).toMatchObject({ confirmed: null, isChangedSince: true })
    await lists.putInUse('department', null, day, 'Lin')
    expect((await lists.view()).confirmed).not.toBeNull()
    await lists.addLocal({ list: 'procedure', code: 'OWN1', en: 'Own', zh: '自訂' })
    expect(await lists.view()).toMatchObject({ confirmed: null, isChangedSince: true })
  })

  it('have the hospital’s own codes beside them', async () => {
    const lists = opened()
    expect(
      await lists.addLocal({ list: 'procedure', code: 'PT-01', en: 'Balance training', zh: '平衡訓練' }),
    ).toBe('added')
    expect(await lists.addLocal({ list: 'procedure', code: 'PT-01', en: 'x', zh: 'x' })).toBe('code-taken')
    expect(await lists.addLocal({ list: 'diagnosis', code: 'E119', en: 'x', zh: 'x' })).toBe('code-taken')
    expect(await lists.addLocal({ list: 'diagnosis', code: 'A B', en: 'x', zh: 'x' })).toBe('code-malformed')
    const [hit] = await opened().search('procedure', '平衡', 1)
    expect(hit).toMatchObject({ code: 'PT-01', system: 'urn:consilium:local:procedure:abcd' })
    await lists.removeLocal('procedure', 'PT-01')
    expect(await codesFor(lists, 'procedure', '平衡')).toEqual([])
  })

  it('keep a map, which coders add to', async () => {
    const lists = opened()
    await lists.setMap({ source: 'm.csv', importedAt: 3, importedBy: 'Lin', rows: [['s', '1', 'E11.9']] })
    await lists.addToMap([['s', '2', 'I10']], 'Chen')
    const again = opened()
    expect(await again.mapped('s', '1')).toBe('E11.9')
    expect(await again.mapped('s', '2')).toBe('I10')
    expect(await again.mapped('s', '3')).toBeNull()
    expect((await again.hospital()).map).toEqual({
      source: 'm.csv',
      importedAt: 3,
      importedBy: 'Lin',
      rowCount: 2,
    })
    await lists.setMap(null)
    expect(await lists.mapped('s', '1')).toBeNull()
  })

  it('hold a list of the size of a whole classification', async () => {
    const lists = opened()
    const rows = Array.from({ length: 72_750 }, (_, i) => {
      const code = `${String.fromCharCode(65 + (i % 26))}${String(Math.floor(i / 26) % 100).padStart(2, '0')}${String(Math.floor(i / 2_600)).padStart(2, '0')}`
      return `${code},Disease ${i} of organ ${i % 97},第${i % 31}類器官疾病`
    })
    const hash = await importCsv(lists, 'diagnosis', `code,en,zh\n${rows.join('\n')}\n`)
    expect((await useOf(lists, 'diagnosis')).inUse).toMatchObject({ hash, codeCount: 72_750 })
    expect(await codesFor(lists, 'diagnosis', 'organ 42')).toHaveLength(5)
    expect(await codesFor(lists, 'diagnosis', '器官疾病')).toHaveLength(5)
    expect(
      (await codesFor(lists, 'diagnosis', builtInCodes('diagnosis')[0]!.code.slice(0, 3))).length,
    ).toBeGreaterThan(0)
  })
})

describe('uses', () => {
  const uses = [
    { list: 'diagnosis' as const, hash: 'a', from: '2026-01-01' },
    { list: 'diagnosis' as const, hash: 'b', from: '2026-03-01' },
    { list: 'diagnosis' as const, hash: 'c', from: '2026-02-10' },
    { list: 'diagnosis' as const, hash: 'a', from: '2026-02-10' },
  ]
  it('are the latest beginning that has come, of one day the last that was said', () => {
    expect(useOn(uses, 'diagnosis', '2025-12-31')).toBeNull()
    expect(useOn(uses, 'diagnosis', '2026-02-09')?.hash).toBe('a')
    expect(useOn(uses.slice(0, 3), 'diagnosis', '2026-02-10')?.hash).toBe('c')
    expect(useOn(uses, 'diagnosis', '2026-02-10')?.hash).toBe('a')
    expect(useOn(uses, 'diagnosis', '2026-03-05')?.hash).toBe('b')
    expect(useOn(uses, 'procedure', '2026-03-05')).toBeNull()
  })
  it('say what comes next', () => {
    expect(nextUse(uses, 'diagnosis', '2026-01-01')).toMatchObject({ hash: 'a', from: '2026-02-10' })
    expect(nextUse(uses, 'diagnosis', '2026-03-01')).toBeNull()
  })
})
