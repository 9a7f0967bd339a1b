/** The mark in the notification area: says that the node runs although no window is open. */
import { Menu, nativeImage, Tray } from 'electron'
import type { ShellWords } from './words.ts'

export interface TrayMark {
  /** @param institutionName null when no institution is open */
  update(words: ShellWords, institutionName: string | null): void
  destroy(): void
}

export function createTrayMark(icon: string, show: () => void, quit: () => void): TrayMark {
  const tray = new Tray(nativeImage.createFromPath(icon))
  tray.on('click', show)
  return {
    update(words, institutionName) {
      tray.setToolTip(institutionName === null ? words.trayIdle : words.trayRunning(institutionName))
      tray.setContextMenu(
        Menu.buildFromTemplate([
          {
            label: institutionName === null ? words.trayIdle : words.trayRunning(institutionName),
            enabled: false,
          },
          { type: 'separator' },
          { label: words.show, click: show },
          { label: words.quit, click: quit },
        ]),
      )
    },
    destroy: () => tray.destroy(),
  }
}
