/**
 * What the services ask of the desktop they run on. `src/main/app/desktop.ts` is the real one; the headless node
 * and the tests have `noDesktop`. And what the shell asks of `compose.ts`.
 */
import type { AllHandlers, EmitEvent } from '../shared/contract/index.ts'
import type { Caller } from './services/dispatch.ts'
import type { StartNode } from './demonstration/running.ts'
import type { SecretStore } from './profile/secret-store.ts'

export type FilePurpose =
  | 'summary'
  | 'import'
  | 'recovery-kit'
  | 'rejects'
  | 'table'
  | 'study'
  | 'membership'
  | 'model'
  | 'result'
  | 'codes'
  | 'manifest'
  | 'proof'
  | 'template'
  | 'audit'
  | 'report'
  | 'figure'
  | 'paper-table'
  | 'text'
  | 'package'
  | 'tariff'

export interface Desktop {
  /** An existing or new folder, or null when the person closes the dialog. */
  chooseFolder(ask: {
    purpose: 'found' | 'open' | 'export' | 'backup' | 'backup-keys' | 'watch'
    startAt?: string
  }): Promise<string | null>
  /** Existing files (or folders, if asked), none when the person closes the dialog. */
  chooseFiles(ask: { purpose: FilePurpose; folders: boolean; several: boolean }): Promise<string[]>
  /** A path to write to; the dialog has asked before an existing file is replaced. */
  chooseSavePath(ask: { purpose: FilePurpose; defaultName: string }): Promise<string | null>
  /** What the window shows, as a PDF by the rules for print; null where there is no window. */
  printPage(): Promise<Uint8Array | null>
  /** A secret is cleared from the clipboard after 30 s, unless something else was copied since. */
  copyText(text: string, isSecret: boolean): void
  /** Says what stops, asks, and quits if the person agrees. Resolves when the answer is known. */
  quit(): Promise<void>
  /** Where a new institution's folder is proposed. */
  readonly documentsFolder: string
  readonly electronVersion?: string
}

export interface ComposeOptions {
  /** Settings of this installation and the list of recent profiles; never a patient's data. */
  readonly settingsFolder: string
  /** A profile to show first (`--profile`), which may not exist yet. */
  readonly profileFolder: string | null
  readonly applicationVersion: string
  /** Locale of the operating system, e.g. `zh-TW`: the first guess until the person has chosen. */
  readonly systemLocale: string
  readonly desktop: Desktop
  /** Sends an event to the window. */
  readonly emit: EmitEvent
  /** A node of the demonstration consortium as a process of its own. */
  readonly startNode: StartNode
  /** The operating system's store of secrets; none where absent. */
  readonly secretStore?: SecretStore
}

/** The running application behind the window. */
export interface Composed {
  readonly handlers: AllHandlers
  /** Who is at the window: `dispatch` refuses by it. */
  readonly caller: Caller
  /** Stops the node and closes every store; what was accepted is durable already. */
  close(): Promise<void>
}

/** For headless runs and tests: nobody to ask, nothing to copy to. */
export const noDesktop: Desktop = {
  chooseFolder: () => Promise.resolve(null),
  chooseFiles: () => Promise.resolve([]),
  chooseSavePath: () => Promise.resolve(null),
  printPage: () => Promise.resolve(null),
  copyText: () => undefined,
  quit: () => Promise.resolve(),
  documentsFolder: '.',
}
