import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REJECT_REASONS, WARNING_REASONS } from '../../shared/domain/import-reasons.ts'

const here = import.meta.dirname
const sources = [
  join(here, 'import.ts'),
  ...['read-records.ts', 'read-hl7v2.ts', 'hospital-files.ts', 'synthea-files.ts', 'table-file.ts'].map(
    (name) => join(here, name),
  ),
  ...['fhir', 'hl7v2', 'tables'].flatMap((folder) =>
    readdirSync(join(here, folder)).map((name) => join(here, folder, name)),
  ),
]
  .filter((path) => path.endsWith('.ts') && !path.includes('.test.'))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')

describe('the reasons of imports', () => {
  it('list every warning that the readers count', () => {
    const warned = new Set<string>()
    for (const [, words] of sources.matchAll(/\bwarn\(([^)]*)\)/g)) {
      for (const [, reason] of words!.matchAll(/'([a-z0-9-]+)'/g)) warned.add(reason!)
    }
    for (const [, reason] of sources.matchAll(/kind: 'warning',[^\n]*reason: '([a-z-]+)'/g))
      warned.add(reason!)
    // What no reader can know: the hospital's own map of codes (imports/intake.ts).
    warned.add('code-mapped')
    // Nor what it knows of the person (imports/intake-desk.ts).
    warned.add('patient-data-differs')
    // Nor what became of a message about people (imports/person-desk.ts).
    for (const reason of ['updated', 'says-nothing-new']) warned.add(`person-${reason}`)
    for (const reason of ['linked', 'linked-before']) warned.add(`persons-${reason}`)
    expect([...warned].sort()).toEqual([...WARNING_REASONS].sort())
  })
  it('list every refusal that the readers name', () => {
    const named = new Set<string>()
    for (const [, reason] of sources.matchAll(/reason: '([a-z0-9-]+)'/g)) named.add(reason!)
    for (const [, rest] of sources.matchAll(/\b(?:reject|leave|refused|Stop)\(([^\n]*)/g)) {
      for (const [, reason] of rest!.matchAll(/'([a-z]+(?:-[a-z0-9]+)+)'/g)) named.add(reason!)
    }
    for (const reason of named)
      expect([...REJECT_REASONS, ...WARNING_REASONS, 'not-given', 'cancelled'], reason).toContain(reason)
    for (const reason of REJECT_REASONS) expect(sources, reason).toContain(`'${reason}'`)
  })
})
