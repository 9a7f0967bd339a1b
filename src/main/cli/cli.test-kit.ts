/** Running the built command line as a real process, and small FHIR files to feed it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { realWorld } from '../world.ts'
import { AUDIT_COMMANDS } from './audit-commands.ts'
import { WORK_PLACE_COMMANDS } from './work-place-commands.ts'
import { BACKUP_COMMANDS } from './backup-commands.ts'
import { CODES_COMMANDS } from './codes-commands.ts'
import { IMPORT_COMMANDS } from './import-commands.ts'
import { COHORT_COMMANDS } from './cohort-commands.ts'
import { REQUEST_COMMANDS } from './request-commands.ts'
import { STUDY_COMMANDS } from './study-commands.ts'
import { MEMBERSHIP_COMMANDS } from './membership-commands.ts'
import { PROOF_COMMANDS } from './proof-commands.ts'
import { SHARES_COMMANDS } from './shares-commands.ts'
import { COMMANDS, runCommand, type CommandWorld } from './commands.ts'

/** The repository, also when this file was bundled into one of its caches. */
export const root = (() => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = join(folder, '..')
  return folder
})()

export interface Ran {
  readonly code: number | null
  readonly answer: Record<string, unknown>
  readonly stdout: string
  readonly stderr: string
}

let builds = 0

/**
 * Bundles the command line and its threads as the application does, into a folder of this test's own.
 * @param replaced path in the repository → other code for it: the program as its next version may be
 */
export async function buildCommandLine(replaced: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = join(root, '.cache', `cli-test-${process.pid}-${builds++}`)
  const kit = (await import(pathToFileURL(join(root, 'scripts/lib/bundle.mjs')).href)) as {
    bundle(
      entries: Record<string, string>,
      folder: string,
      replaced: Record<string, string>,
    ): Promise<unknown>
  }
  await kit.bundle(
    {
      cli: join(root, 'src/main/cli/main.ts'),
      'crash-child': join(root, 'src/main/cli/crash-child.test-kit.ts'),
    },
    folder,
    Object.fromEntries(Object.entries(replaced).map(([path, code]) => [join(root, path), code])),
  )
  return folder
}

export interface Started {
  readonly child: ChildProcess
  readonly done: Promise<Ran>
}

export function startCommand(
  built: string,
  args: readonly string[],
  env: Record<string, string> = {},
  stdin?: string,
): Started {
  const { CONSILIUM_PASSPHRASE: _p, CONSILIUM_PASSPHRASE_FILE: _f, ...clean } = process.env
  const child = spawn(
    process.execPath,
    ['--import', pathToFileURL(join(root, 'bin/polyfill-node20.mjs')).href, join(built, 'cli.js'), ...args],
    { env: { ...clean, ...env }, stdio: ['pipe', 'pipe', 'pipe'] },
  )
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  child.stdin.on('error', () => {}) // a command that does not read it may be gone already
  child.stdin.end(stdin ?? '')
  const done = new Promise<Ran>((resolve) => {
    child.on('close', (code) => {
      const last = stdout.trimEnd().split('\n').at(-1) ?? ''
      let answer: Record<string, unknown> = {}
      try {
        answer = JSON.parse(last) as Record<string, unknown>
      } catch {
        // Killed before it could answer.
      }
      resolve({ code, answer, stdout, stderr })
    })
  })
  return { child, done }
}

export const PASSPHRASE = 'a passphrase of several words'

export function runCommandLine(
  built: string,
  args: readonly string[],
  env?: Record<string, string>,
  stdin?: string,
) {
  return startCommand(built, args, { CONSILIUM_PASSPHRASE: PASSPHRASE, ...env }, stdin).done
}

/**
 * The same command in this process, with a cheap scrypt: for everything but the process itself. The thread that checks
 * records, imports and verifies is real.
 */
export async function runHere(
  args: readonly string[],
  env: Record<string, string> = { CONSILIUM_PASSPHRASE: PASSPHRASE },
  stdin = '',
): Promise<{ code: number; answer: Record<string, unknown> }> {
  const [name, ...rest] = args
  const command = {
    ...COMMANDS,
    ...BACKUP_COMMANDS,
    ...CODES_COMMANDS,
    ...IMPORT_COMMANDS,
    ...MEMBERSHIP_COMMANDS,
    ...PROOF_COMMANDS,
    ...COHORT_COMMANDS,
    ...REQUEST_COMMANDS,
    ...STUDY_COMMANDS,
    ...AUDIT_COMMANDS,
    ...WORK_PLACE_COMMANDS,
    ...SHARES_COMMANDS,
  }[name ?? '']
  if (command === undefined) throw new Error(`no command ${name}`)
  const world: CommandWorld = {
    profileWorld: { ...realWorld(), scryptCost: 2 ** 10 },
    env: { ...env },
    stdin: Readable.from(stdin === '' ? [] : [stdin]) as unknown as NodeJS.ReadStream,
    stderr: process.stderr,
    say: () => {},
  }
  const { exit, answer } = await runCommand(command, rest, world)
  return { code: exit, answer: JSON.parse(JSON.stringify(answer)) as Record<string, unknown> }
}

/** A transaction bundle of one patient with this many encounters, each with one observation and one condition. */
export function tinyBundle(patient: number, encounters: number, over: { value?: string } = {}): string {
  const patientUrl = `urn:uuid:${stableId(`p${patient}`)}`
  const entry: unknown[] = [
    {
      fullUrl: patientUrl,
      resource: {
        resourceType: 'Patient',
        id: stableId(`p${patient}`),
        identifier: [{ system: 'urn:test:mrn', value: `T${patient}` }],
        name: [{ family: `Family${patient}`, given: ['Given'] }],
        gender: 'female',
        birthDate: '1980-01-01',
      },
    },
  ]
  for (let n = 0; n < encounters; n++) {
    const id = stableId(`p${patient}e${n}`)
    const start = `20${10 + (n % 10)}-0${1 + (n % 9)}-15T0${n % 10}:00:00+08:00`
    entry.push(
      {
        fullUrl: `urn:uuid:${id}`,
        resource: {
          resourceType: 'Encounter',
          id,
          status: 'finished',
          class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
          subject: { reference: patientUrl },
          period: { start },
        },
      },
      {
        fullUrl: `urn:uuid:${stableId(`p${patient}o${n}`)}`,
        resource: {
          resourceType: 'Observation',
          status: 'final',
          code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'HbA1c' }] },
          subject: { reference: patientUrl },
          encounter: { reference: `urn:uuid:${id}` },
          effectiveDateTime: start,
          valueQuantity: {
            value: Number(over.value ?? '6.5'),
            unit: '%',
            system: 'http://unitsofmeasure.org',
            code: '%',
          },
        },
      },
      {
        fullUrl: `urn:uuid:${stableId(`p${patient}c${n}`)}`,
        resource: {
          resourceType: 'Condition',
          code: {
            coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'E11.9' }],
            text: 'Type 2 diabetes',
          },
          subject: { reference: patientUrl },
          encounter: { reference: `urn:uuid:${id}` },
          onsetDateTime: start,
        },
      },
    )
  }
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
}

const ids = new Map<string, string>()
/** The same id for the same name within a test run. */
function stableId(name: string): string {
  let id = ids.get(name)
  if (id === undefined) {
    id = randomUUID()
    ids.set(name, id)
  }
  return id
}
