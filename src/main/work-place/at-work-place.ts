/**
 * The application behind the window, when the window may be at a work place too: what the node answers is asked there, what is
 * this computer's own stays with `app-service.ts`.
 */
import { resolve } from 'node:path'
import type { app as appContract, Session } from '../../shared/contract/app.ts'
import type { joining } from '../../shared/contract/joining.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import type { ComposeOptions } from '../desktop.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { ProfileFailure } from '../profile/profile-failure.ts'
import { lockProfile } from '../profile/profile-lock.ts'
import type { AppService } from '../services/app-service.ts'
import type { Caller } from '../services/dispatch.ts'
import type { SettingsFile } from '../services/settings.ts'
import { NodeOnlyFailure } from './node-only.ts'
import { openPlace, type OpenPlace } from './open-place.ts'
import { loadPlace, type PlaceFacts } from './place-folder.ts'
import { pairWorkPlace } from './pair.ts'

type App = Handlers<typeof appContract>
type OpenAnswer = Awaited<ReturnType<App['open']>>

export interface AppAtWorkPlaces extends AppService {
  readonly pairWorkPlace: Handlers<typeof joining>['pairWorkPlace']
}

export function atWorkPlaces(
  app: AppService,
  options: ComposeOptions,
  world: ProfileWorld,
  settingsFile: SettingsFile,
): AppAtWorkPlaces {
  const { emit } = options
  let place: OpenPlace | null = null
  // One change of what the window is at, at a time.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => {})
    return mine
  }

  const callerNow = (): Caller => place?.caller ?? app.caller

  async function leave(): Promise<void> {
    const before = place
    place = null
    await before?.close()
  }
  /** Whatever comes next is no work place. */
  const elsewhere =
    <Input, Output>(handle: (input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> =>
      inTurn(async () => {
        await leave()
        return handle(input)
      })

  async function enter(folder: string, facts: PlaceFacts): Promise<OpenPlace> {
    if (place?.folder === folder) await leave()
    // Before anything is closed: a folder that is in use elsewhere leaves the node that runs here as it is.
    const lock = await lockProfile(folder)
    try {
      await leave()
      await app.handlers.closeProfile(undefined)
    } catch (error) {
      await lock.release()
      throw error
    }
    const opening = {
      world,
      folder,
      facts,
      desktop: options.desktop,
      emit,
      idleMinutes: () => settingsFile.settings.lockAfterMinutes,
    }
    const opened = await openPlace(opening, lock)
    place = opened
    const { institutionName, name, isSynthetic } = facts
    await settingsFile.remember({ folder, name: `${institutionName} · ${name}`, isSynthetic })
    await opened.reached()
    return opened
  }

  async function answering(work: () => Promise<OpenAnswer>): Promise<OpenAnswer> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ProfileFailure)) throw error
      const { code, detail } = error.detail
      return { kind: 'refused', reason: code, ...(detail === undefined ? {} : { detail }) }
    }
  }
  /** Locked, with the line that comes or does not. */
  async function shown(opened: OpenPlace): Promise<OpenAnswer> {
    const session = await opened.app.session(undefined)
    emit('app', 'sessionChanged', session)
    return { kind: 'opened', session }
  }

  const open: App['open'] = ({ folder, passphrase, account }) =>
    inTurn(() =>
      answering(async () => {
        const at = resolve(folder)
        const facts = await loadPlace(at)
        if (facts === null) {
          await leave()
          return app.handlers.open({ folder, passphrase, account })
        }
        const opened = place?.folder === at ? place : await enter(at, facts)
        if (passphrase === '') return shown(opened)
        const answer = await opened.app.unlock({ passphrase, account })
        if (answer.kind === 'opened') return answer
        // Without its node it opens locked and says so; a wrong passphrase opens nothing.
        if (answer.reason === 'node-away') return shown(opened)
        await leave()
        return answer
      }),
    )

  async function session(): Promise<Session> {
    if (place !== null) return place.app.session(undefined)
    const now = await app.handlers.session(undefined)
    return now.state === 'none' ? { ...now, recentProfiles: await withPlaces(now.recentProfiles) } : now
  }

  /** Of a work place only its node knows how many have accounts: the account is always asked for. */
  async function withPlaces(
    recent: Extract<Session, { state: 'none' }>['recentProfiles'],
  ): Promise<typeof recent> {
    const isPlace = (folder: string) =>
      loadPlace(folder).then(
        (facts) => facts,
        () => null,
      )
    const shownToo = await Promise.all(
      recent.map(async (each) =>
        (await isPlace(each.folder)) === null ? each : { ...each, needsAccount: true },
      ),
    )
    const asked = options.profileFolder === null ? null : resolve(options.profileFolder)
    if (asked === null || recent.some(({ folder }) => folder === asked)) return shownToo
    const facts = await isPlace(asked)
    if (facts === null) return shownToo
    const name = `${facts.institutionName} · ${facts.name}`
    return [{ folder: asked, name, isSynthetic: facts.isSynthetic, needsAccount: true }, ...shownToo]
  }

  /** What the node answers for a work place, and this process for everything else. */
  const either = <Name extends keyof OpenPlace['app']>(name: Name): App[Name] =>
    ((input: never) => {
      const handle = (place?.app ?? app.handlers)[name] as (input: never) => Promise<unknown>
      return handle(input)
    }) as App[Name]

  const onlyAtNode = <Name extends 'saveRecoveryKit' | 'proveRecoveryKit'>(name: Name): App[Name] =>
    ((input: never) =>
      place === null
        ? (app.handlers[name] as (input: never) => Promise<unknown>)(input)
        : Promise.reject(new NodeOnlyFailure({ code: 'only-at-node' }))) as App[Name]

  return {
    handlers: {
      ...app.handlers,
      session,
      open,
      found: elsewhere(app.handlers.found),
      openDemonstration: elsewhere(app.handlers.openDemonstration),
      restoreFromKit: elsewhere(app.handlers.restoreFromKit),
      lock: either('lock'),
      lockWholly: either('lockWholly'),
      unlock: either('unlock'),
      unlockByPin: either('unlockByPin'),
      setPin: either('setPin'),
      removePin: either('removePin'),
      touched: either('touched'),
      saveRecoveryKit: onlyAtNode('saveRecoveryKit'),
      proveRecoveryKit: onlyAtNode('proveRecoveryKit'),
      closeProfile: () =>
        inTurn(async () => {
          if (place === null) return app.handlers.closeProfile(undefined)
          await leave()
          const now = await session()
          emit('app', 'sessionChanged', now)
          return now
        }),
      async saveSettings({ lockAfterMinutes, ...change }) {
        // Whoever passes a locked screen may choose the language, not how long it stays open.
        const isKept = lockAfterMinutes === undefined || place?.isLocked === true
        const saved = await app.handlers.saveSettings(isKept ? change : { ...change, lockAfterMinutes })
        await place?.idleAfter(saved.lockAfterMinutes)
        return saved
      },
    },
    caller: {
      person: () => callerNow().person(),
      absence: () => callerNow().absence(),
      get confirmations() {
        return callerNow().confirmations
      },
      get audit() {
        return callerNow().audit
      },
      get openings() {
        return callerNow().openings
      },
    },
    services: () => place?.handlers ?? app.services(),
    jobs: app.jobs,
    startAlone: () => app.startAlone(),
    pairWorkPlace: ({ folder, address, code }) =>
      inTurn(() =>
        answering(async () => {
          const at = resolve(folder)
          return shown(await enter(at, await pairWorkPlace(world, { folder: at, address, code })))
        }),
      ),
    close: () =>
      inTurn(async () => {
        await leave()
        await app.close()
      }),
  }
}
