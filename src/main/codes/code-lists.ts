/** The code lists of one institution: its own where it has set one, the built-in ones elsewhere. */
import { createHash } from 'node:crypto'
import type { CodeHit } from '../../shared/contract/codes.ts'
import {
  codeListName,
  type CodeListName,
  type CodeListsView,
  type CodeListView,
} from '../../shared/contract/upkeep.ts'
import { LAB_TESTS } from '../../shared/domain/lab-tests.ts'
import {
  dropOwnList,
  loadConfirmed,
  loadOwnList,
  saveConfirmed,
  saveOwnList,
  type OwnCodeList,
} from '../profile/code-lists-folder.ts'
import { builtInEntries, codeNamed, CODE_SYSTEMS, searchCodes } from './built-in.ts'
import type { ReadCode } from './read-code-list.ts'
import { buildIndex, type CodeIndex } from './search.ts'

export interface CodeLists {
  search(list: CodeListName, text: string, limit: number): Promise<CodeHit[]>
  named(system: string, code: string): Promise<CodeHit | null>
  view(): Promise<CodeListsView>
  confirm(personName: string, at: number): Promise<void>
  /** Durable when it resolves. */
  setOwn(list: CodeListName, source: string, at: number, entries: readonly ReadCode[]): Promise<void>
  dropOwn(list: CodeListName): Promise<void>
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

interface Own {
  readonly list: OwnCodeList
  readonly index: CodeIndex
  readonly version: string
}

type Version = Pick<CodeListView, 'version' | 'codeCount'>
/** They do not change while the application runs, and Home asks often. */
const builtInVersions = new Map<CodeListName, Version>()

/** @param memberId hex; names the hospital's own departments, which are nobody else's */
export function openCodeLists(folder: string, memberId: string): CodeLists {
  const owns = new Map<CodeListName, Promise<Own | null>>()

  function ownOf(list: CodeListName): Promise<Own | null> {
    let own = owns.get(list)
    if (own === undefined) {
      own = loadOwnList(folder, list).then(
        (loaded) =>
          loaded && {
            list: loaded,
            index: indexOf(loaded),
            version: versionOfEntries(loaded.entries),
          },
      )
      owns.set(list, own)
    }
    return own
  }

  async function viewOf(list: CodeListName): Promise<CodeListView> {
    const own = await ownOf(list)
    return own === null
      ? { list, edition: EDITIONS[list], ...builtInVersion(list), own: null }
      : {
          list,
          edition: '',
          version: own.version,
          codeCount: own.list.entries.length,
          own: { source: own.list.source, importedAt: own.list.importedAt },
        }
  }

  async function lists(): Promise<{ lists: CodeListView[]; digest: string }> {
    const all = await Promise.all(codeListName.options.map(viewOf))
    const laboratory: CodeListView = {
      list: 'laboratory',
      edition: EDITIONS.laboratory,
      version: versionOf(LAB_TESTS.map(({ key, loinc }) => [key, loinc])),
      codeCount: LAB_TESTS.length,
      own: null,
    }
    const shown = [...all, laboratory]
    return {
      lists: shown,
      digest: versionOf(
        shown.map(({ list, version }) => [list, version]),
        64,
      ),
    }
  }

  return {
    async search(list, text, limit) {
      const own = await ownOf(list)
      return own === null ? searchCodes(list, text, limit) : own.index.search(text, limit)
    },
    async named(system, code) {
      for (const list of codeListName.options) {
        const hit = (await ownOf(list))?.index.get(system, code)
        if (hit) return hit
      }
      return codeNamed(system, code)
    },
    async view() {
      const { lists: shown, digest } = await lists()
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
      const { digest } = await lists()
      await saveConfirmed(folder, { at, personName, digest })
    },
    async setOwn(list, source, at, entries) {
      // A hospital's departments are its own; codes of a classification stay codes of it.
      const system = list === 'department' ? `urn:consilium:department:${memberId}` : CODE_SYSTEMS[list]
      const stored = entries.map((entry) => ({
        ...entry,
        code: list === 'diagnosis' ? entry.code.replace('.', '').toUpperCase() : entry.code,
      }))
      await saveOwnList(folder, { list, source, importedAt: at, system, entries: stored })
      owns.delete(list)
    },
    async dropOwn(list) {
      await dropOwnList(folder, list)
      owns.delete(list)
    },
  }
}

function indexOf({ system, entries }: OwnCodeList): CodeIndex {
  return buildIndex(
    entries.map(({ code, en, zh, hint }) => ({ system, code, en, zh, ...(hint ? { hint } : {}) })),
  )
}

function builtInVersion(list: CodeListName): Version {
  let known = builtInVersions.get(list)
  if (known === undefined) {
    const entries = builtInEntries(list)
    known = { version: versionOfEntries(entries), codeCount: entries.length }
    builtInVersions.set(list, known)
  }
  return known
}

function versionOfEntries(entries: readonly ReadCode[]): string {
  return versionOf(entries.map(({ code, en, zh }) => [code, en, zh]))
}

function versionOf(rows: readonly (readonly string[])[], hexLength = VERSION_HEX): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, hexLength)
}
