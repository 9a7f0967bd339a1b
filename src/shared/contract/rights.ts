/**
 * Who may do what: one row for each method of the contract. Main refuses by it before a handler runs, the window hides
 * and explains by it, the vault gives out keys by it, and people read it under Settings. A method without a row does not
 * compile.
 */
import { role, type Role } from './app.ts'
import type { Contract } from './index.ts'

/** What a call is for the audit. Refusals are noted whatever the call is. `session`: who is here. */
export type Act = 'none' | 'opening' | 'export' | 'change' | 'study' | 'session'

/** When the passphrase is asked although a session is open. */
export type Asking =
  | 'never'
  /** The call brings it along, and its handler opens keys with it. */
  | 'in-call'
  /** `people.confirm` comes before the call, for this very call and once. */
  | 'before'
  /** As `before`, where the handler finds that the call needs it: somebody else's visit, one that is taken back, all patients. */
  | 'by-subject'

/** `anyone`: also at a locked screen, `person`: whoever has unlocked, whatever the role. */
export type Who = 'anyone' | 'person' | readonly Role[]

export interface Right {
  readonly who: Who
  readonly act: Act
  readonly asking: Asking
  /** It works with patients, so whoever may call it is given the keys that open them. */
  readonly opensPatients: boolean
}

type Rights = { readonly [S in keyof Contract]: { readonly [M in keyof Contract[S]]: Right } }
export type Operation = {
  [S in keyof Contract & string]: `${S}.${keyof Contract[S] & string}`
}[keyof Contract & string]

const CLERK: Who = ['clerk']
const ADMINISTRATOR: Who = ['administrator']
const RESEARCHER: Who = ['researcher']
const FITTERS: Who = ['researcher', 'analyst']
const ANALYST: Who = ['analyst']
/** Who decides on a tariff is another than who made it; an administrator too, where there is one analyst. */
const TARIFF_PEOPLE: Who = ['analyst', 'administrator']
const REVIEWER: Who = ['reviewer']
const FITTERS_AND_REVIEWER: Who = ['researcher', 'analyst', 'reviewer']
const CHECKER: Who = ['checker']
/** Who writes a customised model, and who approves one. */
const FITTERS_AND_CHECKER: Who = ['researcher', 'analyst', 'checker']
const DESK_AND_OFFICE: Who = ['clerk', 'administrator']
const AUDIT_READERS: Who = ['administrator', 'auditor']
/** Whoever a patient may ask at the counter, and whoever looks into it. */
const DISCLOSERS: Who = ['clerk', 'administrator', 'auditor']
/** Whoever looks at what others did; none of it opens a record. */
const REVIEWERS: Who = ['administrator', 'auditor']
const DESK_AND_REVIEWERS: Who = ['clerk', 'administrator', 'auditor']

const may = (who: Who, act: Act = 'none', asking: Asking = 'never'): Right => ({
  who,
  act,
  asking,
  opensPatients: false,
})
/** A clerk's work with patients. */
const atDesk = (act: Act = 'none', asking: Asking = 'never'): Right => ({
  who: CLERK,
  act,
  asking,
  opensPatients: true,
})

export const rights: Rights = {
  app: {
    session: may('anyone'),
    settings: may('anyone'),
    saveSettings: may('anyone'),
    version: may('anyone'),
    chooseFolder: may('anyone'),
    proposeFolder: may('anyone'),
    found: may('anyone', 'change', 'in-call'),
    openDemonstration: may('anyone'),
    changePerson: may('anyone'),
    open: may('anyone', 'none', 'in-call'),
    lock: may('anyone'),
    lockWholly: may('anyone'),
    unlock: may('anyone', 'none', 'in-call'),
    unlockByPin: may('anyone'),
    setPin: may('person', 'change', 'in-call'),
    removePin: may('person', 'change'),
    closeProfile: may('anyone'),
    saveRecoveryKit: may(ADMINISTRATOR, 'export', 'in-call'),
    proveRecoveryKit: may(ADMINISTRATOR),
    restoreFromKit: may('anyone', 'change', 'in-call'),
    touched: may('anyone'),
    copyText: may('anyone'),
    quit: may('anyone'),
  },
  node: { status: may('anyone') },
  jobs: { list: may('anyone'), cancel: may('person') },
  records: {
    saveDraft: atDesk(),
    listDrafts: atDesk(),
    loadDraft: atDesk('opening'),
    discardDraft: atDesk(),
    draftsOfPatient: atDesk(),
    returned: atDesk('opening'),
    check: atDesk(),
    submit: atDesk('change', 'by-subject'),
    recent: atDesk(),
    open: atDesk('opening'),
    ofPatient: atDesk('opening'),
    addResults: atDesk('change'),
    move: atDesk('change', 'by-subject'),
    awaited: atDesk(),
    dispute: atDesk('change'),
    disputesOf: atDesk('opening'),
  },
  patients: {
    search: atDesk(),
    get: atDesk('opening'),
    register: atDesk('change'),
    update: atDesk('change'),
    changes: atDesk('opening'),
    registration: atDesk('opening'),
    links: atDesk('opening'),
    link: atDesk('change'),
    unlink: atDesk('change'),
  },
  people: {
    list: may('person'),
    add: may(ADMINISTRATOR, 'change', 'in-call'),
    change: may(ADMINISTRATOR, 'change', 'in-call'),
    leave: may(ADMINISTRATOR, 'change', 'in-call'),
    comeBack: may(ADMINISTRATOR, 'change', 'in-call'),
    changePassphrase: may('person', 'change', 'in-call'),
    // Who agrees is told by the passphrases, since the person in question cannot unlock.
    reset: may('anyone', 'change', 'in-call'),
    confirm: may('person', 'session', 'in-call'),
  },
  // Heads and proofs are everybody's; a record is in the answer only where the caller holds the keys of patients.
  chain: {
    blocks: may('anyone'),
    find: may('anyone'),
    block: may('anyone', 'opening'),
    fieldProof: may('anyone', 'opening'),
    verifyBlock: may('anyone'),
    startVerify: may('anyone'),
    verifyResult: may('anyone'),
    consortium: may('anyone'),
  },
  imports: {
    chooseFiles: atDesk(),
    start: atDesk('change'),
    startSynthetic: atDesk('change'),
    report: atDesk(),
    rejects: atDesk('opening'),
    saveRejects: atDesk('export'),
    // Of one patient; of all by whoever is an administrator too, with the passphrase, and it is told.
    startExport: atDesk('export', 'by-subject'),
    exportReport: atDesk(),
    batches: atDesk(),
    resumeBatch: atDesk('change'),
    undoBatch: atDesk('change', 'in-call'),
    saveBatchRejects: atDesk('export'),
    saveManifest: atDesk('export'),
    manifest: atDesk(),
    chooseManifest: atDesk(),
    checkManifest: atDesk(),
    watchedFolders: atDesk(),
    watchFolder: atDesk('change'),
    unwatchFolder: atDesk('change'),
    lookNow: atDesk('change'),
  },
  tables: {
    recognise: atDesk(),
    look: atDesk('opening'),
    gaps: atDesk(),
    mappings: atDesk(),
    saveMapping: atDesk(),
    removeMapping: atDesk(),
    startTrial: atDesk('opening'),
    trialReport: atDesk(),
    issues: atDesk('opening'),
    saveIssues: atDesk('export'),
  },
  codes: {
    search: may('person'),
    names: may('anyone'),
    pin: atDesk(),
    lists: may('person'),
    previewFile: may(ADMINISTRATOR),
    importFile: may(ADMINISTRATOR, 'change'),
    putInUse: may(ADMINISTRATOR, 'change'),
    removeEdition: may(ADMINISTRATOR, 'change'),
    hospital: may(DESK_AND_OFFICE),
    addLocal: may(ADMINISTRATOR, 'change'),
    removeLocal: may(ADMINISTRATOR, 'change'),
    forgetLearnt: atDesk('change'),
    importMap: may(ADMINISTRATOR, 'change'),
    dropMap: may(ADMINISTRATOR, 'change'),
    startWorkList: atDesk('opening'),
    workList: atDesk('opening'),
    startCoding: atDesk('change'),
    codingReport: atDesk(),
  },
  models: {
    chooseTable: may(FITTERS),
    chooseModel: may(FITTERS),
    describe: may(FITTERS),
    start: may(FITTERS, 'study'),
    result: may(FITTERS),
    saveResult: may(FITTERS, 'export'),
    startSimulation: may(FITTERS),
    simulation: may(FITTERS),
  },
  // Counts of the hospital's own records; what leaves the screen passes the gate.
  cohorts: {
    state: may(RESEARCHER),
    count: may(RESEARCHER, 'study'),
    shelf: may(RESEARCHER),
    saveCohort: may(RESEARCHER),
    removeCohort: may(RESEARCHER),
    countKept: may(RESEARCHER, 'study'),
    saveCodeSet: may(RESEARCHER),
    removeCodeSet: may(RESEARCHER),
    compare: may(RESEARCHER, 'study'),
    comparison: may(RESEARCHER),
  },
  cleaning: {
    start: may(RESEARCHER, 'study'),
    answer: may(RESEARCHER),
    // Of records only to whoever is a clerk too; of invented people it opens nothing.
    examples: may(RESEARCHER, 'opening'),
  },
  pathways: {
    start: may(RESEARCHER, 'study'),
    answer: may(RESEARCHER),
    kept: may(RESEARCHER),
    keep: may(RESEARCHER),
  },
  studies: {
    run: may(RESEARCHER, 'study'),
    start: may(RESEARCHER, 'study'),
    intervals: may(RESEARCHER, 'export'),
    // Of an invented person.
    exemplar: may(RESEARCHER),
    answer: may(RESEARCHER),
    kept: may(RESEARCHER),
    keep: may(RESEARCHER),
    history: may(RESEARCHER),
    keepModels: may(RESEARCHER),
    forgetRuns: may(RESEARCHER),
    unfinished: may(RESEARCHER),
    forgetUnfinished: may(RESEARCHER),
    openFile: may(FITTERS),
  },
  // Of all hospitals, by whoever works with answers, also at members without records.
  requests: {
    catalog: may(FITTERS),
    formula: may(FITTERS_AND_CHECKER),
    budget: may(FITTERS),
    price: may(FITTERS),
    submit: may(FITTERS, 'study'),
    list: may(FITTERS),
    // A reviewer looks at what a package is of, and has it computed again.
    open: may(FITTERS_AND_REVIEWER),
    lines: may(FITTERS, 'export'),
    recompute: may(FITTERS_AND_REVIEWER, 'study'),
    coveragePlan: may(FITTERS),
    publishCoverage: may(FITTERS, 'study'),
    publishedCoverage: may(FITTERS),
    registrations: may(FITTERS),
    register: may(FITTERS, 'change'),
  },
  // The insurer's own file, which stays on its node.
  exposures: {
    chooseFile: may(ANALYST),
    check: may(ANALYST),
    take: may(ANALYST, 'change'),
    list: may(ANALYST),
    remove: may(ANALYST, 'change'),
  },
  monitor: {
    plan: may(ANALYST),
    tables: may(ANALYST),
    view: may(ANALYST),
    series: may(ANALYST),
    drift: may(ANALYST),
    noted: may(ANALYST),
    look: may(ANALYST, 'change'),
  },
  checks: {
    list: may(CHECKER),
    open: may(CHECKER, 'study'),
    decide: may(CHECKER, 'change', 'before'),
    approveFormula: may(CHECKER, 'change', 'before'),
  },
  snapshots: {
    list: may('person'),
    propose: may(ADMINISTRATOR, 'change'),
  },
  // From released numbers and the insurer's own file; nothing of it asks a gateway.
  pricing: {
    sources: may(ANALYST),
    note: may(ANALYST, 'change'),
    noteStep: may(ANALYST, 'change'),
    start: may(ANALYST, 'study'),
    answer: may(ANALYST),
    challenge: may(ANALYST, 'study'),
    pool: may(ANALYST),
    incidences: may(ANALYST),
    incidence: may(ANALYST),
    rules: may(TARIFF_PEOPLE),
    saveRules: may(ANALYST, 'change'),
  },
  tariffs: {
    list: may(TARIFF_PEOPLE),
    open: may(TARIFF_PEOPLE),
    make: may(ANALYST, 'change'),
    decide: may(TARIFF_PEOPLE, 'change', 'before'),
    compare: may(TARIFF_PEOPLE),
    replay: may(TARIFF_PEOPLE, 'study'),
    priceGroup: may(ANALYST, 'study'),
    save: may(TARIFF_PEOPLE, 'export'),
    // Of a file that somebody brought.
    chooseAndCheck: may('anyone'),
    check: may('anyone'),
  },
  // Whatever leaves the workbench: the gate stands here.
  releases: {
    mark: may(FITTERS),
    make: may(FITTERS, 'export'),
    save: may(FITTERS, 'export'),
    saveRows: may(RESEARCHER, 'export'),
    copy: may(FITTERS, 'export'),
  },
  governance: {
    overview: may('person'),
    proposals: may('person'),
    weigh: may('person'),
    propose: may(ADMINISTRATOR, 'change', 'in-call'),
    approve: may(ADMINISTRATOR, 'change', 'in-call'),
    reject: may(ADMINISTRATOR, 'change', 'before'),
    withdraw: may(ADMINISTRATOR, 'change', 'before'),
    saveProposal: may('person', 'export'),
    openProposal: may('person'),
    openRequest: may('person'),
    invite: may(ADMINISTRATOR, 'change', 'in-call'),
    saveProof: may('person', 'export'),
    openProof: may('person'),
    saveContradiction: may('person', 'export'),
    changeKeys: may(ADMINISTRATOR, 'change', 'in-call'),
    saveListening: may(ADMINISTRATOR, 'change'),
    confirmVoting: may(ADMINISTRATOR, 'change', 'in-call'),
  },
  // Before there is a profile there are no roles: what these open, they open with the passphrase that they bring.
  joining: {
    candidate: may('anyone'),
    request: may('anyone', 'change', 'in-call'),
    openInvitation: may('anyone', 'none', 'in-call'),
    join: may('anyone', 'change', 'in-call'),
    rules: may('anyone'),
    draftFounding: may('anyone', 'change', 'in-call'),
    openFounding: may('anyone'),
    signFounding: may('anyone', 'change', 'in-call'),
    startFounded: may('anyone', 'change', 'in-call'),
    // By the code of an administrator; the node notes it.
    pairWorkPlace: may('anyone'),
  },
  // Our own patients' records ask for no purpose; these are about other hospitals', and about opening too many of our own.
  access: {
    elsewhere: atDesk('opening'),
    open: atDesk('opening'),
    askAgain: atDesk('opening'),
    breakGlass: atDesk('opening'),
    goOn: atDesk('change', 'before'),
    end: may(DESK_AND_REVIEWERS, 'change'),
    list: may(DESK_AND_REVIEWERS),
    review: may(REVIEWERS, 'change'),
  },
  erasures: {
    list: may(DESK_AND_OFFICE),
    ofPatient: atDesk(),
    preview: atDesk('opening'),
    request: atDesk('change', 'before'),
    approve: may(DESK_AND_OFFICE, 'change', 'before'),
    withdraw: may(DESK_AND_OFFICE, 'change', 'before'),
  },
  // Who holds shares is no role; what they need of a hospital, an administrator of it does.
  shares: {
    list: may(REVIEWERS),
    make: may(ADMINISTRATOR, 'export', 'in-call'),
    ask: may(ADMINISTRATOR, 'change', 'before'),
    veto: may(REVIEWERS, 'change', 'before'),
    release: may(ADMINISTRATOR, 'export', 'before'),
  },
  proofs: {
    start: atDesk('export'),
    text: atDesk('export'),
    save: atDesk('export'),
    // Of a file that somebody brought; it needs nothing of this hospital.
    check: may('anyone'),
    chooseAndCheck: may('anyone'),
  },
  // A package holds released numbers only; whoever has the file may look.
  reviews: {
    build: may(FITTERS, 'export'),
    save: may(FITTERS, 'export'),
    // Of what `build` noted.
    bytes: may(FITTERS),
    open: may('anyone'),
    compare: may('anyone'),
    mine: may(REVIEWER),
    sign: may(REVIEWER, 'change', 'before'),
  },
  templates: {
    list: atDesk(),
    save: atDesk('change'),
    remove: atDesk('change'),
    exportFile: atDesk('export'),
    importFile: atDesk('change'),
  },
  summaries: {
    make: atDesk('opening'),
    sealPdf: atDesk('export'),
    asFile: atDesk('export'),
    checkText: atDesk(),
    checkFile: atDesk(),
    savePdf: atDesk('export'),
    saveFile: atDesk('export'),
    chooseAndCheck: atDesk(),
  },
  upkeep: {
    checklist: may('person'),
    codeLists: may('person'),
    confirmCodeLists: may(ADMINISTRATOR, 'change'),
    machine: may(ADMINISTRATOR),
    chooseMachine: may(ADMINISTRATOR, 'change', 'in-call'),
    startBackup: may(ADMINISTRATOR, 'export'),
    forgetKeysPlace: may(ADMINISTRATOR, 'change'),
    backupReport: may(ADMINISTRATOR),
    startRestoreCheck: may(ADMINISTRATOR, 'none', 'in-call'),
    restoreReport: may(ADMINISTRATOR),
  },
  // It opens with no key of a patient, so nobody here needs one.
  audit: {
    standing: may(AUDIT_READERS),
    entries: may(AUDIT_READERS),
    startVerify: may(AUDIT_READERS),
    verifyResult: may(AUDIT_READERS),
    startExport: may(AUDIT_READERS, 'export'),
    exportReport: may(AUDIT_READERS),
    disclosure: may(DISCLOSERS, 'opening'),
    saveDisclosurePdf: may(DISCLOSERS, 'export'),
  },
  workPlaces: {
    list: may(ADMINISTRATOR),
    openPairing: may(ADMINISTRATOR, 'change', 'before'),
    closePairing: may(ADMINISTRATOR),
    remove: may(ADMINISTRATOR, 'change', 'before'),
    setListening: may(ADMINISTRATOR, 'change', 'before'),
  },
}

/** Every operation with its row, in the order of the contract. */
export const allRights: readonly { readonly operation: Operation; readonly right: Right }[] = Object.entries(
  rights,
).flatMap(([service, methods]) =>
  Object.entries(methods as Readonly<Record<string, Right>>).map(([method, right]) => ({
    operation: `${service}.${method}` as Operation,
    right,
  })),
)

const byName: ReadonlyMap<string, Right> = new Map(
  allRights.map(({ operation, right }) => [operation, right]),
)

/** Null for what is no method of the contract. */
export const rightOf = (operation: string): Right | null => byName.get(operation) ?? null

/** @param roles of the person, or null where nobody has unlocked */
export function isAllowed({ who }: Right, roles: readonly Role[] | null): boolean {
  if (who === 'anyone') return true
  if (roles === null) return false
  return who === 'person' || who.some((each) => roles.includes(each))
}

export const mayCall = (operation: Operation, roles: readonly Role[] | null): boolean =>
  isAllowed(rightOf(operation)!, roles)

/** Whoever may do nothing with patients is given no key that opens them. */
export const mayOpenPatients = (roles: readonly Role[]): boolean =>
  allRights.some(({ right }) => right.opensPatients && isAllowed(right, roles))

/**
 * What of a block the explorer shows whom. What somebody may not see is said to be sealed, with the reason, and never left out: who
 * looks knows that it is there.
 */
export const blockRights = {
  /** With segment, certificate and items. */
  head: 'anyone',
  /** That its keys were destroyed, and by how many hospitals. */
  erasure: 'person',
  /** With its fields and what proves them. */
  record: CLERK,
} as const satisfies Readonly<Record<string, Who>>

/** Null where nothing of it is kept back. */
export function whySealed(
  part: keyof typeof blockRights,
  roles: readonly Role[] | null,
): 'locked' | 'not-permitted' | null {
  if (isAllowed(may(blockRights[part]), roles)) return null
  return roles === null ? 'locked' : 'not-permitted'
}

/** A room may be entered by whoever may do one of these; the window hides it from everybody else. */
export const roomRights = {
  home: ['node.status'],
  record: ['records.submit'],
  patients: ['patients.search'],
  chain: ['chain.blocks'],
  question: ['studies.start'],
  cohorts: ['cohorts.count'],
  cleaning: ['cleaning.start'],
  pathways: ['pathways.start'],
  models: ['models.start'],
  reviews: ['reviews.build', 'reviews.sign'],
  requests: ['requests.submit'],
  checks: ['checks.list'],
  pricing: ['pricing.start'],
  tariffs: ['tariffs.list'],
  groups: ['monitor.view'],
  imports: ['imports.start'],
  codes: ['codes.startWorkList', 'codes.addLocal'],
  network: ['governance.overview'],
  audit: ['audit.entries'],
  settings: ['app.settings'],
} as const satisfies Readonly<Record<string, readonly Operation[]>>

/** The roles that open a room; `everyone` where no role is asked for. */
export function rolesOfRoom(room: keyof typeof roomRights): readonly Role[] | 'everyone' {
  const rows = roomRights[room].map((operation) => rightOf(operation)!)
  if (rows.some(({ who }) => who === 'anyone' || who === 'person')) return 'everyone'
  return role.options.filter((each) => rows.some((right) => isAllowed(right, [each])))
}
