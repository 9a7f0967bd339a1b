/**
 * T23, every screen: what the node answers, of whatever patient, colleague, hospital, file or study it speaks, is shown as text. The
 * screens are asked to show answers made from the contract's own schemas, with five hundred payloads in place of free text.
 */
import React, { type ComponentType, type ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { MantineProvider } from '@mantine/core'
import { describe, expect, it, vi } from 'vitest'
import type { z } from 'zod'
import { answerOf, type AnswerDice } from './contract-answers.test-kit.ts'
import { PAYLOADS } from './payloads.test-kit.ts'
import { auditEntryView } from './shared/contract/audit.ts'
import { role } from './shared/contract/app.ts'
import { ruleView } from './shared/contract/governance.ts'
import { segmentView } from './shared/contract/chain.ts'
import { uncoded } from './shared/contract/codes.ts'
import { contract, events } from './shared/contract/index.ts'
import { jobProgress } from './shared/contract/jobs.ts'
import type { Method } from './shared/contract/kit.ts'
import { submittedVisit } from './shared/contract/records.ts'
import { summaryDocument } from './shared/contract/summaries.ts'
import { trialReport } from './shared/contract/tables.ts'

/** What is asked and what came of it, by the question; filled between two passes over a screen. */
const known = vi.hoisted(() => ({
  answers: new Map<string, unknown>(),
  asked: [] as Promise<unknown>[],
  isOpen: false,
}))

const store = React as { useSyncExternalStore: unknown }
store.useSyncExternalStore = (_: unknown, now: () => unknown) => now()
vi.mock('react', async (original) => {
  const actual = await original<typeof React>()
  return {
    ...actual,
    useSyncExternalStore: (_: unknown, now: () => unknown) => now(),
    // Whatever a person could have opened, a dialog or what is folded away, is open.
    useState: (first: unknown) => actual.useState(known.isOpen && first === false ? true : (first as never)),
  }
})
vi.mock('@mantine/core', async (original) => {
  const actual = await original<Record<string, unknown>>()
  const Modal = ({ opened, title, children }: { opened: boolean; title?: never; children?: never }) =>
    opened ? React.createElement('div', null, title, children) : null
  return { ...actual, Modal: Object.assign(Modal, actual['Modal']), Drawer: Modal }
})
vi.mock('@tanstack/react-virtual', () => ({
  useVirtualizer: ({ count }: { count: number }) => ({
    getTotalSize: () => count,
    getVirtualItems: () => Array.from({ length: count }, (_, index) => ({ index, key: index, start: index })),
    scrollToIndex() {},
    measureElement() {},
  }),
}))
vi.mock('./renderer/lib/live.ts', async (original) => ({
  ...(await original<object>()),
  useAsk(ask: () => Promise<unknown>, deps: readonly unknown[]) {
    const question = `${ask} ${JSON.stringify(deps)}`
    if (!known.answers.has(question)) {
      known.answers.set(question, undefined)
      known.asked.push(
        ask().then(
          (value) => void known.answers.set(question, { value }),
          (error: { code?: string }) =>
            void known.answers.set(question, { failure: error.code ?? String(error) }),
        ),
      )
    }
    return { isAsking: false, again() {}, ...(known.answers.get(question) as object | undefined) }
  },
}))

let dice: AnswerDice = { text: () => 'plain', pick: () => 0 }
const services = Object.fromEntries(
  Object.entries(contract).map(([service, methods]) => [
    service,
    Object.fromEntries(
      Object.entries(methods as Record<string, Method>).map(([method, { output }]) => [
        method,
        // Now and then a failure, whose code comes from the node too.
        async () =>
          dice.pick(12) === 0
            ? { ok: false, error: { code: dice.text() } }
            : { ok: true, value: answerOf(output as z.ZodType, dice) },
      ]),
    ),
  ]),
)
const element = { focus() {}, style: {}, addEventListener() {}, removeEventListener() {} }
vi.stubGlobal('navigator', { language: 'en', userAgent: '' })
vi.stubGlobal('document', {
  addEventListener() {},
  removeEventListener() {},
  getElementById: () => null,
  createElement: () => element,
  documentElement: element,
  body: element,
})
vi.stubGlobal('window', {
  consilium: { ...services, on: () => () => {}, pathForFile: () => '' },
  addEventListener() {},
  removeEventListener() {},
  matchMedia: () => ({ matches: false, addEventListener() {}, removeEventListener() {} }),
  location: { hash: '' },
  history: { replaceState() {} },
})

const { session, settings, status } = await import('./renderer/lib/session.ts')
const { useEntry } = await import('./renderer/features/clinic/record-entry/use-entry.ts')

const ID = 'ab'.repeat(16)
const ROOT = 'ab'.repeat(32)
type Draw = () => ReactNode
/** `kinds` of payloads that have to be seen there; fewer where a screen says most of it in words of its own. */
type Screen = readonly [name: string, prepare: () => Promise<Draw>, kinds?: number]

/** A component of the window by its file, with what it is given; that is made anew for each picture. */
const part =
  (file: string, props: () => object, name = file.split('/').at(-1)!) =>
  async (): Promise<Draw> => {
    const all = (await import(/* @vite-ignore */ `./renderer/${file}.tsx`)) as Record<string, ComponentType>
    return () => React.createElement(all[name]!, props())
  }
const room = (file: string, ...parts: readonly string[]) => part(`features/${file}`, () => ({ parts }))
const nothing = (): void => {}
const made = <T,>(schema: z.ZodType<T>): T => answerOf(schema, dice) as T
/** One of a union that has all of these fields. */
function madeWith<T, Field extends string>(
  schema: z.ZodType<T>,
  ...fields: readonly Field[]
): Extract<T, Record<Field, unknown>> {
  for (let tries = 0; tries < 1_000; tries++) {
    const value = made(schema) as object | null
    if (fields.every((field) => (value as Record<string, unknown> | null)?.[field] != null))
      return value as never
  }
  throw new Error(`no answer with ${fields.join(', ')}`)
}
const of = <S extends keyof typeof contract>(service: S): (typeof contract)[S] => contract[service]

const SCREENS: readonly Screen[] = [
  ['home', room('home/Home')],
  ['the list of patients', room('clinic/patients/Patients')],
  ['a patient', room('clinic/patients/Patients', ID)],
  ['a new patient', room('clinic/patients/Patients', 'new')],
  ['a summary', room('clinic/patients/Patients', ID, 'summary')],
  ['a disclosure report', room('clinic/patients/Patients', ID, 'disclosure')],
  ['record entry of a patient', room('clinic/record-entry/RecordEntry', ID)],
  ['imports', room('clinic/import/ImportExport')],
  ['codes', room('clinic/codes/CodesPage')],
  [
    'uncoded entries',
    part('features/clinic/codes/WorkRows', () => ({
      rows: [made(uncoded), made(uncoded)],
      chosenKey: undefined,
      onChoose: nothing,
    })),
  ],
  ['the audit', room('operator/audit/Audit')],
  ['the audit of a patient', room('operator/audit/Audit', 'patient', ID)],
  ['the network', room('operator/network/Network')],
  ['the network’s proposals', room('operator/network/Network', 'proposals')],
  ['the network’s accesses', room('operator/network/Network', 'accesses')],
  ['requests', room('research/requests/Requests')],
  ['checks', room('research/checks/Checks')],
  ['an insurer’s groups', room('insurer/groups/Groups')],
  ['settings', room('settings/Settings')],
  [
    'a locked window at a work place',
    part('features/first-run/Unlock', () => ({ session: lockedSession() })),
  ],
  [
    'institutions that were open before',
    part('features/first-run/Choose', () => ({ recent: recentOnes(), onWay: nothing, onRecent: nothing })),
  ],
  [
    'rules to sign',
    part(
      'features/first-run/FoundingRules',
      () => ({ rules: [made(ruleView), made(ruleView)] }),
      'SignedRules',
    ),
  ],
  ['the bar of a work place', part('app/WorkPlaceBar', () => ({ workPlace: placeNow() }))],
  [
    'the bar on top',
    part('app/TopBar', () => ({ session: session.now(), title: dice.text(), onSheet: nothing })),
  ],
  [
    'a notice of a broken glass',
    part('app/AccessNotice', () => ({ notice: made(events.access.noticed), onLook: nothing })),
  ],
  [
    'a proposal that arrived',
    part('app/ArrivedProposal', () => ({
      proposal: made(events.governance.proposalArrived),
      onLook: nothing,
    })),
  ],
  [
    'an entry of the audit',
    part('features/operator/audit/EntryPane', () => ({
      entry: made(auditEntryView),
      onPatient: nothing,
      onPerson: nothing,
      onClose: nothing,
    })),
  ],
  [
    'a block',
    part('features/operator/chain-explorer/BlockRecord', () => ({
      block: madeWith(of('chain').block.output, 'head'),
      onProve: nothing,
    })),
  ],
  [
    'a block’s segment',
    part('features/operator/chain-explorer/SegmentView', () => ({ segment: made(segmentView) })),
    0,
  ],
  [
    'disputes of a block',
    part('features/operator/chain-explorer/BlockDisputes', () => ({ merkleRoot: ROOT })),
  ],
  [
    'a proof of a field',
    part('parts/CheckFieldProof', () => ({
      proof: madeWith(of('proofs').chooseAndCheck.output as never, 'kind'),
      onClose: nothing,
    })),
  ],
  [
    'an import’s report',
    part('features/clinic/import/ImportReport', () => ({ jobId: ID, onAgain: nothing })),
  ],
  ['what an import would do', part('features/clinic/import/FilesTrial', () => ({ jobId: ID })), 0],
  [
    'a trial’s issues',
    part(
      'features/clinic/import/TrialFindings',
      () => ({ jobId: ID, report: made(trialReport) }),
      'TrialIssues',
    ),
  ],
  ['what coding came to', part('features/clinic/codes/CodingOutcome', () => ({ jobId: ID })), 0],
  ['a job', part('parts/JobProgress', () => ({ job: made(jobProgress), cancelLabel: dice.text() }))],
  ['a failure', part('parts/FailureNote', () => ({ code: dice.text() })), 0],
  [
    'visits in a list',
    part('parts/VisitRows', () => ({ visits: [made(submittedVisit), made(submittedVisit)] })),
  ],
  [
    'two versions beside each other',
    part('parts/VersionDiff', () => ({
      before: versionNow(),
      after: versionNow(),
      heads: { before: dice.text(), after: dice.text() },
    })),
  ],
  [
    'a printed summary',
    part('features/clinic/patients/SummaryView', () => ({
      document: made(summaryDocument),
      code: dice.text(),
      seal: dice.text(),
    })),
  ],
  [
    'erasing a person',
    part('features/clinic/patients/ErasePerson', () => ({ patientId: ID, onClose: nothing })),
  ],
  [
    'links of a person',
    part('features/clinic/patients/PersonLinks', () => ({
      patient: made(of('patients').get.output.unwrap()),
    })),
  ],
  ['a correction', correction],
]

/** The form, filled from a version whose every field is a payload; what is typed is in the form's own store. */
async function correction(): Promise<Draw> {
  const all = await import('./renderer/features/clinic/record-entry/RecordEntry.tsx')
  const patient = made(of('patients').get.output.unwrap())
  for (let tries = 0; tries < 50; tries++)
    if ((await useEntry.getState().correct(ROOT, patient)) === 'ready')
      return () => <all.RecordEntry parts={['correct', ID, ROOT]} />
  throw new Error('no version was ready')
}
const versionNow = () => ({
  outcome: {},
  consent: {},
  ...madeWith(of('records').open.output, 'record').record,
})
const placeNow = () => ({
  name: dice.text(),
  awaySince: 1,
  isTurnedAway: true,
  otherVersion: { here: dice.text(), node: dice.text() },
  keptDrafts: 1,
  address: dice.text(),
})
const lockedSession = () => ({
  state: 'locked',
  institutionName: dice.text(),
  folder: dice.text(),
  isSynthetic: true,
  needsAccount: true,
  workPlace: placeNow(),
})
const recentOnes = () => [1, 2].map(() => ({ folder: dice.text(), name: dice.text(), isSynthetic: false }))

/** Every picture begins with somebody who may see everything, and settings and status of this dice. */
function begin(text: () => string, seed: number): void {
  let state = seed
  dice = { text, pick: (count) => Math.floor((state = (state * 48_271) % 2_147_483_647) / 1_000) % count }
  session.set({
    state: 'open',
    institutionName: text(),
    memberId: ROOT,
    chainId: ROOT,
    folder: text(),
    isSynthetic: false,
    person: { name: text(), userKeyId: ID, roles: [...role.options] },
    isRecoveryKitProven: false,
  })
  settings.set({ ...made(of('app').settings.output), locale: 'en', calendar: 'gregory' })
  status.set(made(of('node').status.output))
}

/** As often as answers lead to further questions. */
async function picture(draw: Draw): Promise<string> {
  known.answers.clear()
  let markup = ''
  for (let pass = 0; pass < 6; pass++) {
    known.asked = []
    markup = renderToStaticMarkup(<MantineProvider>{draw()}</MantineProvider>)
    if (known.asked.length === 0) break
    await Promise.all(known.asked)
  }
  return markup
}

const tagsOf = (markup: string) => [...markup.matchAll(/<([a-z][^\s/>]*)((?:"[^"]*"|[^">])*)>/gi)]
const attributesOf = (rest: string) => [
  ...rest.matchAll(/[\s/"']([a-z][^\s=>"'/]*)(?:\s*=\s*(?:"([^"]*)"|([^\s>]*)))?/gi),
]

/** What no screen of ours makes, and only markup out of an answer could. */
function wrongIn(markup: string): string[] {
  return tagsOf(markup).flatMap(([tag, name, rest]) => {
    const isForeign = !KNOWN_ELEMENTS.has(name!)
    const isActing = attributesOf(rest!).some(
      ([, attribute, quoted, bare]) =>
        /^(on.*|srcdoc|formaction|action|xlink:href|http-equiv)$/i.test(attribute!) ||
        (/^(href|src)$/i.test(attribute!) && !/^(#|data:image\/|$)/.test(quoted ?? bare ?? '')),
    )
    return isForeign || isActing ? [tag] : []
  })
}
const KNOWN_ELEMENTS = new Set(
  (
    'a abbr article aside b bdi br button caption circle code col colgroup dd defs del details div dl dt em fieldset figure figcaption footer form g h1 h2 h3 h4 ' +
    'header hr i input ins kbd label legend li line main mark nav ol optgroup option output p path pattern polygon polyline pre progress rect search section select small span ' +
    'strong sub summary sup svg table tbody td text textarea tfoot th thead time title tr tspan ul'
  ).split(' '),
)
/** React’s way to write text. */
const asText = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#x27;')

const MANTINE_STYLES = /<style data-mantine-styles="[a-z]+">[^<]*<\/style>/g
const KINDS = 20
const PER_KIND = PAYLOADS.length / KINDS
const PICTURES_MAX = 300

describe('T23: what the node answers', () => {
  for (const [name, prepare, wanted = KINDS] of SCREENS)
    it(`makes no element, handler or address on the screen of ${name}`, async () => {
      const kinds = new Set<number>()
      let random = 7
      // Of the twenty bodies each, in some wrapping: a screen with one field needs as many pictures.
      for (let seed = 1; seed <= PICTURES_MAX && (seed <= 4 || kinds.size < wanted); seed++) {
        known.isOpen = seed % 2 === 0
        const given: number[] = []
        begin(() => {
          random = (random * 48_271) % 2_147_483_647
          const at = Math.floor(random / 1_000) % PAYLOADS.length
          given.push(at)
          return PAYLOADS[at]!
        }, seed)
        const markup = await picture(await prepare())
        // Styles of Mantine's own are no answer's.
        const drawn = markup.replaceAll(MANTINE_STYLES, '')
        expect(wrongIn(drawn)).toEqual([])
        for (const at of new Set(given))
          if (drawn.includes(asText(PAYLOADS[at]!.trim()))) kinds.add(Math.floor(at / PER_KIND))
      }
      expect(kinds.size).toBeGreaterThanOrEqual(wanted)
    })

  it('is shown as it is typed, each of the five hundred', async () => {
    const { VisitRows } = await import('./renderer/parts/VisitRows.tsx')
    for (const payload of PAYLOADS) {
      begin(() => payload, 3)
      const visit = { ...made(submittedVisit), patientName: payload }
      const markup = await picture(() => <VisitRows visits={[visit]} />)
      const drawn = markup.replaceAll(MANTINE_STYLES, '')
      expect(wrongIn(drawn), payload).toEqual([])
      expect(drawn).toContain(asText(payload.trim()))
    }
  })

  it('is found where it does become markup: the test would see it', () => {
    const markup = (text: string) =>
      renderToStaticMarkup(<p dangerouslySetInnerHTML={{ __html: text }} />).replace(/^<p>|<\/p>$/g, '')
    for (const payload of PAYLOADS.filter((each) => /^<(script|img|svg|iframe|object)/.test(each)))
      expect(wrongIn(markup(payload)), payload).not.toEqual([])
    expect(wrongIn(renderToStaticMarkup(<a href="javascript:alert(1)">x</a>))).not.toEqual([])
  })
})
