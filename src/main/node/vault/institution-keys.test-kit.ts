/** Keys of an institution that nobody had before. */
import { randomBytes } from 'node:crypto'
import type { InstitutionKeys, NodeKeys, SessionKeys } from './institution-keys.ts'

export const freshKey = () => new Uint8Array(randomBytes(32))
const epochs = () => [{ epoch: 0, key: freshKey() }]

export const freshKeys = (): InstitutionKeys => ({
  node: freshNodeKeys(),
  session: freshSessionKeys(),
  root: { root: freshKey() },
})

export const freshNodeKeys = (): NodeKeys => ({
  consensus: freshKey(),
  network: freshKey(),
  author: freshKey(),
  gateway: freshKey(),
  next: [],
  gatewayEpochs: epochs(),
  linkageEpochs: epochs(),
  networkGenerations: epochs(),
})

export const freshSessionKeys = (): SessionKeys => ({
  custodian: freshKey(),
  custodianEpochs: epochs(),
  names: freshKey(),
  patientIndex: freshKey(),
  drafts: freshKey(),
  importSecret: freshKey(),
  user: freshKey(),
  person: { name: 'Lin', userKeyId: 'u1', roles: ['clerk'] },
})
