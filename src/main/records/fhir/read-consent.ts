/**
 * FHIR Consent → what a patient agreed to for the data of a visit. Consents to being treated and directives are not about
 * data. Of several that speak of one visit the narrowest is taken: what a file says unclearly never allows more.
 */
import { CONSENT_SCOPES, type Consent } from '../../../shared/domain/consent.ts'
import { isDuring } from './coverage.ts'
import type { JsonObject } from './json.ts'
import { cut, goodWhen, objectAt, objectsAt, textAt, type Issues } from './reading.ts'

export interface ReadConsent {
  /** Null: it says nothing of research. */
  readonly allowsResearch: boolean | null
  /** Null: it says nothing of insurers' statistics. */
  readonly allowsInsurers: boolean | null
  /** False of one that was given once and is given no more: it counts where no other speaks. */
  readonly isInForce: boolean
  /** A denial or a refusal, which says nothing any more when it is over. */
  readonly isDenial: boolean
  readonly details: Omit<Consent, 'scope'>
  /** When it was given, '' where nobody says. */
  readonly given: string
  /** References to the encounters that it is about; null for all. */
  readonly encounters: readonly JsonObject[] | null
  /** Of the visits that it is about. */
  readonly dataPeriod: JsonObject | undefined
}

/** Purposes of our own scopes, which HL7 has no codes for. */
export const OWN_PURPOSE_SYSTEM = 'urn:consilium:purpose'
export const INSURER_PURPOSE = 'insurer-statistics'

export function readConsent(
  resource: JsonObject,
  issues: Issues,
):
  | { kind: 'consent'; value: ReadConsent }
  | { kind: 'refused'; reason: 'consent-not-in-force' | 'not-part-of-a-visit' } {
  const scopes = codesIn(resource['scope'])
  if (scopes.some((code) => code === 'treatment' || code === 'adr'))
    return { kind: 'refused', reason: 'not-part-of-a-visit' }
  const status = resource['status']
  const isRejected = status === 'rejected'
  if (status !== 'active' && status !== 'inactive' && !isRejected)
    return { kind: 'refused', reason: 'consent-not-in-force' }
  const provision = objectAt(resource['provision']) ?? {}
  const isResearch = scopes.includes('research')
  const isDenied =
    isRejected || provision['type'] === 'deny' || codesIn(resource['policyRule']).includes('OPTOUT')
  const said = allowances(provision, isDenied)
  // A refused one is a form that somebody did not sign: what it would have allowed is not allowed.
  const allowsResearch = isRejected
    ? false
    : (said.research ??
      // One about research says so by itself; one that lists purposes allows no other; a denial of everything denies this.
      (isDenied && said.purposeCount === 0
        ? false
        : isResearch
          ? !isDenied
          : said.hasPermitted
            ? false
            : null))
  // A denial that is over limits nothing any more; a permission that is over permits nothing.
  const isInForce = status !== 'inactive'
  if (!isInForce && allowsResearch === false && isDenied)
    return { kind: 'refused', reason: 'consent-not-in-force' }
  const data = objectsAt(provision['data'])
    .map((each) => objectAt(each['reference']))
    .filter((each) => each !== undefined)
  return {
    kind: 'consent',
    value: {
      allowsResearch: isInForce ? allowsResearch : false,
      allowsInsurers: isRejected ? false : said.insurers,
      isInForce,
      isDenial: isDenied && allowsResearch === false,
      // A refusal does not end with the period that was not agreed to.
      details: detailsOf(resource, isRejected ? undefined : objectAt(provision['period']), issues),
      given: goodWhen(resource['dateTime'], 'dateTime', issues) ?? '',
      encounters: data.length === 0 ? null : data,
      dataPeriod: objectAt(provision['dataPeriod']),
    },
  }
}

/** What a provision and those inside it say of the purposes that we tell apart. A denial wins. */
function allowances(root: JsonObject, isDenied: boolean) {
  const said = {
    research: null as boolean | null,
    insurers: null as boolean | null,
    purposeCount: 0,
    hasPermitted: false,
  }
  const note = (key: 'research' | 'insurers', isAllowed: boolean) => {
    if (said[key] !== false) said[key] = isAllowed
  }
  const visit = (provision: JsonObject, isDenial: boolean, depth: number): void => {
    for (const { system, code } of objectsAt(provision['purpose'])) {
      if (typeof code !== 'string') continue
      said.purposeCount++
      if (!isDenial) said.hasPermitted = true
      if (system === OWN_PURPOSE_SYSTEM && code === INSURER_PURPOSE) note('insurers', !isDenial)
      // HRESCH and those below it: CLINTRCH, BIORCH, PREARCH, …
      else if (code === 'HRESCH' || code.includes('RCH')) note('research', !isDenial)
    }
    if (depth >= 4) return
    for (const inner of objectsAt(provision['provision']))
      visit(inner, inner['type'] === undefined ? isDenial : inner['type'] === 'deny', depth + 1)
  }
  visit(root, isDenied, 0)
  return said
}

function detailsOf(
  resource: JsonObject,
  period: JsonObject | undefined,
  issues: Issues,
): Omit<Consent, 'scope'> {
  const from = goodWhen(period?.['start'], 'provision.period.start', issues)?.slice(0, 10)
  const to = goodWhen(period?.['end'], 'provision.period.end', issues)?.slice(0, 10)
  const attachment = objectAt(resource['sourceAttachment'])
  const reference = objectAt(resource['sourceReference'])
  const ref =
    textAt(objectsAt(resource['identifier'])[0]?.['value'], 200, issues) ??
    textAt(reference?.['display'], 200, issues) ??
    textAt(reference?.['reference'], 200, issues) ??
    textAt(attachment?.['title'], 200, issues) ??
    textAt(attachment?.['url'], 200, issues)
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(ref === undefined ? {} : { ref: cut(ref, 200) }),
  }
}

/**
 * The consent for a visit; null where none of them is about it.
 * @param isEncounter whether a reference of a consent leads to this visit
 * @param assumed what holds where a consent says nothing
 */
export function consentFor(
  consents: readonly ReadConsent[],
  day: string,
  isEncounter: (reference: JsonObject) => boolean,
  assumed: Consent['scope'],
): Consent | null {
  const about = consents.filter(
    ({ encounters, dataPeriod }) =>
      (encounters === null || encounters.some(isEncounter)) && isDuring(dataPeriod, day),
  )
  const isOver = ({ details }: ReadConsent): boolean => !isDuring(periodOf({ to: details.to }), day)
  const isBegun = ({ details }: ReadConsent): boolean => isDuring(periodOf({ from: details.from }), day)
  const inForce = about.filter(
    (each) =>
      each.isInForce &&
      !isOver(each) &&
      // A limit that came after the visit speaks of its data all the same; a wider consent does not.
      (isBegun(each) || each.allowsResearch === false || each.allowsInsurers === false),
  )
  // What is over is a limit at most, with its end; and a denial that is over is none.
  const others = about.filter((each) => !(each.isDenial && isOver(each)))
  const [best] = (inForce.length > 0 ? inForce : others)
    .map((each) => ({ scope: scopeOf(each, assumed), given: each.given, details: each.details }))
    .sort(
      (a, b) =>
        CONSENT_SCOPES.indexOf(a.scope) - CONSENT_SCOPES.indexOf(b.scope) || (a.given < b.given ? 1 : -1),
    )
  return best === undefined ? null : { scope: best.scope, ...best.details }
}

const periodOf = ({ from, to }: { from?: string | undefined; to?: string | undefined }): JsonObject => ({
  ...(from === undefined ? {} : { start: from }),
  ...(to === undefined ? {} : { end: to }),
})

function scopeOf(
  { allowsResearch, allowsInsurers }: ReadConsent,
  assumed: Consent['scope'],
): Consent['scope'] {
  if (!(allowsResearch ?? assumed !== 'treatment-only')) return 'treatment-only'
  if (allowsInsurers !== null) return allowsInsurers ? 'all' : 'no-insurer'
  return assumed === 'treatment-only' ? 'treatment-and-research' : assumed
}

const codesIn = (concept: unknown): string[] =>
  objectsAt(objectAt(concept as never)?.['coding']).flatMap(({ code }) =>
    typeof code === 'string' ? [code] : [],
  )
