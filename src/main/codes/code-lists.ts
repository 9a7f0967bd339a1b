/**
 * The code lists of one institution: editions that it has imported, which of them is in use from which day, its own codes
 * and its map; the built-in lists elsewhere. Searching and reading files happen in a thread of their own.
 */
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import type {
  CodeFileRefusal,
  CodeHit,
  CodeListEdition,
  CodeListUse,
  ColumnMap,
  HospitalCodes,
  LocalCode,
} from '../../shared/contract/codes.ts'
import { codeListName, type CodeListName } from '../../shared/contract/codes.ts'
import type { CodeListsView, CodeListView } from '../../shared/contract/upkeep.ts'
import { LAB_TESTS } from '../../shared/domain/lab-tests.ts'
import {
  codesFolderOf,
  editionPath,
  loadConfirmed,
  loadLists,
  loadLocal,
  loadMap,
  removeEditionFile,
  saveConfirmed,
  saveLists,
  saveLocal,
  saveMap,
  type KeptLists,
  type KeptMap,
} from '../profile/code-lists-folder.ts'
import { builtInContent } from './code-file.ts'
import { storedCode } from './code-rows.ts'
import { CODE_SYSTEMS } from './code-systems.ts'
import { createCodesThread } from './codes-thread.ts'
import type { EditionAt, FileAnswer, ListInUse } from './codes-calls.ts'
import { hashOfCodes } from './edition-file.ts'
import type { Boosts } from './search.ts'
import { useOn, nextUse } from './uses.ts'

export interface CodeLists {
  search(list: CodeListName, text: string, limit: number, boosts?: Boosts): Promise<CodeHit[]>
  names(codes: readonly { system: string; code: string }[]): Promise<(CodeHit | null)[]>
  lists(): Promise<CodeListUse[]>
  preview(list: CodeListName, path: string, columns?: ColumnMap, system?: string): Promise<FileAnswer>
  /** Durable when it resolves. */
  importFile(file: ImportedFile, by: string): Promise<'imported' | 'changed' | CodeFileRefusal>
  putInUse(list: CodeListName, hash: string | null, from: string, by: string): Promise<void>
  removeEdition(list: CodeListName, hash: string): Promise<void>
  /** Without what was learnt from records, which is sealed elsewhere. */
  hospital(): Promise<Omit<HospitalCodes, 'learnt'>>
  addLocal(code: LocalCode): Promise<'added' | 'code-taken' | 'code-malformed' | 'too-many-codes'>
  removeLocal(list: CodeListName, code: string): Promise<void>
  setMap(map: KeptMap | null): Promise<void>
  /** What coders decided joins the map; it goes before what a file said. */
  addToMap(rows: readonly [string, string, string][], by: string): Promise<void>
  /** The code that the map gives for a source coding, or null. */
  mapped(system: string, code: string): Promise<string | null>
  view(): Promise<CodeListsView>
  confirm(personName: string, at: number): Promise<void>
  close(): Promise<void>
}

export interface ImportedFile {
  readonly list: CodeListName
  readonly path: string
  readonly source: string
  readonly columns: ColumnMap
  readonly edition: string
  readonly system: string
  /** Today where not given. */
  readonly from?: string | undefined
  readonly hash: string
}

export interface CodeListsHome {
  readonly folder: string
  /** Hex; names the hospital's own departments and codes, which are nobody else's. */
  readonly memberId: string
  /** Civil date at the facility. */
  today(): string
  now(): number
}

/** What the built-in lists are taken from; their headers say more. */
const EDITIONS: Readonly<Record<CodeListView['list'], string>> = {
  diagnosis: 'ICD-10-CM',
  procedure: 'ICD-10-PCS',
  medicine: 'ATC',
  department: 'NHI 2024-05-27',
  laboratory: 'LOINC',
}
const VERSION_HEX = 8
const READER_IDLE_MS = 30_000
export const EDITIONS_MAX = 20
export const LOCAL_CODES_MAX = 5_000

/** They do not change while the application runs, and Home asks often. */
const builtInEditions = new Map<CodeListName, CodeListEdition>()

export function openCodeLists({ folder, memberId, today, now }: CodeListsHome): CodeLists {
  const thread = createCodesThread({
    async onStart(peer) {
      for (const list of codeListName.options) await peer.call('use', await inUseOf(list))
    },
  })
  // A file that is read takes seconds; whoever types meanwhile is not to wait for it.
  const reader = createCodesThread({ idleMs: READER_IDLE_MS })
  let kept: Promise<KeptLists> | null = null
  let local: Promise<LocalCode[]> | null = null
  let map: Promise<{ kept: KeptMap; byCode: ReadonlyMap<string, string> } | null> | null = null
  const whole = new Map<string, Promise<boolean>>()
  let told = ''
  let turn: Promise<unknown> = Promise.resolve()

  const keptNow = () => (kept ??= loadLists(folder))
  const localNow = () => (local ??= loadLocal(folder))
  const mapNow = () =>
    (map ??= loadMap(folder).then(
      (loaded) =>
        loaded && {
          kept: loaded,
          byCode: new Map(loaded.rows.map(([system, code, to]) => [`${system}|${code}`, to])),
        },
    ))
  const ownSystem = (list: CodeListName) =>
    `urn:consilium:${list === 'department' ? 'department' : `codes:${list}`}:${memberId}`
  const localSystem = (list: CodeListName) => `urn:consilium:local:${list}:${memberId}`

  /** One change at a time, each on what the last one left. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  function isWhole(list: CodeListName, hash: string): Promise<boolean> {
    let known = whole.get(hash)
    if (known === undefined) {
      known = reader.call('isWhole', { path: editionPath(folder, list, hash), hash })
      known.catch(() => whole.delete(hash))
      whole.set(hash, known)
    }
    return known
  }

  /** A damaged edition is not in use: the built-in list is, and the digest says so. */
  async function editionInUse(list: CodeListName): Promise<EditionAt> {
    const { editions, uses } = await keptNow()
    const hash = useOn(uses, list, today())?.hash ?? null
    if (hash === null || !editions.some((each) => each.list === list && each.hash === hash)) return null
    return (await isWhole(list, hash)) ? { path: editionPath(folder, list, hash), hash } : null
  }

  async function inUseOf(list: CodeListName): Promise<ListInUse> {
    const codes = (await localNow()).filter((each) => each.list === list)
    return {
      list,
      edition: await editionInUse(list),
      local: codes,
      localSystem: localSystem(list),
      today: today(),
    }
  }

  /** Tells the thread what has changed: another edition, another local code, another day. */
  async function tell(): Promise<void> {
    const all = await Promise.all(codeListName.options.map(inUseOf))
    const now = JSON.stringify(all)
    if (now === told) return
    for (const each of all) await thread.call('use', each)
    told = now
  }
  async function keep(next: KeptLists): Promise<void> {
    await saveLists(folder, next)
    kept = Promise.resolve(next)
  }

  async function listUse(list: CodeListName): Promise<CodeListUse> {
    const { editions, uses } = await keptNow()
    const builtIn = builtInEdition(list)
    const own = editions
      .filter((each) => each.list === list)
      .sort((a, b) => b.importedAt - a.importedAt)
      .map(({ list: _list, ...rest }) => ({ ...rest, isBuiltIn: false }))
    const edition = await editionInUse(list)
    const current = useOn(uses, list, today())
    const isAsSaid = (current?.hash ?? null) === (edition?.hash ?? null)
    const next = nextUse(uses, list, today())
    return {
      list,
      inUse: own.find(({ hash }) => hash === edition?.hash) ?? builtIn,
      inUseFrom: isAsSaid ? (current?.from ?? null) : null,
      next: next && { hash: next.hash ?? builtIn.hash, from: next.from },
      editions: [...own, builtIn],
      localCount: (await localNow()).filter((each) => each.list === list).length,
    }
  }

  async function shownLists(): Promise<{ lists: CodeListView[]; digest: string }> {
    const uses = await Promise.all(codeListName.options.map(listUse))
    const shown: CodeListView[] = uses.map(({ list, inUse, localCount }) => ({
      list,
      edition: inUse.edition,
      version: inUse.hash.slice(0, VERSION_HEX),
      hash: inUse.hash,
      codeCount: inUse.codeCount + localCount,
      own: inUse.isBuiltIn ? null : { source: inUse.source, importedAt: inUse.importedAt! },
    }))
    const tests = hashOf(LAB_TESTS.map(({ key, loinc }) => [key, loinc]))
    shown.push({
      list: 'laboratory',
      edition: EDITIONS.laboratory,
      version: tests.slice(0, VERSION_HEX),
      hash: tests,
      codeCount: LAB_TESTS.length,
      own: null,
    })
    const own = (await localNow()).map(({ list, code, en, zh }) => [list, code, en, zh])
    return { lists: shown, digest: hashOf([...shown.map(({ list, hash }) => [list, hash]), ...own]) }
  }

  const search: CodeLists['search'] = async (list, text, limit, boosts = new Map()) => {
    await tell()
    return thread.call('search', { list, text, limit, boosts: [...boosts] })
  }

  return {
    search,
    async names(codes) {
      await tell()
      return thread.call('names', { codes })
    },
    lists: () => Promise.all(codeListName.options.map(listUse)),
    async preview(list, path, columns, system) {
      return reader.call('preview', {
        path,
        list,
        ...(columns === undefined ? {} : { columns }),
        ...(system === undefined ? {} : { system }),
        ownSystem: ownSystem(list),
        inUse: await editionInUse(list),
      })
    },
    importFile: ({ list, path, source, columns, edition, system, from, hash }, by) =>
      inTurn(async () => {
        const before = await keptNow()
        if (before.editions.filter((each) => each.list === list).length >= EDITIONS_MAX)
          return 'too-many-codes'
        await mkdir(codesFolderOf(folder), { recursive: true, mode: 0o700 })
        const answer = await reader.call('keep', {
          path,
          list,
          columns,
          system,
          ownSystem: ownSystem(list),
          inUse: null,
          hash,
          to: editionPath(folder, list, hash),
        })
        if (answer.kind !== 'kept') return answer.kind === 'refused' ? answer.reason : 'changed'
        whole.set(hash, Promise.resolve(true))
        const at = now()
        const { codeCount } = answer
        const added = { list, hash, edition, system, codeCount, source, importedAt: at, importedBy: by }
        await keep({
          // The same content again is the same edition, under its newer name.
          editions: [...before.editions.filter((each) => each.list !== list || each.hash !== hash), added],
          uses: [...before.uses, { list, hash, from: from ?? today(), at, by }],
        })
        return 'imported'
      }),
    putInUse: (list, hash, from, by) =>
      inTurn(async () => {
        const { editions, uses } = await keptNow()
        const known = hash === null || editions.some((each) => each.list === list && each.hash === hash)
        if (known) await keep({ editions, uses: [...uses, { list, hash, from, at: now(), by }] })
      }),
    removeEdition: (list, hash) =>
      inTurn(async () => {
        const { editions, uses } = await keptNow()
        const isNeeded =
          useOn(uses, list, today())?.hash === hash || nextUse(uses, list, today())?.hash === hash
        if (isNeeded) return
        await keep({
          editions: editions.filter((each) => each.list !== list || each.hash !== hash),
          uses: uses.filter((each) => each.list !== list || each.hash !== hash),
        })
        await removeEditionFile(folder, list, hash)
      }),

    async hospital() {
      const held = await mapNow()
      return {
        local: [...(await localNow())],
        map: held && {
          source: held.kept.source,
          importedAt: held.kept.importedAt,
          importedBy: held.kept.importedBy,
          rowCount: held.kept.rows.length,
        },
      }
    },
    addLocal: ({ list, code: written, en, zh }) =>
      inTurn(async () => {
        // A hospital's own codes need not look like those of the classification.
        const code = storedCode(written.trim(), list === 'diagnosis' ? 'department' : list)
        if (code === null) return 'code-malformed'
        const before = await localNow()
        if (before.length >= LOCAL_CODES_MAX) return 'too-many-codes'
        const [listed] = await search(list, code, 1)
        if (before.some((each) => each.list === list && each.code === code) || listed?.code === code)
          return 'code-taken'
        const next = [...before, { list, code, en, zh }]
        await saveLocal(folder, next)
        local = Promise.resolve(next)
        return 'added'
      }),
    removeLocal: (list, code) =>
      inTurn(async () => {
        const next = (await localNow()).filter((each) => each.list !== list || each.code !== code)
        await saveLocal(folder, next)
        local = Promise.resolve(next)
      }),
    setMap: (next) =>
      inTurn(async () => {
        await saveMap(folder, next)
        map = null
      }),
    addToMap: (rows, by) =>
      inTurn(async () => {
        const before = (await mapNow())?.kept
        const bySource = new Map(
          [...(before?.rows ?? []), ...rows].map((row) => [`${row[0]}|${row[1]}`, row]),
        )
        await saveMap(folder, {
          source: before?.source ?? '',
          importedAt: before?.importedAt ?? now(),
          importedBy: before?.importedBy ?? by,
          rows: [...bySource.values()],
        })
        map = null
      }),
    mapped: async (system, code) => (await mapNow())?.byCode.get(`${system}|${code}`) ?? null,

    async view() {
      const { lists: shown, digest } = await shownLists()
      const confirmed = await loadConfirmed(folder)
      const isSame = confirmed?.digest === digest
      return {
        lists: shown,
        digest,
        confirmed: confirmed && isSame ? { at: confirmed.at, personName: confirmed.personName } : null,
        isChangedSince: confirmed !== null && !isSame,
      }
    },
    async confirm(personName, at) {
      const { digest } = await shownLists()
      await saveConfirmed(folder, { at, personName, digest })
    },
    async close() {
      await Promise.all([thread.close(), reader.close()])
    },
  }
}

function builtInEdition(list: CodeListName): CodeListEdition {
  let known = builtInEditions.get(list)
  if (known === undefined) {
    const content = builtInContent(list)
    known = {
      hash: hashOfCodes(content),
      edition: EDITIONS[list],
      system: CODE_SYSTEMS[list],
      codeCount: content.codes.length,
      source: '',
      importedAt: null,
      importedBy: '',
      isBuiltIn: true,
    }
    builtInEditions.set(list, known)
  }
  return known
}

function hashOf(rows: readonly (readonly string[])[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}
