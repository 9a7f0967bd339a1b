/** When the folder was last backed up and when a backup was last tried: `backups.json`. What is lost is done again. */
import { join } from 'node:path'
import { z } from 'zod'
import { madeBackup, restoreCheck } from '../../shared/contract/upkeep.ts'
import { readTextFile, writeFileAtomic } from './atomic-file.ts'

const FILE = 'backups.json'
const file = z.object({
  format: z.literal(1),
  last: madeBackup.nullable(),
  lastCheck: restoreCheck.nullable(),
})
export type BackupRecords = Omit<z.infer<typeof file>, 'format'>

export async function loadBackupRecords(folder: string): Promise<BackupRecords> {
  try {
    const parsed = file.safeParse(JSON.parse((await readTextFile(join(folder, FILE))) ?? 'null'))
    if (parsed.success) return parsed.data
  } catch {
    // Not readable: nobody knows, so it is to be done.
  }
  return { last: null, lastCheck: null }
}

export async function saveBackupRecords(folder: string, change: Partial<BackupRecords>): Promise<void> {
  const { last, lastCheck } = { ...(await loadBackupRecords(folder)), ...change }
  await writeFileAtomic(join(folder, FILE), `${JSON.stringify({ format: 1, last, lastCheck }, null, 2)}\n`)
}
