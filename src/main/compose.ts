/**
 * The only place where adapters are chosen and wired.
 * So far the frame alone: without an institution's services every call says that it is not available.
 */
import { contract, type AllHandlers } from '../shared/contract/index.ts'
import { Failure } from '../shared/std/failure.ts'
import type { Composed, ComposeOptions } from './desktop.ts'

export async function compose(options: ComposeOptions): Promise<Composed> {
  const notAvailable = () => Promise.reject(new Failure({ code: 'not-available' }))
  const handlers = Object.fromEntries(
    Object.entries(contract).map(([service, methods]) => [
      service,
      Object.fromEntries(Object.keys(methods).map((method) => [method, notAvailable])),
    ]),
  ) as unknown as AllHandlers
  handlers.app.session = () => Promise.resolve({ state: 'none', recentProfiles: [] })
  handlers.app.settings = () =>
    Promise.resolve({
      locale: options.systemLocale.startsWith('zh') ? 'zh-Hant' : 'en',
      theme: 'system',
      lockAfterMinutes: 10,
      navigationCollapsed: false,
    })
  handlers.app.quit = () => options.desktop.quit()
  return { handlers, close: () => Promise.resolve() }
}
