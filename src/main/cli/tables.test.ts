import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openHeadless } from '../headless.ts'
import { saveMapping } from '../profile/table-mappings.ts'
import { buildCommandLine, PASSPHRASE, runHere, startCommand } from './cli.test-kit.ts'
import { smallTable } from './table.test-kit.ts'

const folders: string[] = []
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-tables-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function founded(): Promise<{ profile: string; folder: string }> {
  const folder = await freshFolder()
  const profile = join(folder, 'hospital')
  await runHere(['found', '--profile', profile, '--name', 'Hospital', '--zone', 'Asia/Taipei'])
  return { profile, folder }
}

describe('consilium import of a table', { timeout: 300_000 }, () => {
  it('says what is missing, tries out without taking in, then takes in once', async () => {
    const { profile, folder } = await founded()
    const { path, mapping } = await smallTable(folder, 8)
    const without = await runHere(['import', '--profile', profile, path])
    expect(without.answer).toMatchObject({ ok: false, error: { code: 'mapping-missing' } })
    expect(JSON.stringify(without.answer)).toContain('--mapping')
    const unknown = await runHere(['import', '--profile', profile, '--mapping', 'nothing', path])
    expect(unknown.answer).toMatchObject({ error: { code: 'mapping-unknown' } })

    const file = join(folder, 'mapping.json')
    await writeFile(file, JSON.stringify({ ...mapping, tables: [] }))
    const bad = await runHere(['import', '--profile', profile, '--mapping', file, path])
    expect(bad.answer).toMatchObject({ error: { code: 'mapping-not-readable' } })
    await writeFile(file, JSON.stringify(mapping))

    const issues = join(folder, 'issues.csv')
    await writeFile(path, `${await readFile(path, 'utf8')}V9,1002,F,1957-03-02,2023-02-30,OPD,I10,6.0\n`)
    const tried = await runHere([
      'import',
      '--profile',
      profile,
      '--mapping',
      file,
      '--dry-run',
      '--rejects',
      issues,
      path,
    ])
    expect(tried.answer).toMatchObject({ isDryRun: true, visits: 8, patients: 2, leftOutCount: 1 })
    expect(JSON.stringify(tried.answer)).not.toContain('2023-02-30')
    const list = await readFile(issues, 'utf8')
    expect(list.startsWith('\ufefffile,row,column,value,rule')).toBe(true)
    expect(list).toContain('row 10,visit date,2023-02-30,date-does-not-exist')
    expect((await runHere(['status', '--profile', profile])).answer).toMatchObject({ queuedCount: 0 })

    const taken = await runHere(['import', '--profile', profile, '--mapping', file, path])
    expect(taken.answer).toMatchObject({ visits: 8, duplicates: 0, rejectedCount: 1 })
    // Saved with the profile, it is found by the headers alone; and nothing is taken in twice.
    await saveMapping(profile, mapping)
    const again = await runHere(['import', '--profile', profile, path])
    expect(again.answer).toMatchObject({ visits: 0, duplicates: 8 })
    const corrected = (await readFile(path, 'utf8')).replace('2023-02-30', '2023-02-28')
    await writeFile(path, corrected)
    const byName = await runHere(['import', '--profile', profile, '--mapping', 'Ward system', path])
    expect(byName.answer).toMatchObject({ visits: 1, duplicates: 8, rejectedCount: 0 })
  })

  it('C14: columns are mapped and saved, twenty rows are shown, and wrong dates, units and codes are said before anything is in', async () => {
    const { profile, folder } = await founded()
    const rows = ['visit no,mrn,sex,birth date,visit date,class,dx,test,result,unit']
    for (let i = 0; i < 24; i++)
      rows.push(
        `V${i},${1000 + i},F,1957-03-02,2023-05-${String(i + 1).padStart(2, '0')},OPD,E11.9,2823-3,4.${i % 10},mmol/L`,
      )
    rows.push('V24,1024,F,1957-03-02,2023-02-30,OPD,I10,2823-3,4.1,mmol/L')
    rows.push('V25,1025,F,1957-03-02,2023-05-25,OPD,I10,2823-3,4.1,furlong')
    rows.push('V26,1026,F,1957-03-02,2023-05-26,OPD,sugar,2823-3,4.1,mmol/L')
    rows.push('V27,1027,F,1957-03-02,2023-05-27,OPD,I10,2823-3,52,mmol/L')
    const path = join(folder, 'results.csv')
    await writeFile(path, `${rows.join('\n')}\n`)
    const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
    const { tables, imports, jobs } = headless.handlers
    try {
      const looked = await tables.look({ paths: [path] })
      const layouts = looked.tables.map(({ proposed }) => proposed)
      expect(await tables.gaps({ tables: layouts })).toEqual([])
      const saved = await tables.saveMapping({
        name: 'Laboratory',
        source: 'lis',
        encoding: 'utf-8',
        delimiter: ',',
        tables: layouts,
        tests: [],
        units: [],
        values: [],
        diagnoses: 'icd-10-cm',
        currency: 'TWD',
      })
      expect(await tables.recognise({ paths: [path] })).toMatchObject({ mapping: { id: saved.id } })
      const { jobId } = await tables.startTrial({ paths: [path], mapping: saved })
      while ((await jobs.list()).some((job) => job.jobId === jobId && job.state === 'running'))
        await new Promise((done) => setTimeout(done, 5))
      const report = (await tables.trialReport({ jobId }))!
      expect(report.preview).toHaveLength(20)
      expect(report.preview[19]).toMatchObject({ admission: '2023-05-20', diagnoses: ['E119'] })
      const said = report.issues.map((each) => [each.path, each.column ?? '', each.value ?? '', each.reason])
      expect(said.sort((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
        ['row 26', '', '', 'no-date'],
        ['row 26', 'visit date', '2023-02-30', 'date-does-not-exist'],
        ['row 27', 'result', 'furlong', 'unit-not-known'],
        ['row 28', 'dx', 'sugar', 'diagnosis-not-icd10'],
        ['row 29', 'result', '52', 'above-hard-limit'],
      ])
      expect(await imports.batches({ limit: 1 })).toEqual([])
      const { node } = headless.institution.profile
      expect(node!.status).toMatchObject({ queuedCount: 0, blockCount: 0 })
    } finally {
      await headless.close()
    }
  })

  describe('that is killed', () => {
    let built = ''
    beforeAll(async () => {
      built = await buildCommandLine()
    }, 300_000)
    afterAll(() => rm(built, { recursive: true, force: true }))

    it('adds the rest when it is begun again, and nothing twice', async () => {
      const COUNT = 3000
      const { profile, folder } = await founded()
      const { path, mapping } = await smallTable(folder, COUNT)
      await saveMapping(profile, mapping)
      const env = { CONSILIUM_PASSPHRASE: PASSPHRASE }
      const { child, done } = startCommand(built, ['import', '--profile', profile, path], env)
      // The first line of progress: something is under way, and most of it is not.
      await new Promise<void>((resolve) => child.stderr?.once('data', () => resolve()))
      child.kill('SIGKILL')
      await done
      const rest = await runHere(['import', '--profile', profile, '--wait', path])
      const { visits, duplicates } = rest.answer as { visits: number; duplicates: number }
      expect(visits + duplicates).toBe(COUNT)
      const third = await runHere(['import', '--profile', profile, path])
      expect(third.answer).toMatchObject({ visits: 0, duplicates: COUNT })
    })
  })
})
