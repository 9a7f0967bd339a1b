/** The store of the wizard: the files at hand, what was answered, and the trial. */
import { create } from 'zustand'
import type { SeenTable, MappingGap } from '../../../../shared/contract/tables.ts'
import type {
  TableDelimiter,
  TableEncoding,
  TableLayout,
  TableMapping,
} from '../../../../shared/domain/table-mapping.ts'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { followJob } from '../../../parts/jobs.ts'
import { mergedWords, type OwnWord } from './own-words.ts'
import { fileNameOf, mappingOf, testAnswers, type Answers, type MappingAnswer } from './wizard.ts'

export type WizardStep = 'columns' | 'codes' | 'trial'

interface Looked {
  readonly encodings: readonly TableEncoding[]
  readonly isCertain: boolean
  readonly tables: readonly SeenTable[]
  readonly refused: readonly { file: string; reason: string }[]
}

interface WizardState {
  /** All paths of the import; null while no wizard is open. */
  readonly paths: readonly string[] | null
  /** The hospital's own tables among them. */
  readonly files: readonly string[]
  readonly step: WizardStep
  readonly looked: Looked | null
  readonly answers: Answers
  /** Columns whose dates were read in several ways and of which nobody has said yet which; `table:column`. */
  readonly openDates: ReadonlySet<string>
  readonly gaps: readonly MappingGap[]
  readonly knownName: string | null
  /** Words that a trial did not know, or that somebody wants to explain. */
  readonly asked: readonly OwnWord[]
  readonly jobId: string | null
  open(paths: readonly string[], files: readonly string[], known: TableMapping | null): Promise<void>
  look(form: { encoding?: TableEncoding; delimiter?: TableDelimiter; headerRows?: number[] }): Promise<void>
  setLayout(table: number, layout: TableLayout): void
  answerDate(table: number, at: number): void
  change(change: Partial<Answers>): void
  askAbout(words: readonly OwnWord[]): void
  go(step: WizardStep): Promise<void>
  tryOut(): Promise<void>
  /** Saves the mapping under its name. */
  save(): Promise<TableMapping>
  close(): void
}

const fresh: Answers = {
  name: '',
  source: '',
  encoding: null,
  delimiter: null,
  layouts: [],
  tests: new Map(),
  values: [],
  units: [],
  diagnoses: 'icd-10-cm',
  currency: 'TWD',
}
const nothing = {
  paths: null,
  files: [],
  step: 'columns' as const,
  looked: null,
  answers: fresh,
  openDates: new Set<string>(),
  gaps: [],
  knownName: null,
  asked: [],
  jobId: null,
}

/** A mapping as a trial takes it, before it has a name of its own. */
const forTrial = (answer: MappingAnswer): TableMapping => ({
  ...answer,
  name: answer.name === '' ? 'trial' : answer.name,
  source: answer.source === '' ? 'trial' : answer.source,
  format: 1,
  id: answer.id ?? '0'.repeat(32),
  savedAt: 0,
})

export const useWizard = create<WizardState>()((set, get) => ({
  ...nothing,
  async open(paths, files, known) {
    set({ ...nothing, paths, files, answers: known === null ? firstAnswers(files) : answersOf(known) })
    if (known === null) {
      await get().look({})
      return
    }
    set({ knownName: known.name, step: 'trial' })
    await get().tryOut()
  },
  async look(form) {
    const { files } = get()
    const answer = await node.tables.look({ paths: [...files], ...form })
    const { encodings, isCertain, tables, refused, encoding, delimiter } = answer
    const openDates = new Set(
      tables.flatMap(({ ambiguousDates }, table) => ambiguousDates.map(({ at }) => `${table}:${at}`)),
    )
    set(({ answers }) => ({
      looked: { encodings, isCertain, tables, refused },
      openDates,
      answers: {
        ...answers,
        encoding,
        delimiter,
        layouts: tables.map(({ proposed, ambiguousDates }) => withoutDates(proposed, ambiguousDates)),
        tests: testAnswers(tables, answers.tests),
      },
    }))
    await updateGaps(set, get)
  },
  setLayout(table, layout) {
    set(({ answers }) => ({
      answers: { ...answers, layouts: answers.layouts.map((each, i) => (i === table ? layout : each)) },
    }))
    void updateGaps(set, get)
  },
  answerDate(table, at) {
    set(({ openDates }) => ({
      openDates: new Set([...openDates].filter((each) => each !== `${table}:${at}`)),
    }))
  },
  change: (change) => set(({ answers }) => ({ answers: { ...answers, ...change } })),
  askAbout: (words) => set(({ asked }) => ({ asked: mergedWords(asked, words) })),
  async go(step) {
    // A mapping that was found again is changed from its files, as they are now.
    if (step !== 'trial' && get().looked === null) {
      const { answers } = get()
      const { tables, encodings, isCertain, refused } = await node.tables.look({
        paths: [...get().files],
        ...(answers.encoding === null ? {} : { encoding: answers.encoding }),
        ...(answers.delimiter === null ? {} : { delimiter: answers.delimiter }),
        headerRows: answers.layouts.map(({ headerRow }) => headerRow),
      })
      const layouts = tables.map(
        ({ proposed }) =>
          answers.layouts.find(({ fingerprint }) => fingerprint === proposed.fingerprint) ?? proposed,
      )
      set({
        looked: { tables, encodings, isCertain, refused },
        answers: { ...answers, layouts, tests: testAnswers(tables, answers.tests) },
      })
    }
    set({ step })
    if (step === 'trial') await get().tryOut()
  },
  async tryOut() {
    const { paths, answers } = get()
    if (paths === null) return
    const { jobId } = await node.tables.startTrial({
      paths: [...paths],
      mapping: forTrial(mappingOf(answers)),
    })
    set({ jobId })
    await followJob()
  },
  async save() {
    const mapping = await node.tables.saveMapping(mappingOf(get().answers))
    set(({ answers }) => ({ answers: { ...answers, id: mapping.id } }))
    return mapping
  },
  close: () => set(nothing),
}))

session.subscribe(() => {
  if (session.now()?.state === 'none') useWizard.setState(nothing)
})

async function updateGaps(set: (part: Partial<WizardState>) => void, get: () => WizardState): Promise<void> {
  const { layouts } = get().answers
  const gaps = await node.tables.gaps({
    tables: layouts.map((each) => ({ ...each, columns: [...each.columns] })),
  })
  // Asked meanwhile about newer columns: that answer comes.
  if (get().answers.layouts === layouts) set({ gaps })
}

/** Dates that a person must decide stand open, so that nothing is taken for granted. */
function withoutDates(layout: TableLayout, ambiguous: SeenTable['ambiguousDates']): TableLayout {
  const open = new Set(ambiguous.map(({ at }) => at))
  return {
    ...layout,
    columns: layout.columns.map((column, at) => {
      if (!open.has(at)) return column
      const { date: _date, ...rest } = column
      return rest
    }),
  }
}

function firstAnswers(files: readonly string[]): Answers {
  const name = fileNameOf(files[0] ?? '')
    .replace(/\.[^.]+$/, '')
    .slice(0, 80)
  return { ...fresh, name, source: name.slice(0, 100) }
}

function answersOf(mapping: TableMapping): Answers {
  const { id, name, source, encoding, delimiter, tables, tests, values, units, diagnoses, currency } = mapping
  return {
    id,
    name,
    source,
    encoding,
    delimiter,
    layouts: tables,
    tests: new Map(tests.map(({ from, to, unit }) => [from, { to, unit: unit ?? '' }])),
    values,
    units,
    diagnoses,
    currency,
  }
}
