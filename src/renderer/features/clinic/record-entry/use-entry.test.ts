import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Diagnosis, VisitRecord } from '../../../../shared/domain/visit.ts'
import type { Patient } from '../../../../shared/contract/patients.ts'

/** A facility where it is tomorrow while this machine still has today. */
const ZONE = 'Pacific/Kiritimati'
const open = { state: 'open', chainId: 'c', zone: ZONE, person: { userKeyId: 'k', roles: [] } }
const locked = { state: 'locked' }
const patient = { patientId: 'p1', name: '王小明', sex: 'female' } as unknown as Patient

const listeners = new Map<string, (payload: unknown) => void>()
/** What the node keeps of drafts. */
const kept = new Map<string, { draftId: string; patientId: string | null; form: object }>()
const tell = (session: unknown) => listeners.get('app.sessionChanged')?.(session)

type Saved = { savedAt: number; becomes?: string }
let answerOfSave = (): Saved | Promise<Saved> => ({ savedAt: Date.now() })
const discarded: unknown[] = []

const ICD10 = 'http://hl7.org/fhir/sid/icd-10-cm'
const listed = ({ code }: { code: string }) =>
  code === 'E785' ? { system: ICD10, code, en: 'Hyperlipidemia, unspecified', zh: '高血脂症' } : null
const visitOf = (diagnoses: Partial<Diagnosis>[]): VisitRecord =>
  ({
    encounter: { class: 'AMB', admission: { at: '2026-11-01T09:00:00+08:00' }, payer: { type: 'NHI' } },
    procedures: [],
    claims: [],
    notes: [],
    envelope: { confirmations: [] },
    patient: { consent: { scope: 'treatment-only' } },
    observations: [],
    prescriptions: [],
    diagnoses,
  }) as unknown as VisitRecord

async function openRoom() {
  vi.stubGlobal('window', {
    addEventListener: () => undefined,
    consilium: {
      app: { session: async () => ({ ok: true, value: open }) },
      records: {
        saveDraft: async (draft: { draftId: string; patientId: string | null; form: object }) => {
          kept.set(draft.draftId, structuredClone(draft))
          return { ok: true, value: await answerOfSave() }
        },
        loadDraft: async ({ draftId }: { draftId: string }) => ({
          ok: true,
          value: kept.get(draftId) ?? null,
        }),
        discardDraft: async (input: { draftId: string; base?: number }) => {
          kept.delete(input.draftId)
          discarded.push(input)
          return { ok: true, value: undefined }
        },
      },
      patients: { get: async () => ({ ok: true, value: patient }) },
      codes: {
        names: async ({ codes }: { codes: { code: string }[] }) => ({ ok: true, value: codes.map(listed) }),
      },
      on: (service: string, event: string, listener: (payload: unknown) => void) =>
        listeners.set(`${service}.${event}`, listener),
    },
  })
  vi.stubGlobal('navigator', { language: 'en' })
  vi.stubGlobal('document', { addEventListener: () => undefined })
  return import('./use-entry.ts')
}

/** The last visit of a patient who limited what is done with it. */
const limited = [
  {
    record: { ...visitOf([]), envelope: { visitId: 'v', confirmations: [] } } as unknown as VisitRecord,
    merkleRoot: 'm',
    isSuperseded: false,
  },
]

describe('the form of a visit', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-29T10:41:00Z') }))
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('begins when it is for somebody, by the clock of the facility, also after the room was locked', async () => {
    const { useEntry } = await openRoom()
    tell(open)
    // The room has stood open for an hour, and the session was locked in between.
    tell(locked)
    tell(open)
    vi.setSystemTime(Date.parse('2026-11-29T11:50:00Z'))
    useEntry.getState().choosePatient(patient)
    expect(useEntry.getState().form.encounter).toMatchObject({ day: '2026-11-30', time: '01:50' })
    expect(useEntry.getState().start).toBe(useEntry.getState().form)

    // Choosing again, and time that passes, leave a visit that has begun as it is.
    vi.setSystemTime(Date.parse('2026-11-29T12:05:00Z'))
    useEntry.getState().setEncounter({ time: '02:00' })
    useEntry.getState().choosePatient(patient)
    expect(useEntry.getState().form.encounter).toMatchObject({ day: '2026-11-30', time: '02:00' })

    await useEntry.getState().discard()
    useEntry.getState().beginUnnamed('somebody')
    expect(useEntry.getState().form.encounter).toMatchObject({ day: '2026-11-30', time: '02:05' })
    await useEntry.getState().discard()
  })

  it('is no draft by the consent of the last visit, which nobody typed', async () => {
    const { useEntry } = await openRoom()
    tell(open)
    const { choosePatient, setEarlier, setEncounter, saveDraft, setAside, discard } = useEntry.getState()
    choosePatient(patient)
    setEarlier('p1', limited)
    expect(useEntry.getState().form.encounter.consent).toBe('treatment-only')
    await setAside()
    expect(kept.size).toBe(0)

    choosePatient(patient)
    setEarlier('p1', limited)
    choosePatient({ ...patient, patientId: 'p2' })
    expect(useEntry.getState().form.encounter.consent).toBe('treatment-and-research')
    await saveDraft()
    expect(kept.size).toBe(0)
    // What a clerk chooses is kept.
    setEncounter({ consent: 'treatment-only' })
    await saveDraft()
    expect(kept.size).toBe(1)
    await discard()
    expect(kept.size).toBe(0)
  })

  it('keeps in a draft the consent that a clerk chose, and asks the last visit where nobody chose', async () => {
    const { useEntry } = await openRoom()
    tell(open)
    const { choosePatient, setEarlier, setEncounter, setAside, openDraft, discard } = useEntry.getState()
    const consentNow = () => useEntry.getState().form.encounter.consent
    const reopened = async () => {
      const { draftId } = useEntry.getState()
      await setAside()
      expect(await openDraft(draftId)).toBe(true)
      setEarlier('p1', limited)
      return draftId
    }
    choosePatient(patient)
    setEarlier('p1', limited)
    setEncounter({ consent: 'treatment-and-research' })
    const draftId = await reopened()
    expect(consentNow()).toBe('treatment-and-research')
    // Kept by a version that did not say whether anybody chose.
    const { isConsentChosen: _, ...form } = kept.get(draftId)!.form as { isConsentChosen: boolean }
    kept.set(draftId, { ...kept.get(draftId)!, form })
    await setAside()
    await openDraft(draftId)
    setEarlier('p1', limited)
    expect(consentNow()).toBe('treatment-and-research')
    await discard()

    // Before the visits had come.
    choosePatient(patient)
    setEncounter({ consent: 'treatment-and-research' })
    setEarlier('p1', limited)
    expect(consentNow()).toBe('treatment-and-research')
    await discard()

    // Set aside before they had come, with something else typed.
    choosePatient(patient)
    setEncounter({ class: 'EMER' })
    await reopened()
    expect(consentNow()).toBe('treatment-only')
    await discard()
  })

  it('is thrown away as it was saved here, under the name that it has by then', async () => {
    const { useEntry } = await openRoom()
    tell(open)
    const { choosePatient, setEncounter, saveDraft, discard } = useEntry.getState()
    choosePatient(patient)
    setEncounter({ day: '2026-11-28' })
    const { draftId } = useEntry.getState()
    answerOfSave = () => ({ savedAt: 7 })
    await saveDraft()
    // The second save is on its way when it is thrown away, and another machine has gone on with the first.
    setEncounter({ day: '2026-11-27' })
    let answer = (_: Saved): void => {}
    const isOnItsWay = new Promise<void>((resolve) => {
      answerOfSave = () => {
        resolve()
        return new Promise((give) => (answer = give))
      }
    })
    const saving = saveDraft()
    await isOnItsWay
    discarded.length = 0
    const discarding = discard()
    answer({ savedAt: 9, becomes: `${draftId}~1` })
    await Promise.all([discarding, saving])
    expect(discarded).toEqual([{ draftId: `${draftId}~1`, base: 9 }])

    choosePatient(patient)
    setEncounter({ day: '2026-11-26' })
    const next = useEntry.getState().draftId
    answerOfSave = () => ({ savedAt: 11 })
    await saveDraft()
    await discard()
    expect(discarded[1]).toEqual({ draftId: next, base: 11 })
    answerOfSave = () => ({ savedAt: Date.now() })
  })

  it('keeps the first diagnosis the principal one where nothing chronic is there to copy', async () => {
    const { useEntry } = await openRoom()
    tell(open)
    useEntry.getState().choosePatient(patient)
    const aspirin = {
      code: { system: 'http://www.whocc.no/atc', code: 'B01AC06', display: 'Aspirin' },
      status: 'active',
      intent: 'order',
    }
    const told = useEntry
      .getState()
      .copyForward([{ ...visitOf([]), prescriptions: [aspirin] } as unknown as VisitRecord])
    expect(told).toEqual({ count: 1, left: [] })
    expect(useEntry.getState().form.diagnoses.map(({ role }) => role)).toEqual(['principal'])
    const acute = visitOf([
      {
        code: { system: ICD10, code: 'J069', display: 'Cold' },
        role: 'principal',
        verification: 'confirmed',
      },
    ])
    useEntry.getState().copyRow(acute, 'diagnoses', 0)
    expect(useEntry.getState().form.diagnoses.map(({ role }) => role)).toEqual(['principal', 'secondary'])
    await useEntry.getState().discard()
  })

  it('gives copied codes that came without words those of the list', async () => {
    const { useEntry } = await openRoom()
    tell(open)
    useEntry.getState().choosePatient(patient)
    useEntry.getState().copyForward([
      visitOf([
        {
          code: { system: ICD10, code: 'E785' },
          role: 'secondary',
          verification: 'confirmed',
          chronic: true,
        },
      ]),
    ])
    await vi.waitFor(() =>
      expect(useEntry.getState().form.diagnoses[0]).toMatchObject({
        code: { text: 'E78.5 Hyperlipidemia, unspecified', code: { display: 'Hyperlipidemia, unspecified' } },
        isCopied: true,
      }),
    )
    await useEntry.getState().discard()
  })

  it('tells when a department changed the template, until somebody chooses one', async () => {
    const { useEntry } = await openRoom()
    tell(open)
    const { choosePatient, setEncounter, setTemplate, discard } = useEntry.getState()
    const department = (code: string) => ({ text: code, code: { system: 'd', code, display: code } })
    choosePatient(patient)
    setEncounter({ department: department('01') })
    expect(useEntry.getState()).toMatchObject({ switchedFrom: null, form: { template: 'general' } })
    setEncounter({ department: department('22') })
    expect(useEntry.getState()).toMatchObject({ switchedFrom: 'general', form: { template: 'emergency' } })
    setTemplate('general')
    expect(useEntry.getState()).toMatchObject({ switchedFrom: null, form: { template: 'general' } })
    await discard()
  })
})
