import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import writeWorkbook from 'write-excel-file/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dayOfCivil } from '../../shared/domain/dates.ts'
import type { TableMapping } from '../../shared/domain/table-mapping.ts'
import type { SourceEvent } from '../imports/intake.ts'
import { fileEvents } from '../imports/sources.ts'
import { generateFiles } from '../cli/generate.ts'
import { inspectTable } from './table-file.ts'
import { gapsOf, proposeTable } from './tables/propose.ts'

const TODAY = dayOfCivil(2026, 6, 1)

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-tables-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The mapping that a person gets who changes nothing. */
async function proposedFor(...files: string[]): Promise<TableMapping> {
  const tables: TableMapping['tables'] = []
  let form: { encoding: TableMapping['encoding']; delimiter: TableMapping['delimiter'] } = {
    encoding: null,
    delimiter: null,
  }
  for (const file of files) {
    const looked = await inspectTable(file)
    if (looked.kind !== 'table') throw new Error(looked.reason)
    if (looked.form !== null) form = looked.form
    for (const sheet of looked.sheets) tables.push(proposeTable(sheet, TODAY).layout)
  }
  return {
    format: 1,
    id: 'a'.repeat(32),
    name: 'test',
    source: 'his',
    savedAt: 0,
    ...form,
    tables,
    tests: [],
    units: [],
    values: [],
    diagnoses: 'icd-10-cm',
    currency: 'TWD',
  }
}

async function read(paths: readonly string[], mapping: TableMapping | null) {
  const visits: Extract<SourceEvent, { kind: 'visit' }>[] = []
  const rejects: Extract<SourceEvent, { kind: 'reject' }>['reject'][] = []
  const warnings: string[] = []
  for await (const event of fileEvents(paths, mapping, 'Asia/Taipei')) {
    if (event.kind === 'visit') visits.push(event)
    else if (event.kind === 'reject') rejects.push(event.reject)
    else if (event.kind === 'warning') warnings.push(event.reason)
  }
  return { visits, rejects, warnings }
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

describe("a hospital's table with a row for each visit", () => {
  it('gives its visits by headers alone, with the source’s units and the facility’s offset', async () => {
    const path = await file(
      'visits.csv',
      '病歷號,姓名,性別,生日,就診日期,就診時間,類別,主診斷,HbA1c (%),血糖(mmol/L),血壓\n' +
        '00123,范例一,女,46/03/02,112/05/03,14:30,門診,E11.9,7.0,7.2,128/82\n',
    )
    const mapping = await proposedFor(path)
    expect(gapsOf(mapping.tables)).toEqual([])
    const { visits, rejects } = await read([path], mapping)
    expect(rejects).toEqual([])
    const [visit] = visits
    expect(visit!.patient).toMatchObject({
      name: '范例一',
      sex: 'female',
      birthDate: '1957-03-02',
      medicalRecordNumber: '00123',
      identity: { kind: 'source-id', system: 'csv:his', value: '00123' },
    })
    expect(visit!.content.encounter).toMatchObject({
      class: 'AMB',
      admission: { at: '2023-05-03T14:30+08:00' },
      day: '2023-05-03',
    })
    expect(visit!.content.diagnoses[0]).toMatchObject({ role: 'principal', code: { code: 'E119' } })
    const values = visit!.content.observations.map(({ code, value }) => [code.code, value])
    expect(values).toEqual([
      ['4548-4', { type: 'decimal', value: '7.0', unit: '%' }],
      ['2345-7', { type: 'decimal', value: '7.2', unit: 'mmol/L' }],
      ['8480-6', { type: 'decimal', value: '128', unit: 'mm[Hg]' }],
      ['8462-4', { type: 'decimal', value: '82', unit: 'mm[Hg]' }],
    ])
  })

  it('never stores what names a visit by its patient, and never a national id', async () => {
    const path = await file('v.csv', '身分證號,就診日期,類別\nA123456789,112/05/03,門診\n')
    const [visit] = (await read([path], await proposedFor(path))).visits
    expect(JSON.stringify([visit!.content, visit!.origin])).not.toContain('A123456789')
    expect(visit!.sourceName).toContain('A123456789')
  })

  it('names each cell that it leaves out by row, column and value, and takes the rest', async () => {
    const path = await file(
      'v.csv',
      'mrn,sex,birth date,visit date,class,dx,ward note\n' +
        '1,M,1960-01-01,2023-05-03,OPD,1E+10,x\n' +
        '2,M,1960-13-01,2023-05-04,OPD,I10,x\n' +
        '3,M,1960-01-01,2023-02-30,OPD,I10,x\n' +
        '4,X,1960-01-01,2023-05-06,OPD,I10,x\n' +
        ',M,1960-01-01,2023-05-07,OPD,I10,x\n' +
        '5,M,1960-01-01,2023-05-08,OPD,I10,x,shifted\n' +
        '6,M,1960-01-01,2023-05-09,OPD,I10,x\n' +
        '6,M,1960-01-01,2023-05-09,OPD,I10,x\n',
    )
    const mapping = await proposedFor(path)
    const { visits, rejects } = await read([path], mapping)
    expect(visits.map(({ path: at }) => at)).toEqual(['row 2', 'row 3', 'row 5', 'row 8'])
    const listed = rejects.map(({ path: at, reason, column, value }) => [at, reason, column, value])
    expect(listed).toContainEqual(['row 2', 'code-turned-into-number', 'dx', '1E+10'])
    expect(listed).toContainEqual(['row 3', 'date-does-not-exist', 'birth date', '1960-13-01'])
    expect(listed).toContainEqual(['row 4', 'date-does-not-exist', 'visit date', '2023-02-30'])
    expect(listed).toContainEqual(['row 5', 'word-not-known', 'sex', 'X'])
    expect(listed).toContainEqual(['row 6', 'no-patient', undefined, undefined])
    expect(listed).toContainEqual(['row 7', 'columns-shifted', undefined, undefined])
    expect(listed).toContainEqual(['row 9', 'row-repeated', undefined, undefined])
    expect(listed).toHaveLength(7)
  })

  it('is refused by name without a mapping, and by headers that the mapping does not know', async () => {
    const path = await file('v.csv', 'mrn,visit date\n1,2023-05-03\n')
    expect((await read([path], null)).rejects).toEqual([
      { file: path, path: '', reason: 'table-needs-mapping' },
    ])
    const mapping = await proposedFor(path)
    const other = await file('w.csv', 'a,b\n1,2\n')
    expect((await read([other], mapping)).rejects).toEqual([
      { file: other, path: '', reason: 'table-not-in-mapping' },
    ])
  })

  it('still fits its mapping when its columns change places and one is added', async () => {
    const path = await file('v.csv', 'mrn,visit date,class\n1,2023-05-03,OPD\n')
    const mapping = await proposedFor(path)
    const moved = await file('moved.csv', 'class,new column,visit date,mrn\nOPD,x,2023-05-03,1\n')
    const [before] = (await read([path], mapping)).visits
    const [after] = (await read([moved], mapping)).visits
    expect(after!.content).toEqual(before!.content)
    expect(after!.sourceName).toBe(before!.sourceName)
  })
})

describe('tables of results and of patients', () => {
  const patients = 'mrn,national id,name,sex,birth date\n7,A123456789,Ada Example,F,1957-03-02\n'
  const visits =
    'visit no,mrn,admission date,discharge date,class,dx\nV1,7,2023-05-01,2023-05-04,IMP,I10\nV2,7,2023-06-01,,OPD,E11.9\n'
  const results =
    'mrn,visit no,test code,test name,value,unit,collection date,reference range\n' +
    '7,V1,K01,Potassium,4.1,meq/L,2023-05-02,3.5-5.1\n' +
    '7,,L77,House test,12,arb,2023-05-03,\n' +
    '7,,2160-0,Creatinine,88,umol/L,2023-07-09,\n' +
    '7,V2,K01,Potassium,陰性,,2023-06-01,\n'

  it('meet by patient and visit number, by day, else make a visit of their own day', async () => {
    const paths = [
      await file('results.csv', results),
      await file('visits.csv', visits),
      await file('patients.csv', patients),
    ]
    const {
      visits: read3,
      rejects,
      warnings,
    } = await read(paths, {
      ...(await proposedFor(...paths)),
      tests: [{ from: 'K01', to: { system: 'http://loinc.org', code: '2823-3', display: 'Potassium' } }],
    })
    expect(rejects).toEqual([])
    const summary = read3.map(({ content: { encounter, observations }, patient }) => [
      encounter.class,
      encounter.day,
      patient.name,
      observations.map(({ code, value }) => [code.system === 'local' ? code.code : code.display, value.type]),
    ])
    expect(summary).toEqual([
      [
        'IMP',
        '2023-05-01',
        'Ada Example',
        [
          ['Potassium', 'decimal'],
          ['L77', 'decimal'],
        ],
      ],
      ['AMB', '2023-06-01', 'Ada Example', [['Potassium', 'text']]],
      ['UNK', '2023-07-09', 'Ada Example', [['Creatinine', 'decimal']]],
    ])
    expect(warnings).toContain('attached-by-time')
    expect(warnings).toContain('text-instead-of-number')
    const potassium = read3[0]!.content.observations[0]!
    // The same unit under its UCUM name: the number stays, and what the hospital wrote stays beside.
    expect(potassium.value).toEqual({ type: 'decimal', value: '4.1', unit: 'mmol/L', unitSource: 'meq/L' })
    expect(potassium).toMatchObject({ refLow: '3.5', refHigh: '5.1', sourceCodings: [{ code: 'K01' }] })
    // Another unit stays what it is, unconverted.
    expect(read3[2]!.content.observations[0]!.value).toEqual({ type: 'decimal', value: '88', unit: 'umol/L' })
  })

  it('tell insurer, plan, group and member of the payer, whichever row of the visit says them', async () => {
    const path = await file(
      'insured.csv',
      'mrn,visit no,visit date,payer,insurer,insurance plan,group number,member number\n' +
        '7,V1,2023-05-02,,Blue Cross,gold,,M 12\n' +
        '7,V1,2023-05-02,private,,,G7,\n' +
        '8,V2,2023-05-02,Aetna,,,,\n' +
        '9,V3,2023-05-02,健保,,,,\n',
    )
    const { visits: found, rejects } = await read([path], await proposedFor(path))
    expect(rejects).toEqual([])
    expect(found.map(({ content, memberNumber }) => [content.encounter.payer, memberNumber])).toEqual([
      [{ type: 'PRIVATE', organisation: 'Blue Cross', plan: 'gold', group: 'G7' }, 'M 12'],
      [{ type: 'OTHER', organisation: 'Aetna' }, null],
      [{ type: 'NHI' }, null],
    ])
  })

  it('tell the consent of a visit, else of its patient, and take a word that nobody knows for the least', async () => {
    const visitsPath = await file(
      'consented.csv',
      'mrn,visit no,visit date,class,consent,consent until\n' +
        '7,V1,2023-05-02,OPD,不同意,\n7,V2,2023-05-03,OPD,,2025-01-31\n7,V3,2023-05-04,OPD,,\n8,V4,2023-05-02,OPD,vielleicht,\n',
    )
    const patientsPath = await file(
      'of-patients.csv',
      'mrn,name,sex,birth date,consent,consent no\n7,Ada,F,1960-01-01,all,K-1\n',
    )
    const paths = [visitsPath, patientsPath]
    const { visits: found, rejects } = await read(paths, await proposedFor(...paths))
    expect(found.map(({ content }) => content.patient.consent)).toEqual([
      { scope: 'treatment-only' },
      { scope: 'all', ref: 'K-1', to: '2025-01-31' },
      { scope: 'all', ref: 'K-1' },
      { scope: 'treatment-only' },
    ])
    expect(rejects).toMatchObject([
      { path: 'row 5', reason: 'word-not-known', column: 'consent', value: 'vielleicht' },
    ])
  })

  it('leave a refusal of the patient narrow where a visit names its paper alone', async () => {
    const path = await file(
      'papers.csv',
      'mrn,visit no,visit date,class,consent no\n7,V1,2023-05-02,OPD,K-7\n8,V2,2023-05-02,OPD,K-8\n',
    )
    const people = await file('refusing.csv', 'mrn,name,sex,birth date,consent\n7,Ada,F,1960-01-01,不同意\n')
    const { visits: found } = await read([path, people], await proposedFor(path, people))
    expect(
      found.map(({ content, isConsentAssumed }) => [content.patient.consent, isConsentAssumed === true]),
    ).toEqual([
      [{ scope: 'treatment-only', ref: 'K-7' }, false],
      [{ scope: 'treatment-and-research', ref: 'K-8' }, true],
    ])
  })

  it('take the narrowest consent where rows differ, and list it', async () => {
    const path = await file(
      'twice.csv',
      'mrn,visit no,visit date,class,consent,consent until,主診斷\n' +
        '7,V1,2023-05-02,OPD,all,,E11.9\n7,V1,2023-05-02,OPD,不同意,,I10\n' +
        '8,V2,2023-05-02,OPD,all,2026-01-01,E11.9\n8,V2,2023-05-02,OPD,all,2025-01-01,I10\n',
    )
    const { visits: found, warnings } = await read([path], await proposedFor(path))
    expect(found.map(({ content }) => content.patient.consent)).toEqual([
      { scope: 'treatment-only' },
      { scope: 'all', to: '2025-01-01' },
    ])
    expect(warnings.filter((reason) => reason === 'consent-rows-differ')).toHaveLength(2)
  })

  it('never make one insurer of two, nor give one the number of the other', async () => {
    const path = await file(
      'insurers.csv',
      'mrn,visit no,visit date,class,payer,insurer,insurance plan,member number,主診斷\n' +
        '7,V1,2023-05-02,OPD,other,Aetna,,,E11.9\n7,V1,2023-05-02,OPD,other,Bupa,gold,B 9,I10\n',
    )
    const { visits: found, warnings } = await read([path], await proposedFor(path))
    expect(found.map(({ content, memberNumber }) => [content.encounter.payer, memberNumber])).toEqual([
      [{ type: 'OTHER', organisation: 'Aetna' }, null],
    ])
    expect(warnings).toContain('several-insurances')
  })

  it('tell of each diagnosis whether it was there at the admission', async () => {
    const path = await file(
      'poa.csv',
      'mrn,visit no,visit date,class,主診斷,POA,次診斷,POA2\n' +
        '7,V1,2023-05-02,IPD,E11.9,Y,I10;N18.3,N;E\n8,V2,2023-05-02,IPD,E11.9,不詳,I10,perhaps\n9,V3,2023-05-02,IPD,E11.9,,I10;J18.9,Y\n',
    )
    const { visits: found, rejects } = await read([path], await proposedFor(path))
    expect(found.map(({ content }) => content.diagnoses.map((each) => each.presentOnAdmission))).toEqual([
      ['Y', 'N', '1'],
      ['U', undefined],
      [undefined, undefined, undefined],
    ])
    expect(rejects).toMatchObject([
      { path: 'row 3', reason: 'word-not-known', column: 'POA2', value: 'perhaps' },
      { path: 'row 4', reason: 'value-not-readable', column: 'POA2', value: 'Y' },
    ])
  })

  it('take no 1 for exempt where it may be a yes, and a word for no that stands alone', async () => {
    const path = await file(
      'poa-flags.csv',
      'mrn,visit no,visit date,class,主診斷,POA\n' +
        '7,V1,2023-05-02,IPD,E11.9,1\n8,V2,2023-05-02,IPD,E11.9,0\n9,V3,2023-05-02,IPD,E11.9,沒有\n10,V4,2023-05-02,IPD,E11.9,無\n',
    )
    const { visits: found, rejects } = await read([path], await proposedFor(path))
    expect(found.map(({ content }) => content.diagnoses[0]!.presentOnAdmission)).toEqual([
      undefined,
      undefined,
      'N',
      'N',
    ])
    expect(rejects).toMatchObject([
      { path: 'row 2', reason: 'word-not-known', column: 'POA', value: '1' },
      { path: 'row 3', reason: 'word-not-known', column: 'POA', value: '0' },
    ])
  })

  it('name every fault of a row that is not taken', async () => {
    const path = await file(
      'faults.csv',
      'mrn,visit date,class,主診斷,血壓,glucose\n7,2023-02-30,OPD,1E+10,many,5.5\n7,2023-02-20,OPD,E11.9,120/80,5.5 mmol/L\n,2023-02-31,OPD,I10,few,5.5 mmol/L\n',
    )
    const { visits: found, rejects, warnings } = await read([path], await proposedFor(path))
    expect(found).toHaveLength(1)
    expect(rejects.map(({ path: place, reason, column }) => [place, reason, column])).toEqual([
      ['row 4', 'no-patient', undefined],
      ['row 4', 'date-does-not-exist', 'visit date'],
      ['row 4', 'value-not-readable', '血壓'],
      ['row 2', 'date-does-not-exist', 'visit date'],
      ['row 2', 'no-unit', 'glucose'],
      ['row 2', 'value-not-readable', '血壓'],
      ['row 2', 'code-turned-into-number', '主診斷'],
    ])
    // Nothing of it was taken, so nothing of it was taken as it is.
    expect(warnings).not.toContain('no-unit')
  })

  it('keep each unit as it is, know a multiple by UCUM, and list what nobody understands', async () => {
    const path = await file(
      'units.csv',
      'mrn,test code,value,unit,collection date\n7,2345-7,1.1,g/L,2023-05-03\n7,2345-7,99,mg%,2023-05-03\n' +
        '7,2823-3,4.1,furlong,2023-05-03\n7,777-3,210,10³/µL,2023-05-03\n',
    )
    const { visits: read1, warnings } = await read([path], await proposedFor(path))
    expect(read1.flatMap(({ content }) => content.observations.map(({ value }) => value))).toEqual([
      { type: 'decimal', value: '1.1', unit: 'g/L' },
      { type: 'decimal', value: '99', unit: 'mg/dL', unitSource: 'mg%' },
      { type: 'decimal', value: '4.1', unit: 'furlong' },
      { type: 'decimal', value: '210', unit: '10*3/uL', unitSource: '10³/µL' },
    ])
    expect(warnings.filter((reason) => reason === 'unit-not-known')).toHaveLength(1)
  })

  it('give the same visits when nothing fits in memory', async () => {
    const path = await file('visits.csv', visits)
    const { readRecords, recogniseFiles } = await import('./read-records.ts')
    const mapping = await proposedFor(path)
    const contents = async (gatheredBytesMax: number) => {
      const found: unknown[] = []
      for await (const event of readRecords(await recogniseFiles([path]), {
        mapping,
        at: (day, time) => `${day}T${time}Z`,
        gatheredBytesMax,
      }))
        if (event.kind === 'visit') found.push(event.visit.content)
      return found
    }
    expect(await contents(1)).toEqual(await contents(1e9))
  })
})

describe('encodings and workbooks', () => {
  it('reads the generator’s Big5 table of Chinese headings and Republican years whole, by proposal alone', async () => {
    await mkdir(join(folder, 'g'))
    const made = await generateFiles({
      patients: 6,
      from: 0,
      seed: 'tables',
      format: 'csv',
      out: join(folder, 'g'),
      isClean: true,
      hasHabits: true,
    })
    const big5 = join(folder, 'g', 'H4.big5.csv')
    const looked = await inspectTable(big5)
    expect(looked.kind === 'table' && looked.guess).toEqual({ possible: ['big5'], isCertain: false })
    const chinese = await read([big5], await proposedFor(big5))
    const plain = join(folder, 'g', 'visits.csv')
    const english = await read([plain], await proposedFor(plain))
    expect(english.visits).toHaveLength(made.visits)
    expect([...chinese.rejects, ...english.rejects]).toEqual([])
    const dates = ({ visits }: typeof chinese) => visits.map(({ content }) => content.encounter.admission.at)
    for (const at of dates(chinese)) expect(dates(english)).toContain(at)
  })

  it('reads UTF-16 with a mark, and refuses rows whose letters cannot be read', async () => {
    const text = 'mrn\tvisit date\tclass\n1\t2023-05-03\tOPD\n'
    const path = join(folder, 'u.tsv')
    await writeFile(path, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))
    expect((await read([path], await proposedFor(path))).visits).toHaveLength(1)
    const broken = join(folder, 'b.csv')
    await writeFile(
      broken,
      Buffer.concat([Buffer.from('mrn,visit date,class\n1,2023-05-03,'), Buffer.from([0xff, 0x0a])]),
    )
    const mapping = { ...(await proposedFor(broken)), encoding: 'utf-8' as const }
    expect((await read([broken], mapping)).rejects.map(({ reason, path: at }) => [reason, at])).toEqual([
      ['text-not-readable', 'row 2'],
    ])
  })

  it('reads each sheet of a workbook, numbers as they are written and dates as days', async () => {
    const path = join(folder, 'book.xlsx')
    const text = (value: string) => ({ value, type: String })
    await writeWorkbook([
      {
        sheet: 'Visits',
        data: [
          ['mrn', 'visit date', 'class', 'weight (kg)'].map(text),
          [
            text('00042'),
            { value: new Date(Date.UTC(2023, 4, 3)), type: Date, format: 'yyyy/mm/dd' },
            text('OPD'),
            { value: 70.5, type: Number },
          ],
        ],
      },
      {
        sheet: 'Patients',
        data: [['mrn', 'name', 'sex'].map(text), ['00042', 'Ada Example', 'F'].map(text)],
      },
    ] as never).toFile(path)
    const { visits, rejects } = await read([path], await proposedFor(path))
    expect(rejects).toEqual([])
    expect(visits[0]).toMatchObject({ path: 'Visits, row 2', patient: { name: 'Ada Example' } })
    expect(visits[0]!.content.encounter.admission.at).toBe('2023-05-03')
    expect(visits[0]!.content.observations[0]!.value).toEqual({ type: 'decimal', value: '70.5', unit: 'kg' })
  })
})
