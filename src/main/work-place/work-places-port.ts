/** The work places of an open institution as its services see them. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type { workPlaces as contract, WorkPlacesOverview } from '../../shared/contract/work-places.ts'

type Answers = Handlers<typeof contract>

export interface WorkPlaces {
  overview(): WorkPlacesOverview
  /** @param by key id of the administrator */
  openPairing(wish: {
    name: string
    listen?: string | undefined
    by: string
  }): ReturnType<Answers['openPairing']>
  closePairing(): Promise<void>
  /** False where there is none of this id. */
  remove(placeId: string): Promise<boolean>
  /** Also of one that was removed. */
  nameOf(placeId: string): string | null
  setListening(listen: string | null): Promise<'set' | 'bad-address' | 'address-in-use'>
}
