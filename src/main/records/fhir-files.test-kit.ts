/** Small FHIR files that a test writes, and what is read from them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { readFhirFiles } from './import.ts'
import type { ReadOptions, SourceEvent } from './import.ts'

export async function collect(paths: string[], options: ReadOptions = {}) {
  const events: SourceEvent[] = []
  for await (const event of readFhirFiles(paths, options)) events.push(event)
  const of = <K extends SourceEvent['kind']>(kind: K) =>
    events.filter((each) => each.kind === kind) as Extract<SourceEvent, { kind: K }>[]
  return {
    events,
    patients: of('patient').map((each) => each.patient),
    visits: of('visit').map((each) => each.visit),
    rejects: of('reject').map(({ path, reason }) => ({ path, reason })),
    warnings: Object.fromEntries(of('warning').map((each) => [each.reason, each.count])),
  }
}

/** Files in a folder that lives as long as the tests of the file that calls this. */
export function fhirFiles() {
  let folder = ''
  let fileCount = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consilium-import-test-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function file(content: unknown, extension = 'json'): Promise<string> {
    const path = join(folder, `f${fileCount++}.${extension}`)
    await writeFile(
      path,
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
    )
    return path
  }
  const read = async (resources: object[], options: ReadOptions = {}) =>
    collect([await file(bundle(resources))], options)
  return {
    folder: () => folder,
    file,
    read,
    /** The results of a visit with one observation that is changed so. */
    one: async (change: object) =>
      (await read([patient, encounter(), observation(change)])).visits[0]!.content.observations,
  }
}

export const patient = {
  resourceType: 'Patient',
  id: 'p1',
  gender: 'female',
  birthDate: '1980-02-03',
  name: [{ family: 'Núñez', given: ['José', 'María'] }],
}
export const encounter = (change: object = {}) => ({
  resourceType: 'Encounter',
  id: 'e1',
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p1' },
  period: { start: '2020-03-01T09:00:00+08:00', end: '2020-03-01T09:30:00+08:00' },
  ...change,
})
export const observation = (change: object = {}) => ({
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  category: [{ coding: [{ code: 'laboratory' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '4548-4', display: 'HbA1c' }] },
  subject: { reference: 'Patient/p1' },
  encounter: { reference: 'Encounter/e1' },
  effectiveDateTime: '2020-03-01T09:05:00+08:00',
  issued: '2020-03-02T10:00:00+08:00',
  valueQuantity: { value: 6.5, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
  ...change,
})
export const bundle = (resources: object[], type = 'collection') => ({
  resourceType: 'Bundle',
  type,
  entry: resources.map((resource) => ({ resource })),
})
