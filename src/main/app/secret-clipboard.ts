/** A secret in the clipboard stays half a minute, unless something else was copied since. */
export interface ClipboardPort {
  writeText(text: string): unknown
  readText(): string | Promise<string>
  clear(): unknown
}

export const SECRET_STAYS_MS = 30_000

export function copySecret(clipboard: ClipboardPort, text: string): void {
  void clipboard.writeText(text)
  // Awaited, since newer versions of Electron answer with a promise.
  const forget = async () => {
    if ((await clipboard.readText()) === text) void clipboard.clear()
  }
  setTimeout(() => void forget(), SECRET_STAYS_MS)
}
