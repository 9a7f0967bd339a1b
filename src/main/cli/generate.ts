/**
 * `consilium generate`: files of synthetic patients, the same bytes for the same seed on every machine. Every file says
 * by its name or content that nobody in it is real.
 */
import { createHash, type Hash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { generateLives } from '../generator/generate-patients.ts'
import type { Life } from '../generator/generate-patients.ts'
import { writablePatients } from '../generator/fhir.ts'
import { BATCH_HEAD, batchTail, hl7Files } from '../generator/hl7.ts'
import { H4_HEADER, hl7Messages, rocRow } from '../generator/habits.ts'
import { employerGroups } from '../generator/plans.ts'
import * as tables from '../generator/tables.ts'
import { patientBundleText, patientLines } from '../records/fhir/write-patient.ts'
import { readArguments } from './arguments.ts'
import { failureSentence } from './failure-sentences.ts'

// As for all commands; said again here, so that making files loads no node.
const EXIT = { ok: 0, failed: 1, usage: 2 } as const
const PATIENTS_MAX = 9_000_000
const FLUSH_BYTES = 1 << 21
const SEED = /^[\x21-\x7e]{1,64}$/

export const GENERATE_USAGE =
  'generate --patients N --seed S --format csv|fhir|ndjson|hl7v2 --out DIR [--clean] [--habits] [--from K]'

/** Writes the files and prints one JSON line; answers the exit code (0 ok, 1 failed, 2 usage). */
export async function runGenerate(argv: string[]): Promise<number> {
  const read = readArguments(argv, {
    options: {
      patients: 'required',
      seed: 'required',
      format: 'required',
      out: 'required',
      from: 'optional',
    },
    flags: ['clean', 'habits'],
  })
  if (read.kind === 'usage') return usage(read.problem)
  const { options, flags } = read.arguments
  const patients = Number(options.get('patients'))
  const from = Number(options.get('from') ?? '0')
  const seed = options.get('seed')!
  const format = options.get('format')!
  if (!Number.isInteger(patients) || patients < 1 || patients > PATIENTS_MAX) {
    return usage(`--patients is a number from 1 to ${PATIENTS_MAX}`)
  }
  if (!Number.isInteger(from) || from < 0 || from + patients > PATIENTS_MAX)
    return usage('--from is a number from 0')
  if (!SEED.test(seed)) return usage('--seed is 1 to 64 plain characters without blanks')
  if (format !== 'csv' && format !== 'fhir' && format !== 'ndjson' && format !== 'hl7v2')
    return usage('--format is csv, fhir, ndjson or hl7v2')
  try {
    const request = { patients, from, seed, format, out: resolve(options.get('out')!) } as const
    const answer = await generateFiles({
      ...request,
      isClean: flags.has('clean'),
      hasHabits: flags.has('habits'),
    })
    return finish(EXIT.ok, { ok: true, ...answer })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (typeof code !== 'string') throw error
    const failure = { code: code === 'ENOSPC' ? 'disk-full' : 'not-writable', detail: code }
    process.stderr.write(`${failureSentence(failure.code, code)}\n`)
    return finish(EXIT.failed, { ok: false, error: failure })
  }
}

export interface GenerateRequest {
  patients: number
  from: number
  seed: string
  format: 'csv' | 'fhir' | 'ndjson' | 'hl7v2'
  out: string
  isClean: boolean
  hasHabits: boolean
}

export interface GenerateAnswer extends tables.Totals {
  isSynthetic: true
  format: string
  files: number
  bytes: number
  seconds: number
}

/** Constant memory: one life after the other, files in step. Gives the event loop a turn between lives now and then. */
export async function generateFiles(request: GenerateRequest): Promise<GenerateAnswer> {
  const start = performance.now()
  const { seed, out } = request
  mkdirSync(out, { recursive: true })
  const groups = employerGroups(seed)
  const files = new Files(out)
  const batches = new Map<string, number>()
  const totals: tables.Totals = { patients: 0, visits: 0, mace: 0, deaths: 0, errors: 0 }
  try {
    if (request.format === 'csv') {
      files.add('visits.csv', tables.VISITS_HEADER)
      files.add('claims.csv', tables.CLAIMS_HEADER)
    }
    files.add('enrolment.csv', tables.ENROLMENT_HEADER)
    files.add('ledger.csv', tables.LEDGER_HEADER)
    files.add('truth_cp.csv', tables.TRUTH_CP_HEADER)
    files.add('truth_cost.csv', tables.TRUTH_COST_HEADER)
    if (request.hasHabits) files.add('H4.big5.csv', H4_HEADER, toBig5)
    for (const life of generateLives({ ...request, errors: !request.isClean })) {
      totals.patients++
      totals.visits += life.visits.length
      totals.errors += life.ledger.length
      if (life.course.mace !== null) totals.mace++
      if (life.course.death !== null) totals.deaths++
      writeRecords(request, life, files, batches)
      files.add('enrolment.csv', tables.enrolmentRows(seed, life, groups))
      files.add('ledger.csv', tables.ledgerRows(life))
      files.add('truth_cp.csv', tables.truthRows(life))
      files.add('truth_cost.csv', tables.truthCostRows(life))
      if (request.hasHabits) writeHabits(life, files)
      if (totals.patients % 1000 === 0) await new Promise((done) => setImmediate(done))
    }
    for (const [name, count] of batches) files.add(name, batchTail(count))
    files.end()
    const truth = tables.truthDocument(seed, totals, !request.isClean)
    const document = { ...truth, from: request.from, format: request.format, files: files.hashes() }
    files.whole('truth.json', `${JSON.stringify(document, null, 1)}\n`)
  } finally {
    files.close()
  }
  const seconds = Math.round(performance.now() - start) / 1000
  return {
    isSynthetic: true,
    format: request.format,
    ...totals,
    files: files.count,
    bytes: files.bytes,
    seconds,
  }
}

/** `batches`: messages in each file of HL7 so far, which its end counts. */
function writeRecords(
  request: GenerateRequest,
  life: Life,
  files: Files,
  batches: Map<string, number>,
): void {
  switch (request.format) {
    case 'csv':
      files.add('visits.csv', tables.visitRows(life))
      files.add('claims.csv', tables.claimRows(life))
      return
    case 'fhir':
      writablePatients(request.seed, life).forEach((patient, i) => {
        const name = `patient-${String(life.course.index).padStart(7, '0')}${i === 0 ? '' : `-${i}`}.json`
        files.whole(name, patientBundleText(patient))
      })
      return
    case 'ndjson':
      for (const patient of writablePatients(request.seed, life)) {
        for (const [type, lines] of patientLines(patient)) files.add(`${type}.ndjson`, lines)
      }
      return
    case 'hl7v2':
      for (const facts of life.visits) {
        for (const { name, messages } of hl7Files(life, facts)) {
          if (messages.length === 0) continue
          const count = batches.get(name) ?? 0
          files.add(name, count === 0 ? BATCH_HEAD + messages.join('') : messages.join(''))
          batches.set(name, count + messages.length)
        }
      }
  }
}

function writeHabits(life: Life, files: Files): void {
  for (const facts of life.visits) {
    if (facts.hospital === 3) files.add('H4.big5.csv', rocRow(life, facts), toBig5)
    if (facts.hospital === 4) files.add('H5.hl7', hl7Messages(life, facts))
  }
}

/** Growing files by name, written in large pieces, with a running hash of each. */
class Files {
  count = 0
  bytes = 0
  private readonly folder: string
  private readonly open = new Map<string, { handle: number; parts: string; hash: Hash; encode: Encode }>()

  constructor(folder: string) {
    this.folder = folder
  }

  add(name: string, text: string, encode: Encode = toUtf8): void {
    let file = this.open.get(name)
    if (file === undefined) {
      file = { handle: openSync(join(this.folder, name), 'w'), parts: '', hash: createHash('sha256'), encode }
      this.open.set(name, file)
      this.count++
    }
    file.parts += text
    if (file.parts.length >= FLUSH_BYTES) this.flush(file)
  }

  whole(name: string, text: string): void {
    const bytes = toUtf8(text)
    writeFileSync(join(this.folder, name), bytes)
    this.count++
    this.bytes += bytes.length
  }

  end(): void {
    for (const file of this.open.values()) this.flush(file)
  }

  hashes(): Record<string, string> {
    const names = [...this.open.keys()].sort((a, b) => (a < b ? -1 : 1))
    return Object.fromEntries(names.map((name) => [name, this.open.get(name)!.hash.copy().digest('hex')]))
  }

  close(): void {
    for (const file of this.open.values()) closeSync(file.handle)
    this.open.clear()
  }

  private flush(file: { handle: number; parts: string; hash: Hash; encode: Encode }): void {
    const bytes = file.encode(file.parts)
    for (let at = 0; at < bytes.length;) at += writeSync(file.handle, bytes, at)
    file.hash.update(bytes)
    this.bytes += bytes.length
    file.parts = ''
  }
}

type Encode = (text: string) => Uint8Array

const toUtf8: Encode = (text) => Buffer.from(text, 'utf8')

let big5: Map<string, number> | null = null

/** Big5 by turning the decoder of the runtime around; what Big5 lacks becomes a question mark. */
const toBig5: Encode = (text) => {
  big5 ??= big5Table()
  const bytes: number[] = []
  for (const character of text) {
    const code = character.charCodeAt(0)
    if (code < 0x80) bytes.push(code)
    else {
      const pair = big5.get(character)
      if (pair === undefined) bytes.push(0x3f)
      else bytes.push(pair >> 8, pair & 255)
    }
  }
  return Uint8Array.from(bytes)
}

function big5Table(): Map<string, number> {
  const decoder = new TextDecoder('big5')
  const table = new Map<string, number>()
  for (let lead = 0xa1; lead <= 0xf9; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail > 0x7e && trail < 0xa1) continue
      const character = decoder.decode(Uint8Array.of(lead, trail))
      if (character.length === 1 && character !== '\ufffd' && !table.has(character))
        table.set(character, lead * 256 + trail)
    }
  }
  return table
}

function usage(problem: string): number {
  process.stderr.write(`${failureSentence('usage', problem)}\nusage: consilium ${GENERATE_USAGE}\n`)
  return finish(EXIT.usage, { ok: false, error: { code: 'usage', detail: problem } })
}

function finish(code: number, answer: object): number {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
  return code
}
