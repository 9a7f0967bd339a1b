/**
 * T40, as far as it needs no window: a patient is entered, viewed, exported and erased at one of four hospitals, and then
 * every byte is looked at that anybody could find: other members' disks, settings, temporary files, what went to the
 * terminal, and the hospital's own folder.
 */
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { utf8Encode } from '../../shared/std/bytes.ts'
import {
  createTown,
  foundedTogether,
  testWorld,
  until,
  type Town,
} from '../governance/institution.test-kit.ts'
import { diabetes, plainVisit } from '../services/visit.test-kit.ts'
import { createCanarySearch, searchFolder, searchStore } from './canary-search.test-kit.ts'
import { STORE_FOLDER } from './profile-folder.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

const canary = () => `canary${randomBytes(8).toString('hex')}`

it('T40: nothing of an erased patient is on any other disk, in settings, temporary files, logs or the own folder', async () => {
  town = await createTown()
  const temporary = join(town.files, 'temporary')
  await mkdir(temporary)
  vi.stubEnv('TMPDIR', temporary)
  const said: Uint8Array[] = []
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      said.push(typeof chunk === 'string' ? utf8Encode(chunk) : chunk)
      return true
    })
  const names = ['north', 'east', 'south', 'west']
  const [north, east, ...rest] = await foundedTogether(town, names)
  const { ask } = north!
  const [name, note, diagnosis, draft] = [canary(), canary(), canary(), canary()]
  const canaries = [name, note, diagnosis, draft]

  // Entered, by way of a draft.
  const registered = await ask.patients.register({
    patient: { name, nationalId: 'A123456789', sex: 'female', birthDate: '1980-01-02' },
    although: null,
  })
  if (registered.kind !== 'registered') throw new Error(registered.kind)
  const { patientId } = registered.patient
  const draftId = 'd1'
  await ask.records.saveDraft({ draftId, patientId, title: name, savedAt: 0, form: { note: draft } })
  const visit = plainVisit(patientId, '2026-05-01', { diagnoses: diabetes(diagnosis), notes: [note] })
  expect(await ask.records.submit({ visit, draftId, change: null })).toMatchObject({ kind: 'queued' })
  for (const each of [north!, east!, ...rest])
    await until(
      () => each.ask.node.status(),
      ({ blockCount }) => blockCount === 1,
    )

  // Viewed, searched for, exported.
  const { visits } = await ask.records.ofPatient({ patientId, limit: 10 })
  expect(JSON.stringify(visits)).toContain(note)
  expect((await ask.patients.search({ text: name, limit: 5 })).patients).toHaveLength(1)
  await ask.chain.block({ index: 0 })
  const exports = join(town.files, 'exports')
  const { jobId } = await ask.imports.startExport({ format: 'fhir', folder: exports, patientId })
  await until(
    () => ask.imports.exportReport({ jobId }),
    (report) => report !== null,
  )

  // Erased.
  const asked = await ask.erasures.request({ patientId, reason: 'patient-request', text: null })
  if (asked.kind !== 'asked') throw new Error(JSON.stringify(asked))
  const { erasureId } = asked
  await until(
    () => east!.ask.erasures.list(),
    ([first]) => first?.state === 'asked',
  )
  await east!.ask.erasures.approve({ erasureId, versionCount: visits.length })
  await until(
    () => ask.erasures.list(),
    ([first]) => first?.receipts.length === 4,
  )
  for (const each of [north!, east!, ...rest]) await each.close()

  // The same search finds the patient where it must: in what was exported.
  const control = createCanarySearch(canaries)
  await searchFolder(control, exports)
  expect([...control.found.keys()].sort()).toEqual([name, note, diagnosis].sort())

  const search = createCanarySearch(canaries)
  let fileCount = 0
  for (const who of names) {
    const folder = join(town.files, `institution-${who}`)
    fileCount += await searchFolder(search, folder)
    fileCount += await searchFolder(search, join(town.files, `settings-${who}`))
    const store = await testWorld().openStore(join(folder, STORE_FOLDER), true)
    await searchStore(search, store)
    await store.close()
  }
  await searchFolder(search, temporary)
  for (const text of said) search.read(text)
  search.end()
  expect(fileCount).toBeGreaterThan(20)
  expect([...search.found.keys()].map((value) => canaries.indexOf(value))).toEqual([])
}, 120_000)
