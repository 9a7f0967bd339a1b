/** Bulk FHIR as other systems give it out: people with visits in one NDJSON file, and three lines that no reader takes. */

/** `lines` of the file, and of the broken ones the place and the reason that an import must say. */
export function bulkOf(
  people: number,
  { visitsEach = 1, encounters = {} }: { visitsEach?: number; encounters?: Record<number, object> } = {},
): { lines: string; broken: [path: string, reason: string][] } {
  const lines: string[] = []
  for (let i = 0; i < people; i++)
    lines.push(
      JSON.stringify({
        resourceType: 'Patient',
        id: `p${i}`,
        identifier: [{ system: 'urn:test:mrn', value: `B${i}` }],
        name: [{ text: `Person ${i}` }],
        gender: 'female',
        birthDate: '1980-01-01',
      }),
    )
  for (let i = 0; i < people * visitsEach; i++)
    lines.push(
      JSON.stringify({
        resourceType: 'Encounter',
        id: `e${i}`,
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: `Patient/p${i % people}` },
        period: { start: `2024-05-${String((i % 28) + 1).padStart(2, '0')}T10:00:00+08:00` },
        ...encounters[i],
      }),
    )
  lines.splice(10, 0, lines[0]!.slice(0, 40))
  lines.splice(500, 0, '"a text"')
  lines.push(
    JSON.stringify({ resourceType: 'Encounter', id: 'x', status: 'finished', class: { code: 'AMB' } }),
  )
  const broken: [string, string][] = [
    ['line 11, column 41', 'not-json'],
    ['line 501', 'wrong-resource-type'],
    [`line ${lines.length}`, 'no-patient'],
  ]
  return { lines: `${lines.join('\n')}\n`, broken }
}
