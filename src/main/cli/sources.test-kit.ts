/**
 * Small files of other systems, all of them made up here: a folder as Synthea exports it, a hospital's tables as CSV and as
 * a workbook with their mapping, and single FHIR resources.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeWorkbook from 'write-excel-file/node'
import { dayOfCivil } from '../../shared/domain/dates.ts'
import type { TableMapping } from '../../shared/domain/table-mapping.ts'
import { inspectTable } from '../records/table-file.ts'
import { proposeTable } from '../records/tables/propose.ts'

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const [ADA, BEN, CLINIC, DOCTOR, PAYER] = [id(1), id(2), id(3), id(4), id(5)]
const [OFFICE, STAY, EMERGENCY] = [id(11), id(12), id(13)]
const PART = `${ADA},${OFFICE}`

/** Two people, three visits, and a row of each table that Synthea writes; one allergy and one measure of a life. */
export async function syntheaFolder(folder: string): Promise<string> {
  const tables: Record<string, readonly string[]> = {
    patients: [
      'Id,BIRTHDATE,DEATHDATE,SSN,FIRST,LAST,GENDER,STATE',
      `${ADA},1974-02-01,,999-10-2000,Ada,Example,F,Somewhere`,
      `${BEN},1950-06-30,2021-01-03,999-10-2001,Jesús42,Ñandú7,M,Somewhere`,
    ],
    organizations: ['Id,NAME,ADDRESS', `${CLINIC},Hill Clinic,1 Road`],
    providers: [
      'Id,ORGANIZATION,NAME,GENDER,SPECIALITY',
      `${DOCTOR},${CLINIC},Dr Example,F,GENERAL PRACTICE`,
    ],
    payers: ['Id,NAME,ADDRESS,AMOUNT_COVERED', `${PAYER},Example Insurance,2 Road,0.00`],
    payer_transitions: [
      'PATIENT,MEMBERID,START_YEAR,END_YEAR,PAYER,SECONDARY_PAYER,OWNERSHIP,OWNERNAME',
      `${ADA},${id(21)},2014-10-14T04:17:47Z,2030-10-20T04:17:47Z,${PAYER},,Self,Ada Example`,
    ],
    encounters: [
      'Id,START,STOP,PATIENT,ORGANIZATION,PROVIDER,PAYER,ENCOUNTERCLASS,CODE,DESCRIPTION,REASONCODE,REASONDESCRIPTION',
      `${OFFICE},2020-05-03T10:00:00Z,2020-05-03T10:30:00Z,${ADA},${CLINIC},${DOCTOR},${PAYER},ambulatory,185345009,Encounter for symptom,195662009,Acute viral pharyngitis (disorder)`,
      `${STAY},2020-06-03T10:00:00Z,2020-06-07T10:30:00Z,${BEN},${CLINIC},${DOCTOR},,inpatient,183452005,Encounter inpatient,,`,
      `${EMERGENCY},2020-07-03T22:00:00Z,2020-07-04T02:30:00Z,${BEN},${CLINIC},,,emergency,50849002,Emergency room admission,,`,
    ],
    observations: [
      'DATE,PATIENT,ENCOUNTER,CATEGORY,CODE,DESCRIPTION,VALUE,UNITS,TYPE',
      `2020-05-03T10:05:00Z,${PART},vital-signs,8310-5,Body temperature,37.11021100218293,Cel,numeric`,
      `2020-05-03T10:05:00Z,${PART},laboratory,2345-7,Glucose,5.5,mmol/L,numeric`,
      `2020-05-03T10:05:00Z,${PART},survey,72166-2,Tobacco smoking status,Never smoked tobacco (finding),null,text`,
      `2020-06-04T10:05:00Z,${BEN},${STAY},laboratory,2823-3,Potassium,4.2,mmol/L,numeric`,
      `2020-06-04T10:05:00Z,${BEN},${STAY},laboratory,2823-3,Potassium,4.4,mmol/L,numeric`,
      `2020-12-31T10:05:00Z,${BEN},,,QALY,QALY,69.5,a,numeric`,
    ],
    conditions: [
      'START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION',
      `2020-05-03,2020-05-10,${PART},195662009,Acute viral pharyngitis (disorder)`,
      `2020-05-03,,${PART},160903007,Full-time employment (finding)`,
      `2020-06-03,,${BEN},${STAY},84114007,Heart failure (disorder)`,
    ],
    medications: [
      'START,STOP,PATIENT,PAYER,ENCOUNTER,CODE,DESCRIPTION,DISPENSES,REASONCODE,REASONDESCRIPTION',
      `2020-05-03T10:10:00Z,2020-05-13T10:10:00Z,${ADA},${PAYER},${OFFICE},665078,Loratadine 5 MG,3,195662009,Acute viral pharyngitis (disorder)`,
    ],
    procedures: [
      'START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,REASONCODE,REASONDESCRIPTION',
      `2020-06-04T04:17:47Z,2020-06-04T04:32:47Z,${BEN},${STAY},40701008,Echocardiography (procedure),735.40,,`,
    ],
    immunizations: [
      'DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST',
      `2020-05-03T10:17:47Z,${PART},140,Influenza seasonal injectable preservative free,140.52`,
    ],
    imaging_studies: [
      'Id,DATE,PATIENT,ENCOUNTER,SERIES_UID,BODYSITE_CODE,BODYSITE_DESCRIPTION,MODALITY_CODE,MODALITY_DESCRIPTION,INSTANCE_UID,SOP_CODE,SOP_DESCRIPTION,PROCEDURE_CODE',
      `${id(31)},2020-06-04T05:17:47Z,${BEN},${STAY},1.2.3,51185008,Thoracic structure,DX,Digital Radiography,1.2.3.4,1.2.840,Image,399208008`,
    ],
    claims: [
      'Id,PATIENTID,PROVIDERID,PRIMARYPATIENTINSURANCEID,SECONDARYPATIENTINSURANCEID,DIAGNOSIS1,DIAGNOSIS2,DIAGNOSIS3,APPOINTMENTID,SERVICEDATE,STATUS1,LASTBILLEDDATE1,HEALTHCARECLAIMTYPEID1',
      `${id(41)},${ADA},${DOCTOR},${PAYER},0,195662009,,,${OFFICE},2020-05-03T10:00:00Z,CLOSED,2020-05-03T10:30:00Z,1`,
    ],
    claims_transactions: [
      'ID,CLAIMID,PATIENTID,TYPE,AMOUNT,METHOD,PROCEDURECODE,DIAGNOSISREF1,UNITS,NOTES,UNITAMOUNT,PAYMENTS,APPOINTMENTID',
      `${id(42)},${id(41)},${ADA},CHARGE,77.49,,185345009,1,1,Encounter for symptom,77.49,,${OFFICE}`,
      `${id(43)},${id(41)},${ADA},PAYMENT,,ECHECK,185345009,1,1,Encounter for symptom,,62.00,${OFFICE}`,
      `${id(44)},${id(41)},${ADA},PAYMENT,,COPAY,185345009,1,1,Encounter for symptom,,15.49,${OFFICE}`,
    ],
    allergies: [
      'START,STOP,PATIENT,ENCOUNTER,CODE,SYSTEM,DESCRIPTION,TYPE,CATEGORY,REACTION1,DESCRIPTION1,SEVERITY1,REACTION2,DESCRIPTION2,SEVERITY2',
      `2020-05-03,,${PART},419199007,SNOMED-CT,Allergy to substance (finding),allergy,environment,,,,,,`,
    ],
  }
  await mkdir(folder, { recursive: true })
  for (const [name, lines] of Object.entries(tables))
    await writeFile(join(folder, `${name}.csv`), `${lines.join('\n')}\n`)
  return folder
}

const PATIENTS = [
  ['病歷號', '身分證號', '姓名', '性別', '生日'],
  ['00123', 'A123456789', '范例一', '女', '46/03/02'],
  ['00124', '', 'Ben Example', '男', '39/12/31'],
]
const VISITS = [
  [
    '就診序號',
    '病歷號',
    '就診日期',
    '就診時間',
    '出院日期',
    '類別',
    '科別',
    '主診斷',
    '診斷2',
    '血壓',
    '體重(kg)',
  ],
  ['V1', '00123', '112/05/03', '14:30', '', '門診', '02', 'E11.9', 'I10', '128/82', '60.5'],
  ['V2', '00123', '112/06/01', '08:00', '112/06/04', '住院', '02', 'I50.9', '', '', ''],
  ['V3', '00124', '112/06/02', '09:05', '', '門診', '家醫科', '頭痛', '', '118/70', '71'],
]
const RESULTS = [
  ['病歷號', '就診序號', '檢驗代碼', '檢驗名稱', '結果', '單位', '採檢日期', '參考值'],
  ['00123', 'V1', '', 'HbA1c', '7.0', '%', '112/05/03', ''],
  ['00123', 'V1', 'L77', '院內檢驗', '<12', 'arb', '112/05/03', ''],
  ['00123', 'V1', '', '血糖', '131', 'mg%', '112/05/03', ''],
  ['00123', 'V2', '', '鉀', '5.6', 'meq/L', '112/06/02', '3.5-5.1'],
  ['00123', 'V2', '', 'HBsAg', '陰性', '', '112/06/02', ''],
  ['00124', '', '', '肌酸酐', '88', 'umol/L', '112/07/09', ''],
]

/** Patients, visits and results of a hospital's own system, with the mapping of somebody who changed nothing. */
export async function hospitalTables(
  folder: string,
  form: 'csv' | 'xlsx',
): Promise<{ paths: readonly string[]; mapping: TableMapping }> {
  await mkdir(folder, { recursive: true })
  const sheets = { patients: PATIENTS, visits: VISITS, results: RESULTS }
  const paths: string[] = []
  if (form === 'xlsx') {
    const path = join(folder, 'his.xlsx')
    const cells = (rows: readonly (readonly string[])[]) =>
      rows.map((row) => row.map((value) => (value === '' ? null : { value, type: String })))
    await writeWorkbook(
      Object.entries(sheets).map(([sheet, rows]) => ({ sheet, data: cells(rows) })) as never,
    ).toFile(path)
    paths.push(path)
  } else
    for (const [name, rows] of Object.entries(sheets)) {
      const path = join(folder, `${name}.csv`)
      await writeFile(path, `${rows.map((row) => row.join(',')).join('\r\n')}\r\n`)
      paths.push(path)
    }
  const tables: TableMapping['tables'] = []
  for (const path of paths) {
    const looked = await inspectTable(path)
    if (looked.kind !== 'table') throw new Error(looked.reason)
    for (const sheet of looked.sheets) tables.push(proposeTable(sheet, dayOfCivil(2026, 1, 1)).layout)
  }
  return {
    paths,
    mapping: {
      format: 1,
      id: form === 'csv' ? 'c'.repeat(32) : 'd'.repeat(32),
      name: `Ward system ${form}`,
      source: 'his',
      savedAt: 1,
      encoding: form === 'csv' ? 'utf-8' : null,
      delimiter: form === 'csv' ? ',' : null,
      tables,
      tests: [],
      units: [],
      values: [],
      diagnoses: 'icd-10-cm',
      currency: 'TWD',
    },
  }
}

/** A life of one visit as FHIR resources, to be put into files in whichever way. */
export const fewResources: readonly { readonly resourceType: string; readonly [field: string]: unknown }[] = [
  {
    resourceType: 'Patient',
    id: id(51),
    identifier: [{ system: 'urn:test:mrn', value: 'S1' }],
    name: [{ family: 'Single', given: ['Ada'] }],
    gender: 'female',
    birthDate: '1957-03-02',
  },
  {
    resourceType: 'Encounter',
    id: id(52),
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: { reference: `Patient/${id(51)}` },
    period: { start: '2024-05-03T10:00:00+08:00', end: '2024-05-03T10:20:00+08:00' },
  },
  {
    resourceType: 'Observation',
    id: id(53),
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'HbA1c' }] },
    subject: { reference: `Patient/${id(51)}` },
    encounter: { reference: `Encounter/${id(52)}` },
    effectiveDateTime: '2024-05-03T10:05:00+08:00',
    valueQuantity: { value: 6.5, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
  },
  {
    resourceType: 'Condition',
    id: id(54),
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'E11.9' }] },
    subject: { reference: `Patient/${id(51)}` },
    encounter: { reference: `Encounter/${id(52)}` },
    onsetDateTime: '2024-05-03T10:00:00+08:00',
  },
]
