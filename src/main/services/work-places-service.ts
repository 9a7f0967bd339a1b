/** Pairing work places, seeing and removing them: an administrator's. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type { workPlaces as contract } from '../../shared/contract/work-places.ts'
import type { WorkPlaces } from '../work-place/work-places-port.ts'
import { nameSubject } from './audit-subject.ts'
import { AccessFailure, leaseOf, profileOf, type ServiceContext } from './context.ts'

export function createWorkPlacesService(context: ServiceContext): Handlers<typeof contract> {
  function places(): WorkPlaces {
    profileOf(context)
    const open = context.workPlaces?.() ?? null
    // Without a node there is nobody to connect to.
    if (open === null) throw new AccessFailure({ code: 'read-only' })
    return open
  }
  const changed = () => context.emit('workPlaces', 'changed', null)
  return {
    list: async () => places().overview(),
    async openPairing({ name, listen }) {
      const by = leaseOf(context).session.person.userKeyId
      const answer = await places().openPairing({ name, listen, by })
      changed()
      return answer
    },
    async closePairing() {
      await places().closePairing()
      changed()
      return places().overview()
    },
    async remove({ placeId }) {
      if (places().nameOf(placeId) !== null) nameSubject({ workPlace: placeId })
      await places().remove(placeId)
      changed()
      return places().overview()
    },
    async setListening({ listen }) {
      const answer = await places().setListening(listen)
      changed()
      return answer === 'set'
        ? { kind: 'set', overview: places().overview() }
        : { kind: 'refused', reason: answer }
    },
  }
}
