/** The sample bundles of Synthea, where they are at hand. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect } from './fhir-files.test-kit.ts'

const samples = process.env['CONSILIUM_SAMPLES'] ?? ''
const bundles = join(samples, 'synthea-r4-bundles')

describe.skipIf(samples === '' || !existsSync(bundles))('the eight sample bundles', () => {
  it('give every patient, encounter and observation, and name all that is not taken', async () => {
    const { events, patients, visits, rejects, warnings } = await collect([bundles])
    expect(patients).toHaveLength(8)
    expect(visits).toHaveLength(141)
    expect(visits.reduce((sum, each) => sum + each.observationResourceCount, 0)).toBe(861)
    const sum = (of: (visit: (typeof visits)[number]) => number) =>
      visits.reduce((total, each) => total + of(each), 0)
    expect(sum((each) => each.content.diagnoses.length)).toBe(45)
    expect(sum((each) => each.content.claims.length)).toBe(169)
    // 28 medication requests and 86 immunisations; 42 procedures and 5 imaging studies.
    expect(sum((each) => each.content.prescriptions.length)).toBe(114)
    expect(sum((each) => each.content.procedures.length)).toBe(47)
    const counts = new Map<string, number>()
    for (const each of rejects) counts.set(each.reason, (counts.get(each.reason) ?? 0) + 1)
    expect(Object.fromEntries(counts)).toEqual({
      'not-part-of-a-visit': 38,
    })
    const reports = events.filter(
      (each) => each.kind === 'warning' && each.reason === 'report-of-results-taken-singly',
    )
    expect(reports.reduce((total, each) => total + (each.kind === 'warning' ? each.count : 0), 0)).toBe(62)
    expect(warnings['no-encounter']).toBeUndefined()
    expect(new Set(visits.map((each) => each.origin.sourceId)).size).toBe(141)
  })

  it('keep digits, time styles, panels and identities', async () => {
    const { patients, visits } = await collect([bundles])
    const all = visits.flatMap((each) => each.content.observations)
    expect(
      all.some((each) => each.value.type === 'decimal' && each.value.value === '37.11021100218293'),
    ).toBe(true)
    expect(all.filter((each) => each.panel !== undefined).length).toBe(108)
    expect(patients.every((each) => each.identity.kind === 'national-id')).toBe(true)
    expect(patients.map((each) => each.name)).toContain('Jesús Alvarez')
    expect(
      all.every((each) => each.resultDate === undefined || /\.[0-9]{3}\+00:00$/.test(each.resultDate)),
    ).toBe(true)
    expect(visits.every((each) => /T[0-9:]{8}\+00:00$/.test(each.content.encounter.admission.at))).toBe(true)
    expect(visits.flatMap((each) => each.content.diagnoses).every((each) => each.unlisted === true)).toBe(
      true,
    )
  })
})

describe.skipIf(samples === '' || !existsSync(bundles))('the units of the eight sample bundles', () => {
  it('are those of the files, each with its number', async () => {
    interface Measured {
      code: { coding: { code: string }[] }
      valueQuantity?: { value: number; unit: string; code: string }
    }
    const inFiles: string[] = []
    for (const name of await readdir(bundles)) {
      const { entry } = JSON.parse(await readFile(join(bundles, name), 'utf8')) as {
        entry: { resource: Measured & { resourceType: string; component?: Measured[] } }[]
      }
      for (const { resource } of entry)
        if (resource.resourceType === 'Observation')
          for (const { code, valueQuantity: quantity } of [resource, ...(resource.component ?? [])])
            if (quantity !== undefined)
              inFiles.push(`${code.coding[0]!.code} ${quantity.value} ${quantity.unit} ${quantity.code}`)
    }
    const { visits } = await collect([bundles])
    const inRecords = visits
      .flatMap(({ content }) => content.observations)
      .flatMap(({ code, value }) =>
        value.type === 'decimal'
          ? [`${code.code} ${Number(value.value)} ${value.unitSource ?? value.unit} ${value.unit}`]
          : [],
      )
    expect(inFiles).toHaveLength(860)
    expect(inRecords.sort()).toEqual(inFiles.sort())
  })
})
