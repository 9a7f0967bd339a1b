/** How this installation looks, and which profiles it opened last. Never a patient's data, never a secret. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { settings as settingsSchema, type Settings } from '../../shared/contract/app.ts'
import { readTextFile, writeFileAtomic } from '../profile/atomic-file.ts'

const recent = z.object({ folder: z.string(), name: z.string(), isSynthetic: z.boolean() })
export type RecentProfile = z.infer<typeof recent>
const file = z.object({
  format: z.literal(1),
  settings: settingsSchema.partial(),
  recentProfiles: z.array(recent),
})

const RECENT_MAX = 10

export interface SettingsFile {
  readonly settings: Settings
  readonly recentProfiles: readonly RecentProfile[]
  /** What changed holds for this run even where it cannot be written, as on a full disk. */
  save(change: Partial<Settings>): Promise<Settings>
  remember(profile: RecentProfile): Promise<void>
  forget(folder: string): Promise<void>
}

/** A file that is missing or damaged gives the defaults: settings are a comfort, never a reason not to start. */
export async function openSettings(folder: string, systemLocale: string): Promise<SettingsFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'settings.json')
  const saved = await load(path)
  let settings: Settings = { ...defaults(systemLocale), ...saved.settings }
  let recentProfiles = saved.recentProfiles
  let writing: Promise<void> = Promise.resolve()
  const write = (): Promise<void> => {
    const text = JSON.stringify({ format: 1, settings, recentProfiles }, null, 2)
    // Not written is forgotten at the next start, and no reason to stop anything.
    writing = writing.then(() => writeFileAtomic(path, text)).catch(() => {})
    return writing
  }
  return {
    get settings() {
      return settings
    },
    get recentProfiles() {
      return recentProfiles
    },
    async save(change) {
      settings = { ...settings, ...change }
      await write()
      return settings
    },
    async remember(profile) {
      recentProfiles = [profile, ...recentProfiles.filter(({ folder: at }) => at !== profile.folder)].slice(
        0,
        RECENT_MAX,
      )
      await write()
    },
    async forget(folder) {
      recentProfiles = recentProfiles.filter(({ folder: at }) => at !== folder)
      await write()
    },
  }
}

async function load(path: string): Promise<{ settings: Partial<Settings>; recentProfiles: RecentProfile[] }> {
  try {
    const parsed = file.safeParse(JSON.parse((await readTextFile(path)) ?? 'null'))
    if (parsed.success) return parsed.data
  } catch {
    // Not readable: defaults.
  }
  return { settings: {}, recentProfiles: [] }
}

function defaults(systemLocale: string): Settings {
  const isTraditional = /^zh[-_](TW|HK|MO|Hant)/i.test(systemLocale)
  return {
    locale: isTraditional ? 'zh-Hant' : 'en',
    theme: 'system',
    lockAfterMinutes: 15,
    navigationCollapsed: false,
  }
}
