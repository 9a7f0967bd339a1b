/**
 * What the warehouse holds of a visit: one row for each fact, with the number of the block of its birth, so that every past
 * state of the chain can be asked. Columns are integers, numbers and texts from a dictionary; no name, no id of a person
 * beside the patient key. Days are civil days since 1970-01-01. docs/spec/warehouse.md.
 */
import { ENUMS } from '../../node/chain/visit-fields.ts'

/** `int`: 32 bits; `big`: whole numbers up to 2^53 (money); `real`: IEEE doubles; `text`: by dictionary. Any may be absent. */
export type ColumnKind = 'int' | 'big' | 'real' | 'text'

/** Change this when a column is added or means something else: kept columns of another layout are made anew from the chain. */
export const FACTS_LAYOUT = 5

export const FACT_TABLES = {
  visit: {
    block: 'int',
    /** The patient key in hex. */
    patient: 'text',
    /** Block of the version that this one replaces; absent for a visit's first. */
    supersedes: 'int',
    op: 'int',
    day: 'int',
    discharge: 'int',
    class: 'int',
    status: 'int',
    hospital: 'text',
    department: 'text',
    payer: 'int',
    organisation: 'text',
    plan: 'text',
    memberGroup: 'text',
    disposition: 'text',
    /** 1 where the visit ended with the person's death, by its outcome or the way of discharge. */
    died: 'int',
    sex: 'int',
    /** First day that the date of birth may mean. */
    birth: 'int',
    /** Digits behind it: 1 year, 2 month, 3 day. */
    birthPrecision: 'int',
    /** First and last day that the date of death may mean: one and the same where it is known to the day. */
    deathFrom: 'int',
    death: 'int',
    region: 'text',
    consent: 'int',
    /** First and last day of the consent; absent where it has none. */
    consentFrom: 'int',
    consentTo: 'int',
    /** Day in UTC on which this version was recorded. */
    recorded: 'int',
    origin: 'int',
  },
  observation: {
    block: 'int',
    seq: 'int',
    system: 'text',
    code: 'text',
    status: 'int',
    /** As written; absent where it is no decimal. */
    value: 'real',
    comparator: 'int',
    unit: 'text',
    /** In the unit of our own table by the unit that was stated; absent without a rule. */
    canonical: 'real',
    valueCode: 'text',
    /** The number that a text is in digits of another width (`１２８`); nothing else of a text is kept. */
    textValue: 'real',
    /** The later of specimen and result: nobody knew it before. */
    known: 'int',
    collected: 'int',
  },
  diagnosis: {
    block: 'int',
    seq: 'int',
    code: 'text',
    role: 'int',
    rank: 'int',
    verification: 'int',
    onset: 'int',
    presentOnAdmission: 'int',
    chronic: 'int',
  },
  procedure: { block: 'int', seq: 'int', code: 'text', day: 'int', status: 'int' },
  prescription: {
    block: 'int',
    seq: 'int',
    /** ATC where known. */
    code: 'text',
    start: 'int',
    end: 'int',
    daysSupply: 'int',
    perDay: 'real',
    status: 'int',
    intent: 'int',
  },
  claim: {
    block: 'int',
    seq: 'int',
    claim: 'text',
    type: 'int',
    status: 'int',
    currency: 'text',
    exponent: 'int',
    billed: 'big',
    allowed: 'big',
    paidByPayer: 'big',
    paidByPatient: 'big',
    submitted: 'int',
    reverses: 'text',
  },
} as const satisfies Record<string, Record<string, ColumnKind>>

export type FactTable = keyof typeof FACT_TABLES
export const FACT_TABLE_NAMES = Object.keys(FACT_TABLES) as FactTable[]

type CellOf<Kind extends ColumnKind> = Kind extends 'text' ? string | null : number | null
export type FactRow<Table extends FactTable> = {
  -readonly [
    Column in keyof (typeof FACT_TABLES)[Table]
  ]: (typeof FACT_TABLES)[Table][Column] extends ColumnKind
    ? CellOf<(typeof FACT_TABLES)[Table][Column]>
    : never
}
export type Facts = { [Table in FactTable]: FactRow<Table>[] }

/** Numbers of enumerations: their place in the lists of the record format, which only a new schema changes. */
export const FACT_CODES = {
  op: ENUMS.op,
  class: ENUMS.encounterClass,
  visitStatus: ENUMS.encounterStatus,
  payer: ENUMS.payer,
  sex: ENUMS.sex,
  consent: ENUMS.consent,
  origin: ENUMS.origin,
  observationStatus: ENUMS.observationStatus,
  comparator: ENUMS.comparator,
  role: ENUMS.diagnosisRole,
  verification: ENUMS.verification,
  presentOnAdmission: ENUMS.presentOnAdmission,
  procedureStatus: ENUMS.procedureStatus,
  prescriptionStatus: ENUMS.prescriptionStatus,
  intent: ENUMS.intent,
  claimType: ENUMS.claimType,
  claimStatus: ENUMS.claimStatus,
}

export function factCode<Name extends keyof typeof FACT_CODES>(
  name: Name,
  word: (typeof FACT_CODES)[Name][number],
): number {
  return (FACT_CODES[name] as readonly string[]).indexOf(word)
}
