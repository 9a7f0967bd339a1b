import { describe, expect, it } from 'vitest'
import { mergeObservations } from './merge.ts'
import { composeVisits, type PlacedPart } from './compose.ts'
import { withCurrent } from './merge.ts'
import { parseMessage, readerOf, unescape } from './message.ts'
import { readMessage, type ReadMessage } from './read-message.ts'
import { charsetOf, createMessageSplitter } from './split.ts'
import { readWhen } from './when.ts'

const HEAD = 'MSH|^~\\&|HIS|NORTH|CONSILIUM|X|20260301090000+0800||ADT^A01|1|P|2.5.1||||||UNICODE UTF-8'
const PID = 'PID|1||M1^^^NORTH^MR~A123456789^^^TWN^NI||王^小明^^^^^L~Wang^Hsiao-Ming||19800102|M'
const PV1 = `PV1|1|I|W3^12|||||||CARD|||||||||V77^^^NORTH${'|'.repeat(25)}20260301080000`
const ORU = HEAD.replace('ADT^A01', 'ORU^R01')
const OBR = 'OBR|1||F1|CBC^Blood count^L|||20260302070000|||||||||||||||20260302120000|||F'

const OPTIONS = { offsetAt: () => '+08:00', consentScope: 'treatment-and-research' as const }

function read(...segments: string[]): ReadMessage {
  const message = parseMessage(segments.join('\r'))
  if (message === null) throw new Error('no message')
  return readMessage(message, 1, OPTIONS)
}

let at = 0
const placed = (...segments: string[]): PlacedPart => {
  const { part, rejects } = read(...segments)
  if (part === null) throw new Error(JSON.stringify(rejects))
  return { part, file: 'a.hl7', message: ++at, fileHash: null }
}
const resultOf = (obx: string) => read(ORU, PID, PV1, OBR, obx).part!.observations

describe('createMessageSplitter', () => {
  const split = (...pieces: string[]) => {
    const splitter = createMessageSplitter(1000)
    return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()]
  }
  it.each(['\r', '\n', '\r\n'])('finds messages and wrappers whose segments end with %j', (end) => {
    const text = ['FHS|^~\\&', 'BHS|^~\\&', 'MSH|^~\\&|A', 'PID|1', 'MSH|^~\\&|B', 'BTS|2', 'FTS|1'].join(end)
    expect(split(text).map(({ kind }) => kind)).toEqual(['FHS', 'BHS', 'MSH', 'MSH', 'BTS', 'FTS'])
  })
  it('gives the same messages wherever the bytes are cut', () => {
    const text =
      '\u00ef\u00bb\u00bf\x0bMSH|^~\\&|A\rPID|1||MSH|\r\x1c\r\x0bMSH|^~\\&|B\rNTE|1||MSH of it\r\x1c\r'
    const whole = split(text)
    expect(whole.map(({ byteText }) => byteText)).toEqual([
      'MSH|^~\\&|A\rPID|1||MSH|',
      'MSH|^~\\&|B\rNTE|1||MSH of it',
    ])
    for (let cut = 0; cut <= text.length; cut++)
      expect(split(text.slice(0, cut), text.slice(cut)), `cut at ${cut}`).toEqual(whole)
    expect(split(...text)).toEqual(whole)
  })
  it('is not held up by a long row of blanks', { timeout: 5_000 }, () => {
    const splitter = createMessageSplitter(10_000_000)
    splitter.push(`MSH|^~\\&|A${' '.repeat(1_000_000)}|B`)
    expect(splitter.end()).toHaveLength(1)
  })
  it('names what stands before the first message, and a message beyond the bound', () => {
    expect(split('garbage\rMSH|^~\\&|A').map(({ kind }) => kind)).toEqual(['stray', 'MSH'])
    const [large, small] = split(`MSH|^~\\&|${'x'.repeat(2000)}`, '\rMSH|^~\\&|B')
    expect(large).toMatchObject({ kind: 'MSH', isTooLarge: true, byteText: '' })
    expect(small).toMatchObject({ kind: 'MSH', isTooLarge: false, byteText: 'MSH|^~\\&|B' })
  })
})

describe('charsetOf', () => {
  it.each([
    ['', 'utf-8'],
    ['ASCII', 'utf-8'],
    ['UNICODE UTF-8', 'utf-8'],
    ['BIG-5', 'big5'],
    ['BIG5', 'big5'],
    ['8859/1~UNICODE UTF-8', 'iso-8859-1'],
    ['KLINGON', null],
  ])('reads MSH-18 %j as %s', (named, label) => {
    expect(charsetOf(`MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5||||||${named}\rPID|1`).label).toBe(label)
  })
})

describe('parseMessage', () => {
  it('takes delimiters from the message itself', () => {
    const message = parseMessage('MSH#*!@%#HIS\rPID#1##A*x!B%c*@S@y@T@z')!
    expect(readerOf(message, message.segments[1]!).repetitions(3)).toEqual([
      ['A', 'x'],
      ['B', '*y%z'],
    ])
  })
  it('undoes escapes, and leaves what it does not know as it is written', () => {
    const { delimiters } = parseMessage('MSH|^~\\&|')!
    const text = (raw: string) => unescape(raw, delimiters)
    expect(text('a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f')).toBe('a|b^c&d~e\\f')
    expect(text('one\\.br\\two\\X0D0A\\three')).toBe('one\ntwo\nthree')
    expect(text('\\H\\loud\\N\\ \\Zx\\ \\XE9\\ c:\\dir')).toBe('loud \\Zx\\ \\XE9\\ c:\\dir')
  })
  it('names lines that are no segments and goes on', () => {
    const message = parseMessage('MSH|^~\\&|A\rPID|1\rthe rest of a text\rPV1|1')!
    expect(message.segments.map(({ name }) => name)).toEqual(['MSH', 'PID', 'PV1'])
    expect(message.malformed).toEqual([3])
  })
  it('refuses what does not begin with a message', () => {
    expect(parseMessage('PID|1')).toBeNull()
    expect(parseMessage('MSH')).toBeNull()
  })
})

describe('readWhen', () => {
  const text = (value: string, ofMessage: string | null = null) => {
    const when = readWhen(value, ofMessage, () => '+08:00')
    return when?.kind === 'when' ? when.text : when?.reason
  }
  it('keeps what is written and takes the offset of the message, else of the hospital', () => {
    expect(text('2026')).toBe('2026')
    expect(text('202603')).toBe('2026-03')
    expect(text('20260301')).toBe('2026-03-01')
    expect(text('2026030108')).toBe('2026-03-01T08:00:00+08:00')
    expect(text('20260301083000.25-0500')).toBe('2026-03-01T08:30:00.25-05:00')
    expect(text('202603010830', '+00:00')).toBe('2026-03-01T08:30:00+00:00')
    expect(text('20260230')).toBe('date-does-not-exist')
    expect(text('2026-03-01')).toBe('date-malformed')
    expect(readWhen('202603010830', null, () => null)).toMatchObject({
      text: '2026-03-01',
      isOffsetAssumed: true,
    })
    expect(readWhen('', null, () => null)).toBeUndefined()
  })
})

describe('readMessage', () => {
  it('takes the insurance that pays first, and names the others with their insurer', () => {
    const insurance = (nth: number, name: string, priority: string) =>
      `IN1|${nth}|PLAN|7|${name}|||||||||||PRIVATE|||||||${priority}||||||||||||||P-${nth}`
    const { part, rejects } = read(HEAD, PID, PV1, insurance(1, 'Second', '2'), insurance(2, 'First', '1'))
    expect(part).toMatchObject({ encounter: { payer: { organisation: 'First' } }, memberNumber: 'P-2' })
    expect(rejects).toEqual([
      { path: 'message 1, segment 4 (IN1)', reason: 'insurance-after-first', detail: 'Second' },
    ])
    const unsaid = read(HEAD, PID, PV1, insurance(1, 'One', ''), insurance(2, 'Two', ''))
    expect(unsaid.part).toMatchObject({ encounter: { payer: { organisation: 'One' } } })
  })

  it('reads patient, visit, diagnoses and procedures of an admission', () => {
    const { part, rejects } = read(
      HEAD,
      'EVN|A01|20260301080500',
      PID,
      PV1,
      'PV2|||^chest pain',
      'DG1|1||E11.9^Type 2 diabetes^I10|||A',
      'DG1|2||I219^Infarction^I10C|||F|||||||||1',
      'PR1|1||02703DZ^Dilation^I10P||20260301',
      'IN1|1|PLAN|7|Red Shield||||G9|||||||PRIVATE|||||||||||||||||||||P-55',
    )
    expect(rejects).toEqual([])
    expect(part).toMatchObject({
      patient: {
        name: '王小明',
        latinName: 'Hsiao-Ming Wang',
        nationalId: 'A123456789',
        medicalRecordNumber: 'M1',
        identity: { kind: 'national-id' },
        alsoKnownAs: [{ system: 'hl7v2:NORTH', value: 'M1' }],
      },
      section: { sex: 'male', birthDate: '1980-01-02' },
      visit: { system: 'hl7v2:NORTH', number: 'V77' },
      encounter: {
        class: 'IMP',
        admission: { at: '2026-03-01T08:00:00+08:00' },
        department: { code: 'CARD' },
        reason: { text: 'chest pain' },
        payer: { type: 'PRIVATE', organisation: 'Red Shield', group: 'G9' },
      },
      memberNumber: 'P-55',
      diagnoses: [
        { code: { code: 'E119' }, role: 'admitting', verification: 'provisional', rank: 1 },
        { code: { code: 'I219' }, role: 'principal', verification: 'confirmed', rank: 2 },
      ],
      procedures: [{ code: { code: '02703DZ' }, performed: '2026-03-01', status: 'completed' }],
    })
  })

  it.each([
    [
      'OBX|1|NM|2345-7^Glucose^LN||5.60|mmol/L|3.9-6.1|H~A|||F',
      { type: 'decimal', value: '5.60', unit: 'mmol/L' },
    ],
    ['OBX|1|NM|2345-7^^LN||.5|mmol/L|||||F', { type: 'decimal', value: '0.5' }],
    ['OBX|1|NM|2345-7^^LN||5,6|mmol/L|||||F', { type: 'text', value: '5,6 mmol/L' }],
    [
      'OBX|1|NM|8480-6^^LN||120|mmHg|||||F',
      { type: 'decimal', value: '120', unit: 'mm[Hg]', unitSource: 'mmHg' },
    ],
    ['OBX|1|SN|X^^L||>^500|mg/dL|||||F', { type: 'decimal', value: '500', comparator: '>' }],
    ['OBX|1|SN|X^^L||^1^:^128||||||F', { type: 'ratio', numerator: '1', denominator: '128' }],
    ['OBX|1|SN|X^^L||^5^-^10|/HPF|||||F', { type: 'range', low: '5', high: '10' }],
    ['OBX|1|SN|X^^L||^2^+||||||F', { type: 'text', value: '2 +' }],
    ['OBX|1|ST|X^^L||5.6||||||F', { type: 'text', value: '5.6' }],
    ['OBX|1|TX|X^^L||one~two\\.br\\three||||||F', { type: 'text', value: 'one\ntwo\nthree' }],
    ['OBX|1|CWE|X^^L||260385009^Negative^SCT||||||F', { type: 'code', value: { code: '260385009' } }],
    ['OBX|1|CE|X^^L||^Negative||||||F', { type: 'text', value: 'Negative' }],
    ['OBX|1|NM|X^^L||7||||||X', { type: 'absent', reason: 'cancelled' }],
    ['OBX|1|NM|X^^L||""||||||F', { type: 'absent', reason: 'not-given' }],
  ])('reads the value of %s', (obx, value) => {
    expect(resultOf(obx)).toMatchObject([{ value }])
  })

  it('keeps range, flags, state, times and the panel of a result', () => {
    const [result] = resultOf('OBX|1|NM|2345-7^Glucose^LN||5.6|mmol/L|3.9-6.1|H~@|||C')
    expect(result).toMatchObject({
      kind: 'lab',
      status: 'corrected',
      refLow: '3.9',
      refHigh: '6.1',
      flag: 'H',
      note: 'Interpretation: @',
      specimenCollected: '2026-03-02T07:00:00+08:00',
      resultDate: '2026-03-02T12:00:00+08:00',
      panel: { code: 'CBC' },
    })
    expect(resultOf('OBX|1|NM|X^^L||5|u|<= 7||||P')[0]).toMatchObject({
      status: 'preliminary',
      refHigh: '7',
      refText: '<= 7',
    })
  })

  it('gives notes to the result before them, else to the visit', () => {
    const { part } = read(
      ORU,
      PID,
      PV1,
      OBR,
      'NTE|1||for all',
      'OBX|1|NM|X^^L||5|u|||||F',
      'NTE|1||haemolytic',
    )
    expect(part).toMatchObject({ notes: ['for all'], observations: [{ note: 'haemolytic' }] })
  })

  it.each([
    [[HEAD.replace('A01', 'A60'), PID, PV1], 'message-type-not-taken', 'ADT^A60'],
    [[HEAD.replace('A01', 'A40'), PID], 'no-prior-number', ''],
    [[HEAD.replace('|P|', '|T|'), PID, PV1], 'message-for-testing', 'T'],
    [[HEAD, PV1], 'no-patient', undefined],
    [[HEAD, 'PID|1||||Nobody', PV1], 'no-patient', undefined],
    [[HEAD, PID], 'no-visit', undefined],
    [[ORU, PID, PV1, OBR], 'no-result', undefined],
    [[ORU, PID, PV1, OBR, PID, OBR], 'several-patients', undefined],
  ])('refuses a message: %#', (segments, reason, detail) => {
    const { part, rejects } = read(...segments)
    expect(part).toBeNull()
    expect(rejects.at(-1)).toMatchObject({ path: 'message 1', reason, ...(detail && { detail }) })
  })

  it('names every segment that it leaves out, with its place', () => {
    const { rejects } = read(HEAD, PID, PV1, 'AL1|1||^Penicillin', 'ZBE|1', 'DG1|1', 'PR1|1||X^y^L||20260230')
    expect(rejects).toEqual([
      { path: 'message 1, segment 4 (AL1)', reason: 'not-part-of-a-visit', detail: 'AL1' },
      { path: 'message 1, segment 5 (ZBE)', reason: 'segment-not-taken', detail: 'ZBE' },
      { path: 'message 1, segment 6 (DG1)', reason: 'no-code' },
      { path: 'message 1, segment 7 (PR1)', reason: 'date-does-not-exist', detail: 'PR1-5' },
    ])
  })
})

describe('composeVisits', () => {
  const admission = placed(HEAD, PID, PV1, 'DG1|1||E119^^I10')
  const results = placed(ORU, PID, PV1, OBR, 'OBX|1|NM|2345-7^^LN||5.6|mmol/L|||||P')
  const corrected = placed(ORU, PID, PV1, OBR, 'OBX|1|NM|2345-7^^LN||6.5|mmol/L|||||C')
  const discharge = placed(
    HEAD.replace('A01', 'A03'),
    PID,
    `${PV1.replace('|CARD|', '|CARD|')}|20260305100000`,
  )

  it('makes one visit of admission, results and discharge, whatever their order', () => {
    const { visits, rejects } = composeVisits([admission, results, discharge])
    expect(rejects).toEqual([])
    expect(visits).toHaveLength(1)
    const [{ content, origin, joining }] = visits as [(typeof visits)[0]]
    expect(origin).toMatchObject({ kind: 'hl7v2', system: 'hl7v2:NORTH', sourceId: 'V77' })
    expect(joining).toEqual({ when: null, speaks: { encounter: true, diagnoses: true, procedures: false } })
    expect(content.encounter).toMatchObject({
      class: 'IMP',
      status: 'finished',
      discharge: { at: '2026-03-05T10:00:00+08:00' },
    })
    expect(content.observations).toHaveLength(1)
    expect(composeVisits([results, discharge, admission]).visits[0]!.content).toEqual(content)
  })
  it('takes a corrected result in the place of the preliminary one', () => {
    const { visits } = composeVisits([admission, results, corrected])
    expect(visits[0]!.content.observations).toMatchObject([{ status: 'corrected', value: { value: '6.5' } }])
  })
  it('takes one moment for the same however it is written: another offset, without seconds', () => {
    const written = (when: string, value: string) => ({
      code: { system: 'http://loinc.org', code: '2345-7' },
      kind: 'lab' as const,
      status: 'final' as const,
      value: { type: 'decimal' as const, value, unit: 'mmol/L' },
      sourceCodings: [],
      specimenCollected: when,
    })
    const before = [written('2026-03-01T08:30:00+08:00', '5.6'), written('2026-03-01', '1')]
    for (const when of ['2026-03-01T00:30:00Z', '2026-03-01T08:30+08:00'])
      expect(mergeObservations(before, [written(when, '6.5')]).map(({ value }) => value)).toMatchObject([
        { value: '6.5' },
        { value: '1' },
      ])
    expect(mergeObservations(before, [written('2026-03-01T08:30:00Z', '6.5')])).toHaveLength(3)
  })
  it('keeps two results of one test that one message has', () => {
    const twice = 'OBX|1|NM|2345-7^^LN||5.6|mmol/L|||||F'
    const { visits } = composeVisits([admission, placed(ORU, PID, PV1, OBR, twice, twice)])
    expect(visits[0]!.content.observations).toHaveLength(2)
  })
  it('finds the visit of results without a number by patient and time', () => {
    const loose = placed(ORU, 'PID|1||M1^^^NORTH^MR', OBR, 'OBX|1|NM|2345-7^^LN||5.6|mmol/L|||||F')
    const found = composeVisits([loose, admission, discharge])
    expect(found.visits).toHaveLength(1)
    expect(found.visits[0]!.content.observations).toHaveLength(1)
    expect(found.warnings.get('attached-by-time')).toBe(1)
    const alone = composeVisits([loose])
    expect(alone.visits[0]).toMatchObject({
      content: { encounter: { class: 'UNK', day: '2026-03-02' } },
      joining: { when: '2026-03-02T07:00:00+08:00' },
    })
  })
  it('does not mix two patients who have one visit number', () => {
    const other = placed(HEAD, PID.replace('M1', 'M2').replace('A123456789', 'B223456789'), PV1)
    const { visits, rejects } = composeVisits([admission, other])
    expect(visits).toHaveLength(1)
    expect(rejects).toMatchObject([{ reason: 'visit-of-another-patient' }])
  })
  it('cancels and reopens as the events say', () => {
    const cancelled = placed(HEAD.replace('A01', 'A11'), PID, PV1)
    const reopened = placed(HEAD.replace('A01', 'A13'), PID, PV1)
    const status = (...parts: PlacedPart[]) => composeVisits(parts).visits[0]!.content.encounter.status
    expect(status(admission)).toBe('in-progress')
    expect(status(admission, discharge)).toBe('finished')
    expect(status(admission, discharge, reopened)).toBe('in-progress')
    expect(status(admission, cancelled)).toBe('cancelled')
  })
  it('takes a discharge back also when that comes with a later night', () => {
    const [before] = composeVisits([admission, discharge]).visits
    const [next] = composeVisits([placed(HEAD.replace('A01', 'A13'), PID, PV1)]).visits
    const { encounter } = withCurrent(before!.content, next!.content, next!.joining.speaks)
    expect(encounter).toMatchObject({ status: 'in-progress' })
    expect(encounter.discharge).toBeUndefined()
  })
  it('does not put a preliminary result that comes late in the place of a corrected one', () => {
    const { visits } = composeVisits([admission, corrected, results])
    expect(visits[0]!.content.observations).toMatchObject([{ status: 'corrected', value: { value: '6.5' } }])
  })
})
