/** A secret in the clipboard stays half a minute, or until the application ends, unless something else was copied since. */
export interface ClipboardPort {
  writeText(text: string): unknown
  readText(): string | Promise<string>
  clear(): unknown
}

export interface SecretClipboard {
  copy(text: string): void
  /** Before the application ends: what would have gone by itself goes now. */
  forget(): Promise<void>
}

export const SECRET_STAYS_MS = 30_000

export function createSecretClipboard(clipboard: ClipboardPort): SecretClipboard {
  /** As they were copied: another program may hand any of them back. */
  const copied = new Map<string, NodeJS.Timeout>()

  async function forget(): Promise<void> {
    for (const timer of copied.values()) clearTimeout(timer)
    const secrets = new Set(copied.keys())
    copied.clear()
    // Awaited, since newer versions of Electron answer with a promise.
    if (secrets.size > 0 && secrets.has(await clipboard.readText())) void clipboard.clear()
  }
  return {
    copy(text) {
      void clipboard.writeText(text)
      clearTimeout(copied.get(text))
      const clear = async () => {
        copied.delete(text)
        if ((await clipboard.readText()) === text) void clipboard.clear()
      }
      copied.set(
        text,
        setTimeout(() => void clear(), SECRET_STAYS_MS),
      )
    },
    forget,
  }
}
