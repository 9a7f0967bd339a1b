/** The desktop as the services see it: Electron's dialogs and clipboard. */
import { app, clipboard, dialog, type BrowserWindow, type FileFilter } from 'electron'
import type { Desktop, FilePurpose } from '../desktop.ts'
import type { SecretClipboard } from './secret-clipboard.ts'
import type { ShellWords } from './words.ts'

const EXTENSIONS: Readonly<Record<FilePurpose, string[]>> = {
  import: ['json', 'ndjson', 'jsonl', 'hl7', 'er7', 'csv', 'tsv', 'txt', 'xlsx'],
  summary: ['pdf', 'json'],
  'recovery-kit': ['txt'],
  rejects: ['csv'],
  table: ['csv'],
  study: ['json'],
  model: ['json'],
  result: ['json'],
  membership: ['consilium'],
  codes: ['csv', 'tsv', 'txt', 'gz', 'xlsx', 'json'],
  manifest: ['consilium'],
  proof: ['json'],
  package: ['zip'],
  tariff: ['json'],
  template: ['json'],
  audit: ['csv'],
  report: ['pdf'],
  figure: ['svg', 'png'],
  'paper-table': ['csv', 'xlsx', 'html'],
  text: ['txt'],
}

export interface DesktopOptions {
  readonly window: () => BrowserWindow | null
  readonly words: () => ShellWords
  readonly quit: () => Promise<void>
  readonly secrets: SecretClipboard
}

export function createDesktop({ window, words, quit, secrets }: DesktopOptions): Desktop {
  const filters = (purpose: FilePurpose): FileFilter[] => [
    { name: words().kindOfFile[purpose], extensions: EXTENSIONS[purpose] },
    { name: words().allFiles, extensions: ['*'] },
  ]
  const open = async (options: Electron.OpenDialogOptions): Promise<string[]> => {
    const parent = window()
    const { filePaths } = parent
      ? await dialog.showOpenDialog(parent, options)
      : await dialog.showOpenDialog(options)
    return filePaths // empty when the person closed the dialog
  }
  return {
    async chooseFolder({ purpose, startAt }) {
      const title = {
        found: words().chooseFound,
        open: words().chooseOpen,
        export: words().chooseExport,
        backup: words().chooseBackup,
        'backup-keys': words().chooseBackupKeys,
        watch: words().chooseWatch,
      }[purpose]
      const [folder] = await open({
        title,
        buttonLabel: words().choose,
        properties: ['openDirectory', 'createDirectory'],
        ...(startAt === undefined ? {} : { defaultPath: startAt }),
      })
      return folder ?? null
    },
    chooseFiles({ purpose, folders, several }) {
      const properties: ('openFile' | 'openDirectory' | 'multiSelections')[] = [
        folders ? 'openDirectory' : 'openFile',
      ]
      if (several) properties.push('multiSelections')
      return open({ properties, ...(folders ? {} : { filters: filters(purpose) }) })
    },
    async chooseSavePath({ purpose, defaultName }) {
      const options = { defaultPath: defaultName, filters: filters(purpose) }
      const parent = window()
      const { canceled, filePath } = parent
        ? await dialog.showSaveDialog(parent, options)
        : await dialog.showSaveDialog(options)
      return canceled || filePath === '' ? null : filePath
    },
    async printPage() {
      const page = window()?.webContents
      if (!page) return null
      // Nothing leaves the machine: the page is laid out by the same engine that shows it.
      const pdf = await page.printToPDF({ pageSize: 'A4', printBackground: true, preferCSSPageSize: true })
      return new Uint8Array(pdf)
    },
    copyText(text, isSecret) {
      if (isSecret) secrets.copy(text)
      else void clipboard.writeText(text)
    },
    quit,
    documentsFolder: documentsFolder(),
    electronVersion: process.versions.electron,
  }
}

/** An account that no person has may have none. */
function documentsFolder(): string {
  try {
    return app.getPath('documents')
  } catch {
    return app.getPath('home')
  }
}
