/** What the thread of the code lists is asked (`workers/codes.worker.ts`). */
import type {
  CodeFilePreview,
  CodeFileRefusal,
  CodeHit,
  CodeListName,
  ColumnMap,
  LocalCode,
} from '../../shared/contract/codes.ts'

/** An edition on disk; null is the built-in list. */
export type EditionAt = { readonly path: string; readonly hash: string } | null

export interface ListInUse {
  readonly list: CodeListName
  readonly edition: EditionAt
  readonly local: readonly LocalCode[]
  readonly localSystem: string
  /** Day at the facility: codes that are not in force on it are not offered. */
  readonly today: string
}

export interface FileQuestion {
  readonly path: string
  readonly list: CodeListName
  readonly columns?: ColumnMap
  readonly system?: string
  /** Of codes that belong to no classification that we know. */
  readonly ownSystem: string
  readonly inUse: EditionAt
}

export type FileAnswer =
  | { readonly kind: 'preview'; readonly preview: CodeFilePreview }
  | {
      readonly kind: 'columns'
      readonly path: string
      readonly headings: string[]
      readonly rows: string[][]
    }
  | { readonly kind: 'refused'; readonly reason: CodeFileRefusal }

export type CodesCalls = {
  use: { input: ListInUse; output: void }
  search: {
    input: {
      list: CodeListName
      text: string
      limit: number
      boosts: readonly (readonly [string, number])[]
    }
    output: CodeHit[]
  }
  names: { input: { codes: readonly { system: string; code: string }[] }; output: (CodeHit | null)[] }
  isWhole: { input: { path: string; hash: string }; output: boolean }
  preview: { input: FileQuestion; output: FileAnswer }
  /** Reads the file again and keeps it as an edition under `to` followed by its hash. */
  keep: {
    input: FileQuestion & { hash: string; to: string }
    output:
      { kind: 'kept'; codeCount: number } | { kind: 'changed' } | { kind: 'refused'; reason: CodeFileRefusal }
  }
}
