/** The work places of an institution: further machines that connect to its node, paired by an administrator with a code. */
import { z } from 'zod'
import type { EventMap, Service } from './kit.ts'

export const placeName = z.string().trim().min(1).max(60)

export const workPlaceView = z.object({
  placeId: z.string(),
  name: z.string(),
  pairedAt: z.number(),
  /** The administrator's name; null where they are on the list no more. */
  pairedBy: z.string().nullable(),
  /** Milliseconds since 1970; null for one that never connected. */
  lastSeenAt: z.number().nullable(),
  isConnected: z.boolean(),
  /** Who has unlocked there now. */
  personName: z.string().nullable(),
  /** Versions of the application at both ends, where they are not the same; null too while it is not connected. */
  otherVersion: z.object({ there: z.string(), node: z.string() }).nullable(),
  /** The port at which it still looks for this node, where that is another one by now. */
  dialsPort: z.number().int().nullable(),
})
export type WorkPlaceView = z.infer<typeof workPlaceView>

export const placesListening = z.discriminatedUnion('kind', [
  /** No work place can connect. */
  z.object({ kind: z.literal('off') }),
  /** `addresses`: where this machine is found from outside, as far as it knows. */
  z.object({ kind: z.literal('listening'), listen: z.string(), addresses: z.array(z.string()) }),
  /** The address could not be taken; code of the failure. */
  z.object({ kind: z.literal('failed'), listen: z.string(), code: z.string() }),
])
export type PlacesListening = z.infer<typeof placesListening>

export const workPlacesOverview = z.object({
  listening: placesListening,
  places: z.array(workPlaceView),
  /** A code that waits to be typed; the code itself is shown once. */
  pairing: z.object({ name: z.string(), until: z.number() }).nullable(),
  /** Somebody without the node's key changed the list: nobody is admitted until it is made anew. */
  isListChanged: z.boolean(),
})
export type WorkPlacesOverview = z.infer<typeof workPlacesOverview>

const listen = z.string().trim().min(1).max(260)

export const workPlaces = {
  list: { input: z.void(), output: workPlacesOverview },
  /** A code for one machine, instead of one that waits. Without an address yet, `listen` or every address of this machine. */
  openPairing: {
    input: z.object({ name: placeName, listen: listen.optional() }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('open'),
        code: z.string(),
        until: z.number(),
        /** What is typed beside the code, the likeliest first. */
        addresses: z.array(z.string()),
      }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['name-taken', 'too-many', 'bad-address', 'address-in-use']),
      }),
    ]),
  },
  closePairing: { input: z.void(), output: workPlacesOverview },
  /** It is cut off at once and never admitted again. */
  remove: { input: z.object({ placeId: z.string().max(32) }), output: workPlacesOverview },
  /** Null lets nobody in. */
  setListening: {
    input: z.object({ listen: listen.nullable() }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('set'), overview: workPlacesOverview }),
      z.object({ kind: z.literal('refused'), reason: z.enum(['bad-address', 'address-in-use']) }),
    ]),
  },
} satisfies Service

export const workPlaceEvents = {
  changed: z.null(),
} satisfies EventMap
