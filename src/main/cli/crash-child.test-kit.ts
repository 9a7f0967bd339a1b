/**
 * The process that is killed: an import and single submissions at the same time, each acknowledged visit printed as
 * soon as it is acknowledged. Run by `crash.test-kit.ts` only.
 */
import { openHeadless } from '../headless.ts'
import { diabetes, plainVisit } from '../services/visit.test-kit.ts'

const [profile, input] = process.argv.slice(2)
const passphrase = process.env['CONSILIUM_PASSPHRASE']
if (profile === undefined || input === undefined || passphrase === undefined)
  throw new Error('three things are needed')

const headless = await openHeadless({ folder: profile, passphrase })
const { patients, records, imports, jobs } = headless.handlers
const registered = await patients.register({
  patient: { name: `Crash ${process.pid}`, sex: 'other', birthDate: '1990-01-01' },
  although: { reason: 'other-person' },
})
if (registered.kind !== 'registered') throw new Error(registered.kind)
const { patientId } = registered.patient
process.stdout.write('working\n')

const { jobId } = await imports.start({ paths: [input] })
let isImporting = true
const submitting = (async () => {
  for (let n = 0; isImporting; n++) {
    const answer = await records.submit({
      visit: plainVisit(patientId, '2026-11-20', {
        diagnoses: diabetes(`Visit ${n} of process ${process.pid}`),
      }),
      draftId: null,
      change: null,
    })
    if (answer.kind !== 'queued') throw new Error(JSON.stringify(answer))
    process.stdout.write(`${answer.visit.merkleRoot}.\n`)
  }
})()
// Reads that are noted in the audit: what was answered must be in it whatever happens then.
const noting = (async () => {
  for (let n = 1; isImporting; n++) {
    await headless.caller.audit.note({
      operation: 'patients.get',
      act: 'opening',
      outcome: 'done',
      code: null,
      person: headless.caller.person(),
      subject: { patientId: `${process.pid}-${n}` },
    })
    process.stdout.write(`noted ${n}.\n`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
})()
for (;;) {
  const job = (await jobs.list()).find((each) => each.jobId === jobId)
  if (job?.state !== 'running') break
  await new Promise((resolve) => setTimeout(resolve, 10))
}
isImporting = false
await Promise.all([submitting, noting])
await headless.close()
process.stdout.write('finished\n')
