/** The names of the contract without its schemas: what the preload builds its bridge from. */
import { contract, events } from './index.ts'

const namesOf = (services: Readonly<Record<string, object>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(services).map(([name, members]) => [name, Object.keys(members)]))

export const contractNames = { methods: namesOf(contract), events: namesOf(events) } as const

/** The channel of a method or an event between main and window. */
export const channelOf = (service: string, member: string): string => `${service}.${member}`
