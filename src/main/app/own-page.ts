/** Whose calls over Electron's IPC are answered: those of our page, in the main frame of our window (E9 of SECURITY.md). */
import type { IpcMainInvokeEvent, WebContents } from 'electron'

/**
 * @param window the one window's contents, null while there is none
 * @param origin of our page: `app://consilium`, or the development server's
 */
export function isOwnPage(
  event: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>,
  window: WebContents | null,
  origin: string,
): boolean {
  const frame = event.senderFrame // null when it has navigated away or is gone
  return (
    window !== null &&
    event.sender === window &&
    frame !== null &&
    frame === window.mainFrame &&
    frame.origin === origin
  )
}
