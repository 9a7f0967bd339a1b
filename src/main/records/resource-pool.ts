/**
 * Resources of many files by patient, and the visits that they make together: what names no bundle of its own (NDJSON,
 * single resources, pages of searches, rows of tables that stand for resources).
 */
import { readJson, writeJson } from './fhir/json.ts'
import type { JsonObject } from './fhir/json.ts'
import { mapBundle } from './fhir/map-bundle.ts'
import type { Mapped, MapOptions } from './fhir/mapped.ts'
import { objectAt, referenceText } from './fhir/reading.ts'
import { indexReferences } from './fhir/references.ts'
import type { Item } from './fhir/references.ts'
import { CONTEXT_TYPES } from './fhir/resource-types.ts'
import { Gathering } from './gather.ts'

/** Patients, organisations and the like of other files that a resource may refer to. */
const CONTEXT_MAX = 200_000
/** Context that belongs to one patient and is gathered with the rest of it. */
const OF_ONE_PATIENT = new Set(['Coverage', 'Consent', 'Specimen'])

interface Gathered {
  item: Item
  file: string
  hasBadText: boolean
}

export interface ResourceGroup {
  readonly mapped: Mapped
  /** File and place of a path of `mapped`: resources of several files meet in a group. */
  placeOf(path: string): [file: string, path: string]
  readonly firstFile: string
}

export class ResourcePool {
  private readonly gathering: Gathering<Gathered>
  private readonly context: Item[] = []
  private readonly contextNames = new Set<string>()

  constructor(bytesMax?: number) {
    this.gathering = new Gathering(FORM, bytesMax)
  }

  /** Every bundle of an export repeats the same organisations and practitioners: each is kept once. */
  addContext(item: Item): void {
    const { resourceType, id } = item.resource
    const name = item.fullUrl ?? (typeof id === 'string' ? `${String(resourceType)}/${id}` : '')
    if (this.context.length >= CONTEXT_MAX || this.contextNames.has(name)) return
    if (name !== '') this.contextNames.add(name)
    this.context.push({ resource: withoutText(item.resource), path: item.path, fullUrl: item.fullUrl })
  }

  /** `text` is the resource's own JSON, when it is at hand. @throws {GatherFailure} */
  async add(item: Item, file: string, hasBadText: boolean, text?: string): Promise<void> {
    const type = item.resource['resourceType']
    const isShared = typeof type === 'string' && CONTEXT_TYPES.has(type) && !OF_ONE_PATIENT.has(type)
    if (isShared && !hasBadText) {
      this.addContext(item)
      return
    }
    // References by identifier may lead from another part to this patient.
    if (type === 'Patient' && !hasBadText) this.addContext(item)
    const gathered: Gathered = { item, file, hasBadText }
    await this.gathering.add(
      patientName(item.resource),
      gathered,
      text?.length ?? 2000,
      text === undefined ? undefined : lineOf(gathered, text),
    )
  }

  /**
   * Maps what was gathered, a group of patients at a time.
   * @param prepare puts together what came in pieces, e.g. the lines of a claim
   */
  async *map(
    options: MapOptions,
    prepare: (items: Item[]) => Item[] = (items) => items,
  ): AsyncGenerator<ResourceGroup, void, void> {
    if (this.gathering.isEmpty) return
    const outer = indexReferences(this.context)
    for await (const group of this.gathering.groups()) {
      // Places name their file too: resources of several files meet here.
      const items = group.map(({ item }, i) => ({ ...item, path: `${i}\u0001${item.path}` }))
      const hasBadText = group.some((each) => each.hasBadText)
      yield {
        mapped: mapBundle(prepare(items), { ...options, outer }, hasBadText),
        placeOf: (path) => {
          const mark = path.indexOf('\u0001')
          return [group[Number(path.slice(0, mark))]?.file ?? '', path.slice(mark + 1).replace(/^\./, '')]
        },
        firstFile: group[0]!.file,
      }
    }
  }

  remove(): Promise<void> {
    return this.gathering.remove()
  }
}

const lineOf = ({ item, file, hasBadText }: Gathered, resource: string): string =>
  JSON.stringify([file, item.path, item.fullUrl ?? null, hasBadText, resource])

const FORM = {
  write: (gathered: Gathered): string => lineOf(gathered, writeJson(gathered.item.resource)),
  read(text: string): Gathered | undefined {
    const [file, path, fullUrl, hasBadText, resource] = JSON.parse(text) as [
      string,
      string,
      string | null,
      boolean,
      string,
    ]
    const read = readJson(resource)
    if (read.kind !== 'json') return undefined
    return {
      item: { resource: read.value as JsonObject, path, fullUrl: fullUrl ?? undefined },
      file,
      hasBadText,
    }
  },
}

/** Narrative is of no use to a name, and it is most of the bytes. */
function withoutText(resource: JsonObject): JsonObject {
  if (resource['text'] === undefined) return resource
  const { text: _text, ...rest } = resource
  return rest
}

/** One word for the patient that a resource belongs to, the same in every way of referring to it. */
function patientName(resource: JsonObject): string {
  if (resource['resourceType'] === 'Patient') {
    const id = resource['id']
    return typeof id === 'string' ? id : ''
  }
  const link =
    objectAt(resource['subject']) ?? objectAt(resource['patient']) ?? objectAt(resource['beneficiary'])
  const reference = referenceText(link) ?? ''
  const plain = reference.replace(/\/_history\/.*$/, '').replace(/^urn:uuid:/, '')
  return plain.slice(plain.lastIndexOf('/') + 1)
}
