/** Where the window was: kept in the settings folder, believed only as far as today's screens allow. */
import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'

const schema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(200).max(20_000),
  height: z.number().int().min(200).max(20_000),
  isMaximized: z.boolean(),
  zoomLevel: z.number().min(-3).max(5),
})
export type WindowState = z.infer<typeof schema>

export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The saved state, or null when there is none that can be read: never worth a message. */
export function loadWindowState(path: string): WindowState | null {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}

export async function saveWindowState(path: string, state: WindowState): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(state))
  await rename(`${path}.new`, path)
}

/** Keeps the size within the screen, and the place only where enough of the title bar can be grasped. */
export function fitToScreens(
  saved: WindowState | null,
  screens: readonly Area[],
): Partial<Area> & { width: number; height: number } {
  const main = screens[0] ?? { x: 0, y: 0, width: 1280, height: 800 }
  if (saved === null) return { width: Math.min(1280, main.width), height: Math.min(800, main.height) }
  const home = screens.find(
    (screen) =>
      saved.x + saved.width >= screen.x + 100 &&
      saved.x <= screen.x + screen.width - 100 &&
      saved.y >= screen.y - 10 &&
      saved.y <= screen.y + screen.height - 60,
  )
  const { width, height } = home ?? main
  const size = { width: Math.min(saved.width, width), height: Math.min(saved.height, height) }
  return home === undefined ? size : { ...size, x: saved.x, y: saved.y }
}
