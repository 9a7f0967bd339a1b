/** A node in memory that invents everything, for work on components in a plain browser. Never part of the product. */
import type { Session, Settings } from '../../shared/contract/app.ts'
import type { AllHandlers } from '../../shared/contract/index.ts'
import type { JobProgress } from '../../shared/contract/jobs.ts'
import type { NodeStatus } from '../../shared/contract/node.ts'
import type { Patient } from '../../shared/contract/patients.ts'
import type { Draft, SubmittedVisit, VisitInput } from '../../shared/contract/records.ts'
import type { VisitRecord } from '../../shared/domain/visit.ts'

const hex = (seed: number, length = 64): string => {
  let state = (seed * 2654435761 + 12345) >>> 0
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0
    text += state.toString(16).padStart(8, '0')
  }
  return text.slice(0, length)
}
const later = (ms: number) => new Promise((done) => setTimeout(done, ms))

interface Stored {
  readonly record: VisitRecord
  readonly merkleRoot: string
  state: 'queued' | 'final'
  index: number | null
  readonly patientId: string
  readonly submittedAt: number
}

const CODES = [
  [
    'diagnosis',
    'http://hl7.org/fhir/sid/icd-10',
    'E119',
    'Type 2 diabetes mellitus without complications',
    '第二型糖尿病,無併發症',
  ],
  ['diagnosis', 'http://hl7.org/fhir/sid/icd-10', 'I10', 'Essential hypertension', '本態性高血壓'],
  [
    'diagnosis',
    'http://hl7.org/fhir/sid/icd-10',
    'N182',
    'Chronic kidney disease, stage 2',
    '慢性腎臟病第二期',
  ],
  [
    'diagnosis',
    'http://hl7.org/fhir/sid/icd-10',
    'J069',
    'Acute upper respiratory infection',
    '急性上呼吸道感染',
  ],
  ['procedure', 'local', '0DJ08ZZ', 'Gastroscopy', '胃鏡檢查'],
  ['medicine', 'http://www.whocc.no/atc', 'A10BA02', 'Metformin', '二甲雙胍', '500 mg bid'],
  ['medicine', 'http://www.whocc.no/atc', 'C08CA01', 'Amlodipine', '脈優', '5 mg qd'],
  ['department', 'urn:consilium:department', '01', 'Internal medicine', '內科'],
  ['department', 'urn:consilium:department', '02', 'Surgery', '外科'],
] as const

export function installFakeNode(query: URLSearchParams): void {
  const listeners = new Map<string, Set<(payload: unknown) => void>>()
  const emit = (name: string, payload: unknown) => {
    for (const listener of listeners.get(name) ?? []) listener(payload)
  }
  let settings: Settings = {
    locale: query.get('locale') === 'zh-Hant' ? 'zh-Hant' : 'en',
    theme: (query.get('theme') as Settings['theme'] | null) ?? 'light',
    lockAfterMinutes: 10,
    navigationCollapsed: false,
  }
  const open: Session = {
    state: 'open',
    institutionName: 'St. Raphael Hospital',
    memberId: hex(1),
    chainId: hex(2),
    folder: '/home/person/Consilium/st-raphael',
    zone: 'Asia/Taipei',
    isSynthetic: query.get('synthetic') === '1',
    person: { name: 'Lin Yu-Ting', userKeyId: 'u1', roles: ['clerk', 'administrator'] },
    isRecoveryKitProven: query.get('kit') !== '0',
  }
  const locked: Session = {
    state: 'locked',
    institutionName: open.institutionName,
    folder: open.folder,
    isSynthetic: false,
  }
  const none: Session = {
    state: 'none',
    recentProfiles:
      query.get('recent') === '0'
        ? []
        : [{ folder: open.folder, name: open.institutionName, isSynthetic: false }],
  }
  let session: Session = { first: none, locked, open }[query.get('state') ?? 'open'] ?? open
  const setSession = (next: Session) => {
    session = next
    emit('app.sessionChanged', next)
    return next
  }
  let blockCount = Number(query.get('blocks') ?? '57')
  const patients: Patient[] = [
    ['王小明', 'Wang Hsiao-Ming', 'A123456789', '1957-03-02', 'male'],
    ['陳美玲', 'Chen Mei-Ling', 'B223456781', '1968-11-20', 'female'],
    ['林志宏', undefined, 'C123456785', '1990-07-01', 'male'],
    ['Maria Fernandez-Oliveira de la Cruz', undefined, 'F800123456', '1981', 'female'],
  ].map(([name, latinName, nationalId, birthDate, sex], i) => ({
    patientId: `p${i}`,
    name: name ?? '',
    ...(latinName ? { latinName } : {}),
    nationalId: nationalId ?? '',
    medicalRecordNumber: `00${12045 + i}`,
    sex: sex === 'male' ? 'male' : 'female',
    birthDate: birthDate ?? '',
    createdAt: 0,
    visitCount: 3 - i,
    lastVisit: i < 3 ? '2026-10-12' : null,
  }))
  const stored: Stored[] = []
  const drafts = new Map<string, Draft>()
  const jobs = new Map<string, JobProgress>()
  let serial = 10

  const recordOf = (
    visit: VisitInput,
    op: 'create' | 'amend' | 'retract' | 'restore' = 'create',
  ): VisitRecord => {
    const patient = patients.find((each) => each.patientId === visit.patientId)
    const { patientId: _id, confirmations, consent, ...rest } = visit
    return {
      ...rest,
      encounter: { ...visit.encounter, facility: hex(1), day: visit.encounter.admission.at.slice(0, 10) },
      patient: {
        key: hex(serial),
        keyEpoch: 0,
        sex: patient?.sex ?? 'unknown',
        ...(patient?.birthDate ? { birthDate: patient.birthDate } : {}),
        consent,
        linkTokens: [],
      },
      envelope: {
        schema: 'visit/1',
        recordId: hex(++serial, 32),
        visitId: hex(++serial, 32),
        op,
        recordedAt: new Date().toISOString().slice(0, 19) + 'Z',
        recorder: { userKeyId: 'u1', role: 'clerk' },
        origin: { kind: 'form' },
        confirmations,
      },
    }
  }
  const submitted = (each: Stored): SubmittedVisit => ({
    visitId: each.record.envelope.visitId,
    recordId: each.record.envelope.recordId,
    merkleRoot: each.merkleRoot,
    patientId: each.patientId,
    patientName: patients.find((one) => one.patientId === each.patientId)?.name ?? '',
    admission: each.record.encounter.admission.at,
    encounterClass: each.record.encounter.class,
    op: each.record.envelope.op,
    state: each.state,
    index: each.index,
    submittedAt: each.submittedAt,
  })
  for (const [i, day] of ['2026-10-12', '2026-07-08', '2026-04-15'].entries()) {
    const record = recordOf({
      patientId: 'p0',
      encounter: {
        class: 'AMB',
        status: 'finished',
        admission: { at: `${day}T09:30:00+08:00` },
        payer: { type: 'NHI' },
        department: { system: 'x', code: '01', display: 'Internal medicine' },
      },
      observations: [
        {
          code: { system: 'http://loinc.org', code: '8480-6' },
          kind: 'vital',
          status: 'final',
          value: { type: 'decimal', value: String(138 - i), unit: 'mm[Hg]' },
          sourceCodings: [],
        },
        {
          code: { system: 'http://loinc.org', code: '8462-4' },
          kind: 'vital',
          status: 'final',
          value: { type: 'decimal', value: '84', unit: 'mm[Hg]' },
          sourceCodings: [],
        },
        {
          code: { system: 'http://loinc.org', code: '4548-4' },
          kind: 'lab',
          status: 'final',
          flag: 'H',
          refHigh: '5.6',
          refLow: '4',
          value: { type: 'decimal', value: `7.${i}`, unit: '%' },
          specimenCollected: day,
          resultDate: day,
          sourceCodings: [],
        },
      ],
      diagnoses: [
        {
          code: {
            system: 'http://hl7.org/fhir/sid/icd-10',
            code: 'E119',
            display: 'Type 2 diabetes mellitus without complications',
          },
          role: 'principal',
          rank: 1,
          verification: 'confirmed',
          chronic: true,
          sourceCodings: [],
        },
        {
          code: { system: 'http://hl7.org/fhir/sid/icd-10', code: 'I10', display: 'Essential hypertension' },
          role: 'secondary',
          rank: 2,
          verification: 'confirmed',
          chronic: true,
          sourceCodings: [],
        },
      ],
      procedures: [],
      prescriptions: [
        {
          code: { system: 'http://www.whocc.no/atc', code: 'A10BA02', display: 'Metformin' },
          dose: { value: '500', unit: 'mg' },
          frequency: 'bid',
          daysSupply: 28,
          start: day,
          status: 'active',
          intent: 'order',
          sourceCodings: [],
        },
      ],
      claims: [],
      notes: ['Feels well. Walks an hour a day.'],
      consent: { scope: 'treatment-and-research' },
      confirmations: [],
    })
    stored.push({
      record,
      merkleRoot: hex(900 + i),
      state: 'final',
      index: 3 - i,
      patientId: 'p0',
      submittedAt: Date.now() - 86_400_000 * 30 * (i + 1),
    })
  }

  const status = (): NodeStatus => ({
    state: 'running',
    height: Math.ceil(blockCount / 3),
    blockCount,
    tip: hex(blockCount + 5000),
    draftCount: drafts.size,
    queuedCount: stored.filter((each) => each.state === 'queued').length,
    peerCount: 0,
    voterCount: 1,
    votersReachable: 1,
    quorum: 1,
    lastFinalAt: Date.now() - 40_000,
    diskFreeBytes: 212e9,
  })
  const runJob = (kind: JobProgress['kind'], unit: JobProgress['unit'], total: number) => {
    const jobId = `j${++serial}`
    const put = (done: number, state: JobProgress['state']) => {
      const job: JobProgress = {
        jobId,
        kind,
        state,
        done,
        total,
        unit,
        startedAt: 0,
        rate: total / 3,
        secondsLeft: ((total - done) / total) * 3,
      }
      jobs.set(jobId, job)
      emit('jobs.progress', job)
    }
    put(0, 'running')
    let step = 0
    const timer = setInterval(() => {
      if (jobs.get(jobId)?.state !== 'running') clearInterval(timer)
      else if (++step < 15) put((total * step) / 15, 'running')
      else {
        clearInterval(timer)
        put(total, 'done')
      }
    }, 200)
    return { jobId }
  }
  const row = (index: number) => ({
    index,
    hash: hex(index + 5000),
    timestamp: 1_790_000_000_000 - (blockCount - index) * 60_000,
    height: Math.ceil((index + 1) / 3),
    sizeClass: index % 5 === 0 ? 2 : 1,
  })
  const fieldsOf = (record: VisitRecord) =>
    [
      ['encounter', record.encounter.class, record.encounter.admission.at],
      ...record.diagnoses.map((each) => ['diagnosis', each.code.code, each.code.display ?? null]),
      ...record.observations.map((each) => [
        'observation',
        each.code.code,
        each.value.type === 'decimal' ? each.value.value : null,
      ]),
      ...record.notes.map((note) => ['note', note]),
    ].map(([name, ...value], leafIndex) => ({
      leafIndex,
      name: name ?? '',
      value: value as (string | null)[],
    }))

  const handlers: AllHandlers = {
    app: {
      session: async () => session,
      settings: async () => settings,
      saveSettings: async (change) => {
        settings = { ...settings, ...change }
        emit('app.settingsChanged', settings)
        return settings
      },
      version: async () => ({ application: '0.0.0-dev', protocol: 1, node: 'none' }),
      chooseFolder: async () => '/home/person/chosen',
      proposeFolder: async ({ name }) => `/home/person/Consilium/${name}`,
      found: async ({ institutionName, personName, passphrase, folder }) => {
        await later(600)
        if (passphrase.length < 12) return { kind: 'refused', reason: 'passphrase-too-weak' }
        if (folder.includes('full')) return { kind: 'refused', reason: 'folder-not-empty' }
        blockCount = 0
        stored.length = 0
        patients.length = 0
        return {
          kind: 'opened',
          session: setSession({
            ...open,
            institutionName,
            person: { ...open.person, name: personName },
            isRecoveryKitProven: false,
          }),
        }
      },
      openDemonstration: async ({ patients: count }) => {
        runJob('demonstration', 'patients', count)
        await later(3200)
        return { kind: 'opened', session: setSession({ ...open, isSynthetic: true }) }
      },
      open: async ({ passphrase }) => {
        await later(400)
        return passphrase === 'right'
          ? { kind: 'opened', session: setSession(open) }
          : { kind: 'refused', reason: 'wrong-passphrase', detail: '3' }
      },
      lock: async () => setSession(locked),
      unlock: async ({ passphrase }) =>
        passphrase === 'right'
          ? { kind: 'opened', session: setSession(open) }
          : { kind: 'refused', reason: 'wrong-passphrase' },
      closeProfile: async () => setSession(none),
      saveRecoveryKit: async ({ as }) =>
        as === 'file'
          ? { kind: 'file', path: '/media/usb/kit.txt' }
          : { kind: 'text', text: 'CONSILIUM RECOVERY KIT\n7QK3-M9ZD-…', fingerprint: '9f3a c41d' },
      proveRecoveryKit: async () => ({ kind: 'proven' }),
      restoreFromKit: async () => ({ kind: 'refused', reason: 'profile-damaged', detail: 'kit' }),
      touched: async () => undefined,
      copyText: async () => undefined,
      quit: async () => undefined,
    },
    node: { status: async () => status() },
    jobs: {
      list: async () => [...jobs.values()],
      cancel: async ({ jobId }) => {
        const job = jobs.get(jobId)
        if (job) {
          jobs.set(jobId, { ...job, state: 'cancelled' })
          emit('jobs.progress', jobs.get(jobId))
        }
        return { isCancelled: true }
      },
    },
    records: {
      saveDraft: async (draft) => {
        drafts.set(draft.draftId, draft)
        return { savedAt: Date.now() }
      },
      listDrafts: async () => [...drafts.values()],
      loadDraft: async ({ draftId }) => drafts.get(draftId) ?? null,
      discardDraft: async ({ draftId }) => void drafts.delete(draftId),
      check: async () => [],
      submit: async ({ visit, draftId, change }) => {
        if (draftId !== null) drafts.delete(draftId)
        const one: Stored = {
          record: recordOf(visit, change?.op),
          merkleRoot: hex(++serial),
          state: 'queued',
          index: null,
          patientId: visit.patientId,
          submittedAt: Date.now(),
        }
        stored.unshift(one)
        emit('node.statusChanged', status())
        setTimeout(() => {
          one.state = 'final'
          one.index = blockCount++
          emit('records.visitChanged', submitted(one))
          emit('node.statusChanged', status())
        }, 900)
        return { kind: 'queued', visit: submitted(one) }
      },
      recent: async ({ limit }) => stored.slice(0, limit).map(submitted),
      open: async ({ merkleRoot }) => {
        const one = stored.find((each) => each.merkleRoot === merkleRoot)
        return one
          ? { kind: 'record', record: one.record, state: one.state, index: one.index }
          : { kind: 'sealed', reason: 'unknown' }
      },
      ofPatient: async ({ patientId }) => {
        const visits = stored.filter((each) => each.patientId === patientId)
        return {
          total: visits.length,
          visits: visits.map((each) => ({
            record: each.record,
            merkleRoot: each.merkleRoot,
            state: each.state,
            index: each.index,
            isSuperseded: false,
          })),
        }
      },
    },
    patients: {
      search: async ({ text }) => {
        const wanted = text.toLowerCase()
        const found = patients.filter((each) =>
          `${each.name} ${each.latinName ?? ''} ${each.nationalId ?? ''} ${each.birthDate ?? ''}`
            .toLowerCase()
            .includes(wanted),
        )
        return { patients: found, total: found.length }
      },
      get: async ({ patientId }) => patients.find((each) => each.patientId === patientId) ?? null,
      register: async ({ patient, isConfirmedNew }) => {
        const same = patients.filter((each) => each.name === patient.name)
        if (same.length > 0 && !isConfirmedNew)
          return {
            kind: 'similar',
            candidates: same.map((each) => ({ patient: each, score: 0.8, reasons: ['same-name'] })),
          }
        const made: Patient = {
          ...patient,
          patientId: `p${++serial}`,
          createdAt: Date.now(),
          visitCount: 0,
          lastVisit: null,
        }
        patients.push(made)
        return { kind: 'registered', patient: made }
      },
    },
    chain: {
      blocks: async ({ first, count }) => {
        await later(20)
        return {
          total: blockCount,
          rows: Array.from({ length: Math.max(0, Math.min(count, blockCount - first)) }, (_, i) =>
            row(first + i),
          ),
        }
      },
      find: async ({ text }) => (/^\d+$/.test(text) && Number(text) < blockCount ? [row(Number(text))] : []),
      block: async ({ index }) => {
        if (index >= blockCount) return null
        const one =
          stored.find((each) => each.index === index) ??
          (index % 2 === 0 ? stored[stored.length - 1] : undefined)
        return {
          hash: hex(index + 5000),
          head: {
            version: 1,
            chainId: hex(2),
            index,
            previousHash: hex(index + 4999),
            timestamp: row(index).timestamp,
            merkleRoot: one?.merkleRoot ?? hex(index),
            bodyHash: hex(index + 7),
            keyCommitment: hex(index + 8),
            sizeClass: row(index).sizeClass,
          },
          bodyBytes: 1080,
          isLast: index === blockCount - 1,
          content: one
            ? {
                kind: 'open',
                record: one.record,
                fields: fieldsOf(one.record),
                authorName: open.state === 'open' ? open.institutionName : '',
              }
            : { kind: 'sealed', reason: 'no-key' },
          segment: {
            segmentId: hex(index + 1),
            height: row(index).height,
            epoch: 0,
            previousSegmentId: hex(index + 2),
            firstIndex: index - (index % 3),
            count: 3,
            tip: hex(index + 5000),
            headsRoot: hex(31),
            segmentsRoot: hex(32),
            itemsRoot: hex(33),
            stateHash: hex(34),
            nextVotersRoot: hex(35),
            time: row(index).timestamp,
            itemCount: 0,
            certificate: {
              height: row(index).height,
              round: 0,
              segmentId: hex(index + 1),
              signatures: [{ memberId: hex(1), memberName: 'St. Raphael Hospital', signature: hex(77, 128) }],
              voterCount: 1,
              quorum: 1,
            },
          },
        }
      },
      fieldProof: async ({ index, leafIndex }) => {
        const one = stored.find((each) => each.index === index) ?? stored[stored.length - 1]
        const root = one?.merkleRoot ?? hex(index)
        return {
          leafHash: hex(leafIndex + 100),
          leafCount: 16,
          merkleRoot: root,
          path: [0, 1, 2, 3].map((level) => ({
            side: ((leafIndex >> level) & 1) === 1 ? ('left' as const) : ('right' as const),
            hash: hex(level + 200 + leafIndex),
            result: level === 3 ? root : hex(level + 300),
          })),
        }
      },
      verifyBlock: async ({ index }) => {
        await later(300)
        const names = [
          'self-hash',
          'previous-hash',
          'timestamp',
          'body-hash',
          'key-box',
          'key-commitment',
          'merkle-root',
          'author',
          'certificate',
        ] as const
        const bad = query.get('bad') === '1'
        return {
          isOk: !bad,
          steps: names.map((step) => ({
            step,
            isOk: !(bad && step === 'body-hash'),
            isSkipped: index % 2 === 1 && (step === 'merkle-root' || step === 'author'),
            ...(bad ? { claimed: hex(1), computed: hex(3) } : {}),
          })),
        }
      },
      startVerify: async () => runJob('verify', 'blocks', blockCount),
      verifyResult: async () =>
        query.get('bad') === '1'
          ? { kind: 'failed', index: 17, height: 6, reason: 'body-hash' }
          : {
              kind: 'ok',
              blocks: blockCount,
              segments: Math.ceil(blockCount / 3),
              tip: hex(blockCount + 5000),
            },
      consortium: async () => ({
        chainId: hex(2),
        name: 'St. Raphael Hospital',
        createdAt: 0,
        members: [{ memberId: hex(1), kind: 'hospital', name: 'St. Raphael Hospital', isVoter: true }],
        policy: [],
      }),
    },
    imports: {
      chooseFiles: async () => ['/home/person/bundles/a.json', '/home/person/bundles/b.json'],
      start: async () => runJob('import', 'bytes', 48_000_000),
      report: async () => ({
        files: 8,
        patients: 8,
        visits: 141,
        observations: 861,
        duplicates: 0,
        rejectedCount: 240,
        isCancelled: false,
        warnings: [{ reason: 'unknown-unit', count: 12 }],
        rejected: Array.from({ length: 100 }, (_, i) => ({
          file: '/home/person/bundles/a.json',
          path: `entry[${i * 7}]`,
          reason: i % 3 === 0 ? 'unresolved-reference' : 'not-part-of-a-visit',
        })),
      }),
      rejects: async () => [],
      saveRejects: async () => ({ path: '/home/person/rejects.csv' }),
      startExport: async () => runJob('export', 'visits', 141),
      exportReport: async () => ({ files: 8, patients: 8, visits: 141, folder: '/home/person/export' }),
    },
    models: {
      chooseTable: async () => '/home/person/tables/rows.csv',
      chooseModel: async () => ({
        kind: 'model',
        name: 'model.json',
        text: '{"family":"km","stop":"t","event":"d"}',
      }),
      describe: async () => ({
        bytes: 61,
        rowCount: 6,
        columns: ['t', 'd', 'x'].map((name) => ({ name, kind: 'number' as const, missing: 0 })),
      }),
      start: async () => ({ kind: 'started', ...runJob('fit', 'passes', 6) }),
      result: async () => ({
        line: JSON.stringify({
          ok: true,
          family: 'cox',
          n: 6,
          dropped: 0,
          events: 4,
          warnings: [{ code: 'rows-dropped', count: 1, subjects: 1 }],
          names: ['x'],
          coefficients: [1.475],
          stdErr: [1.26],
          lower: [-0.99],
          upper: [3.94],
          p: [0.24],
          conf: 0.95,
          iterations: 4,
          converged: true,
        }),
      }),
      saveResult: async () => ({ path: '/home/person/result.json' }),
    },
    codes: {
      search: async ({ list, text, limit }) => {
        const wanted = text.replace('.', '').toLowerCase()
        return CODES.filter(
          ([kind, , code, en, zh]) => kind === list && `${code} ${en} ${zh}`.toLowerCase().includes(wanted),
        )
          .slice(0, limit)
          .map(([, system, code, en, zh, hint]) => ({
            system,
            code,
            en,
            zh,
            ...(hint === undefined ? {} : { hint }),
          }))
      },
    },
  }

  const bridge: Record<string, unknown> = {
    on(service: string, event: string, listener: (payload: unknown) => void) {
      const name = `${service}.${event}`
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all.add(listener))
      return () => all.delete(listener)
    },
    pathForFile: (file: File) => `/home/person/${file.name}`,
  }
  for (const [service, methods] of Object.entries(handlers))
    bridge[service] = Object.fromEntries(
      Object.entries(methods as Record<string, (input: unknown) => Promise<unknown>>).map(
        ([name, method]) => [name, async (input: unknown) => ({ ok: true, value: await method(input) })],
      ),
    )
  Object.defineProperty(window, 'consilium', { value: bridge })
}
