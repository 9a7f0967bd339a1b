/**
 * Finding the resource that a reference means: `urn:uuid:`, relative, absolute, contained, conditional
 * (`Type?identifier=system|value`) and by identifier alone.
 */
import type { JsonObject } from './json.ts'
import { objectAt, objectsAt, referenceText } from './reading.ts'

export interface Item {
  resource: JsonObject
  /** Place in the file, e.g. `entry[12]` or `line 7`. */
  path: string
  fullUrl?: string | undefined
}

/** Types that other resources are found by identifier. */
const BY_IDENTIFIER = new Set([
  'Patient',
  'Encounter',
  'Practitioner',
  'Organization',
  'Location',
  'Coverage',
  'Medication',
  'Specimen',
  'Condition',
  'Claim',
  'MedicationRequest',
])

export interface References {
  /** The item that the reference of `from` leads to. Contained resources come back without a path of their own. */
  resolve(reference: string, from?: JsonObject): JsonObject | undefined
  /** As `resolve` for `{reference}` and `{identifier}` objects. */
  follow(value: JsonObject | undefined, from?: JsonObject): JsonObject | undefined
  keyOf(resource: JsonObject): string | undefined
}

/** `outer` is asked for what is not among the items. */
export function indexReferences(items: readonly Item[], outer?: References): References {
  const byName = new Map<string, JsonObject>()
  const byIdentifier = new Map<string, JsonObject>()
  const keys = new Map<JsonObject, string>()
  for (const { resource, fullUrl } of items) {
    const type = resource['resourceType'] as string
    const id = resource['id']
    if (fullUrl !== undefined) {
      byName.set(fullUrl, resource)
      keys.set(resource, fullUrl)
    }
    if (typeof id === 'string' && id !== '') {
      const name = `${type}/${id}`
      byName.set(name, resource)
      if (fullUrl === undefined) {
        keys.set(resource, name)
        // Some exporters write urn:uuid references and no fullUrl.
        byName.set(`urn:uuid:${id}`, resource)
      }
    }
    if (!BY_IDENTIFIER.has(type)) continue
    for (const identifier of objectsAt(resource['identifier'])) {
      const value = identifier['value']
      if (typeof value !== 'string') continue
      const system = typeof identifier['system'] === 'string' ? identifier['system'] : ''
      byIdentifier.set(`${type}|${system}|${value}`, resource)
      if (!byIdentifier.has(`${type}||${value}`)) byIdentifier.set(`${type}||${value}`, resource)
    }
  }

  function resolve(reference: string, from?: JsonObject): JsonObject | undefined {
    if (reference.charCodeAt(0) === 35) {
      const id = reference.slice(1)
      return objectsAt(from?.['contained']).find((each) => each['id'] === id)
    }
    const found = byName.get(reference)
    if (found !== undefined) return found
    const query = reference.indexOf('?')
    if (query >= 0) {
      const conditional = ofCondition(reference.slice(0, query), reference.slice(query + 1))
      if (conditional !== undefined) return conditional
    } else {
      const plain = reference.replace(/\/_history\/.*$/, '')
      if (plain !== reference && byName.has(plain)) return byName.get(plain)
      const parts = plain.split('/')
      if (parts.length > 2) {
        const relative = byName.get(`${parts[parts.length - 2]!}/${parts[parts.length - 1]!}`)
        if (relative !== undefined) return relative
      }
    }
    return outer?.resolve(reference, from)
  }

  function ofCondition(path: string, query: string): JsonObject | undefined {
    const type = path.slice(path.lastIndexOf('/') + 1)
    for (const pair of query.split('&')) {
      if (!pair.startsWith('identifier=')) continue
      const token = decoded(pair.slice('identifier='.length))
      const bar = token.indexOf('|')
      return byIdentifier.get(
        bar < 0 ? `${type}||${token}` : `${type}|${token.slice(0, bar)}|${token.slice(bar + 1)}`,
      )
    }
    return undefined
  }

  return {
    resolve,
    follow(value, from) {
      if (value === undefined) return undefined
      const reference = referenceText(value)
      if (reference !== undefined) return resolve(reference, from)
      const identifier = objectAt(value['identifier'])
      const number = identifier?.['value']
      const type = value['type']
      if (typeof number !== 'string') return undefined
      const system = typeof identifier?.['system'] === 'string' ? identifier['system'] : ''
      const types =
        typeof type === 'string' ? [type] : ['Patient', 'Encounter', 'Organization', 'Practitioner']
      for (const each of types) {
        const found = byIdentifier.get(`${each}|${system}|${number}`)
        if (found !== undefined) return found
      }
      return outer?.follow(value, from)
    },
    keyOf: (resource) => keys.get(resource) ?? outer?.keyOf(resource),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
