/**
 * The bridge between the window and the node: one function for each method of the contract and one subscription
 * for each event; nothing generic, and `ipcRenderer` itself never reaches the page. It holds no schemas:
 * main parses what arrives, since main is the trust boundary.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { contractNames } from '../shared/contract/names.ts'

// Put here by the build (electron.vite.config.ts).
declare const __CONTRACT_NAMES__: typeof contractNames

type Ask = (input?: unknown) => Promise<unknown>
type Listener = (payload: unknown) => void

const services: Record<string, Record<string, Ask>> = {}
for (const [service, methods] of Object.entries(__CONTRACT_NAMES__.methods)) {
  const asks: Record<string, Ask> = {}
  for (const method of methods) {
    const channel = `${service}.${method}`
    asks[method] = (input) => ipcRenderer.invoke(channel, input)
  }
  services[service] = asks
}

contextBridge.exposeInMainWorld('consilium', {
  ...services,
  on(service: string, event: string, listener: Listener): () => void {
    if (!Object.hasOwn(__CONTRACT_NAMES__.events, service)) throw new Error('no such event')
    if (!__CONTRACT_NAMES__.events[service]!.includes(event)) throw new Error('no such event')
    const channel = `${service}.${event}`
    const forward = (_: unknown, payload: unknown) => listener(payload)
    ipcRenderer.on(channel, forward)
    return () => ipcRenderer.removeListener(channel, forward)
  },
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
})
