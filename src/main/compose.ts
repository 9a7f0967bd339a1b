/** The only place, with `headless.ts` and `world.ts`, where adapters are chosen and wired: the application behind the window. */
import type { AllHandlers } from '../shared/contract/index.ts'
import type { Composed, ComposeOptions } from './desktop.ts'
import type { ProfileWorld } from './profile/open-profile.ts'
import { createAppService } from './services/app-service.ts'
import { AccessFailure } from './services/context.ts'
import { createJoiningService } from './services/joining-service.ts'
import type { ProfileServices } from './services/profile-services.ts'
import { openSettings } from './services/settings.ts'
import { atWorkPlaces } from './work-place/at-work-place.ts'
import { realWorld } from './world.ts'

/**
 * Opens no session by itself: a person gives the passphrase. A node that may start alone does (`startAlone`). `given` is
 * another world in tests only.
 */
export async function compose(options: ComposeOptions, given: ProfileWorld = realWorld()): Promise<Composed> {
  const world: ProfileWorld =
    options.secretStore === undefined ? given : { ...given, secretStore: options.secretStore }
  const settings = await openSettings(options.settingsFolder, options.systemLocale)
  const app = atWorkPlaces(createAppService(options, world, settings), options, world, settings)
  const handlers: AllHandlers = {
    app: app.handlers,
    node: ofOpenProfile(app.services, 'node'),
    jobs: {
      list: async (input) => [
        ...(await app.jobs.list(input)),
        ...((await app.services()?.jobs.list(input)) ?? []),
      ],
      cancel: async (input) => {
        const { isCancelled } = await app.jobs.cancel(input)
        return isCancelled ? { isCancelled } : ((await app.services()?.jobs.cancel(input)) ?? { isCancelled })
      },
    },
    records: ofOpenProfile(app.services, 'records'),
    patients: ofOpenProfile(app.services, 'patients'),
    people: ofOpenProfile(app.services, 'people'),
    chain: ofOpenProfile(app.services, 'chain'),
    imports: ofOpenProfile(app.services, 'imports'),
    tables: ofOpenProfile(app.services, 'tables'),
    templates: ofOpenProfile(app.services, 'templates'),
    governance: ofOpenProfile(app.services, 'governance'),
    access: ofOpenProfile(app.services, 'access'),
    erasures: ofOpenProfile(app.services, 'erasures'),
    shares: ofOpenProfile(app.services, 'shares'),
    joining: {
      ...createJoiningService({
        world,
        desktop: options.desktop,
        open: (folder, passphrase) => app.handlers.open({ folder, passphrase }),
      }),
      pairWorkPlace: app.pairWorkPlace,
    },
    models: ofOpenProfile(app.services, 'models'),
    cohorts: ofOpenProfile(app.services, 'cohorts'),
    cleaning: ofOpenProfile(app.services, 'cleaning'),
    pathways: ofOpenProfile(app.services, 'pathways'),
    studies: ofOpenProfile(app.services, 'studies'),
    requests: ofOpenProfile(app.services, 'requests'),
    checks: ofOpenProfile(app.services, 'checks'),
    snapshots: ofOpenProfile(app.services, 'snapshots'),
    exposures: ofOpenProfile(app.services, 'exposures'),
    monitor: ofOpenProfile(app.services, 'monitor'),
    pricing: ofOpenProfile(app.services, 'pricing'),
    tariffs: ofOpenProfile(app.services, 'tariffs'),
    releases: ofOpenProfile(app.services, 'releases'),
    upkeep: ofOpenProfile(app.services, 'upkeep'),
    codes: ofOpenProfile(app.services, 'codes'),
    proofs: ofOpenProfile(app.services, 'proofs'),
    reviews: ofOpenProfile(app.services, 'reviews'),
    summaries: ofOpenProfile(app.services, 'summaries'),
    audit: ofOpenProfile(app.services, 'audit'),
    workPlaces: ofOpenProfile(app.services, 'workPlaces'),
  }
  // Behind the window, which shows the lock screen when it is done; a bug in it is as loud as any other.
  void app.startAlone()
  return { handlers, caller: app.caller, close: () => app.close() }
}

type ProfileHandlers = ProfileServices['handlers']

/** The service of whichever profile is open when the call arrives. @throws {AccessFailure} `no-profile` */
function ofOpenProfile<Name extends keyof ProfileHandlers>(
  services: () => ProfileHandlers | null,
  name: Name,
): ProfileHandlers[Name] {
  return new Proxy({} as ProfileHandlers[Name], {
    get: (_, method) => async (input: unknown) => {
      const open = services()
      if (open === null) throw new AccessFailure({ code: 'no-profile' })
      const service = open[name] as unknown as Record<string, (input: unknown) => Promise<unknown>>
      return service[String(method)]!(input)
    },
  })
}
