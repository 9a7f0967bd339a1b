/** Which reader each chosen file is for. Folders are searched; what is named itself is read whatever its name ends with. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { looksLikeHl7 } from '../records/read-hl7v2.ts'
import type { SourceFile } from './intake.ts'

export interface SortedFiles {
  /** Files and folders for the readers of FHIR, which search folders themselves and name what cannot be read. */
  readonly fhir: readonly string[]
  readonly hl7: readonly string[]
  readonly hl7Bytes: number
}

const FHIR_NAME = /\.(json|ndjson|jsonl)$/i
/** Names that say what they are: a damaged one is told so by the reader of messages. */
const SURE_HL7_NAME = /\.(hl7|hl7v2|er7)$/i
/** Names that messages come under; what is in a folder is looked into before it is taken for one. */
const HL7_NAME = /\.(hl7|hl7v2|er7|msg|dat|txt)$/i

export async function sortFiles(paths: readonly string[]): Promise<SortedFiles> {
  const fhir: string[] = []
  const hl7: string[] = []
  for (const path of paths) {
    const info = await stat(path).catch(() => null)
    if (info?.isDirectory() === true) {
      fhir.push(path)
      for await (const file of filesIn(path)) if (await isForHl7(file)) hl7.push(file)
    } else if (info?.isFile() === true && (await isForHl7(path))) hl7.push(path)
    else fhir.push(path)
  }
  let hl7Bytes = 0
  for (const file of hl7) hl7Bytes += (await stat(file).catch(() => null))?.size ?? 0
  return { fhir, hl7, hl7Bytes }
}

async function isForHl7(path: string): Promise<boolean> {
  if (FHIR_NAME.test(path)) return false
  return SURE_HL7_NAME.test(path) || looksLikeHl7(path)
}

/** In the order of their names, without following links. */
async function* filesIn(folder: string): AsyncGenerator<string, void, void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesIn(path)
    else if (entry.isFile() && HL7_NAME.test(entry.name)) yield path
  }
}

/** Name, size and hash of a file as it is now; null where it cannot be read. */
export async function describeFile(path: string): Promise<SourceFile | null> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
    }
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return null
    throw error
  }
  return { name: basename(path), bytes, hash: hash.digest('hex') }
}
