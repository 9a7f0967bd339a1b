/**
 * The same visits as single hospitals would send them: H4 a table with Chinese headings and Republican years, H5 HL7
 * version 2 messages. H3's habit, glucose in mmol/L, is in its values already.
 */
import { civilOfDay } from '../../shared/domain/dates.ts'
import { LAB_TESTS } from '../../shared/domain/lab-tests.ts'
import { departmentOf } from './content.ts'
import { clockText } from './facts.ts'
import type { VisitFacts } from './facts.ts'
import type { Life } from './generate-patients.ts'

export const H4_HEADER =
  '病歷號,身分證號,姓名,性別,生日,就診日期,就診時間,出院日期,科別,主診斷,次診斷,收縮壓,舒張壓,身高,體重,糖化血色素,糖化血色素單位,' +
  '低密度脂蛋白,低密度脂蛋白單位,肌酸酐,肌酸酐單位,檢驗日期,報告日期,處方,申報金額,給付金額\r\n'

/** Text for Big5, so Latin letters without accents. */
export function rocRow(life: Life, f: VisitFacts): string {
  const claim = f.claims[0]
  const cells = [
    f.mrn,
    f.nationalId,
    plainLatin(life.person.name),
    f.sex === 'male' ? '男' : '女',
    rocText(f.birthDate),
    rocOfDay(f.day),
    clockText(f.minute),
    f.dischargeDay === null ? '' : rocOfDay(f.dischargeDay),
    departmentOf(f),
    f.dx[0] ?? '',
    f.dx.slice(1).join(';'),
    f.sbp,
    f.dbp,
    f.height,
    f.weight,
    f.hba1c,
    f.hba1cUnit,
    f.ldl,
    f.ldlUnit,
    f.creat,
    f.creatUnit,
    rocOfDay(f.specimenDay),
    rocOfDay(f.resultDay),
    f.meds.join(';'),
    claim === undefined ? '' : String(claim.billed),
    claim === undefined ? '' : String(claim.paid),
  ]
  return `${cells.join(',')}\r\n`
}

function rocOfDay(day: number): string {
  const { year, month, day: date } = civilOfDay(day)
  return `${year - 1911}/${two(month)}/${two(date)}`
}

/** Republican years begin in 1912; who was born before is written with a minus, as the registers do. */
function rocText(isoDate: string): string {
  const year = Number(isoDate.slice(0, 4)) - 1911
  return `${year >= 1 ? year : year - 1}/${isoDate.slice(5, 7)}/${isoDate.slice(8)}`
}

function plainLatin(name: string): string {
  return name.normalize('NFD').replace(/[\u0300-\u036f]/g, '')
}

/** An admission or registration (ADT) and the results (ORU) of one visit; segments end with a carriage return. */
export function hl7Messages(life: Life, f: VisitFacts): string {
  const at = `${stamp(f.day)}${clockText(f.minute).replace(':', '')}00+0800`
  const isInpatient = f.visitClass === 'IMP'
  const kind = isInpatient ? 'A01' : 'A04'
  const patient =
    `PID|1||${f.mrn}^^^H5^MR~${f.nationalId}^^^TWN^NI||${escaped(life.person.name)}^^^^^^L||${f.birthDate.replace(/-/g, '')}|` +
    `${f.sex === 'male' ? 'M' : 'F'}`
  const patientClass = isInpatient ? 'I' : f.visitClass === 'EMER' ? 'E' : 'O'
  const visit = `PV1|1|${patientClass}|${departmentOf(f)}||||||||||||||||${f.visitId}${'|'.repeat(25)}${at}`
  const head = (type: string, id: string) =>
    `MSH|^~\\&|H5|HOSPITAL5|CONSILIUM|CONSORTIUM|${at}||${type}|${id}|P|2.5.1||||||UNICODE UTF-8`
  const segments = [head(`ADT^${kind}`, `${f.visitId}-A`), `EVN|${kind}|${at}`, patient, visit]
  f.dx.forEach((code, i) => segments.push(`DG1|${i + 1}||${code}^^I10C|||${i === 0 ? 'W' : 'F'}`))
  const results = resultsOf(f)
  if (results.length > 0) {
    const reported = `${stamp(f.resultDay)}120000+0800`
    segments.push(head('ORU^R01', `${f.visitId}-R`), patient, visit)
    segments.push(
      `OBR|1||${f.visitId}|PANEL^Results^L|||${stamp(f.specimenDay)}080000+0800|||||||||||||||${reported}|||F`,
    )
    results.forEach(([key, value, unit], i) => {
      const test = LAB_TESTS.find((each) => each.key === key)!
      const type = value.charCodeAt(0) < 0x80 ? 'NM' : 'ST'
      segments.push(
        `OBX|${i + 1}|${type}|${test.loinc}^${escaped(test.en)}^LN||${value}|${escaped(unit)}|||||F|||${stamp(f.specimenDay)}`,
      )
    })
  }
  return segments.map((segment) => `${segment}\r`).join('')
}

function resultsOf(f: VisitFacts): [key: string, value: string, unit: string][] {
  const all: [string, string, string][] = [
    ['sbp', f.sbp, 'mm[Hg]'],
    ['dbp', f.dbp, 'mm[Hg]'],
    ['weight', f.weight, 'kg'],
    ['hba1c', f.hba1c, f.hba1cUnit],
    ['gluc', f.glucose, f.glucoseUnit],
    ['ldlD', f.ldl, f.ldlUnit],
    ['hdl', f.hdl, 'mg/dL'],
    ['tg', f.tg, 'mg/dL'],
    ['creat', f.creat, f.creatUnit],
    ['alt', f.alt, 'U/L'],
    ['hgb', f.hgb, 'g/dL'],
    ['k', f.k, 'mmol/L'],
  ]
  return all.filter(([, value]) => value !== '')
}

/** The five delimiters of version 2 as its escapes. */
function escaped(text: string): string {
  return text.replace(/[\\|^&~]/g, (mark) => ESCAPES[mark]!)
}

const ESCAPES: Record<string, string> = {
  '\\': '\\E\\',
  '|': '\\F\\',
  '^': '\\S\\',
  '&': '\\T\\',
  '~': '\\R\\',
}

function stamp(day: number): string {
  const { year, month, day: date } = civilOfDay(day)
  return `${year}${two(month)}${two(date)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
