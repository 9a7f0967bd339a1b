/** Which sentence says what a change or a refusal is; the numbers come from the node. */
import type {
  AlertView,
  ChangeView,
  ConsensusView,
  PlanRefusalCode,
  StrengthView,
} from '../../../../shared/contract/governance.ts'
import type { Locale } from '../../../../shared/contract/app.ts'
import { formatBytes, formatInstant, formatNumber } from '../../../lib/format.ts'
import type { Words } from '../../../words/catalogue.ts'
import type { HaltedWords } from '../../../words/halted.ts'
import { isObservingReason } from '../../../words/observing.ts'
import { ruleValue } from './rule-groups.ts'

type NetworkWords = Words['network']

/** The state of the consortium in one sentence. */
export function stateSentence(
  strength: StrengthView,
  t: NetworkWords,
  /** The one hospital that votes, where that is another one. */
  onlyVoter: string | null = null,
): { tone: 'good' | 'warn' | 'bad'; sentence: string } {
  if (strength.voters <= 1 && onlyVoter !== null)
    return strength.spare < 0
      ? { tone: 'bad', sentence: (strength.silent > 0 ? t.state.oneSilent : t.state.oneAway)(onlyVoter) }
      : { tone: 'good', sentence: t.state.one(onlyVoter) }
  if (strength.voters <= 1) return { tone: 'good', sentence: t.state.alone }
  if (strength.spare < 0) return { tone: 'bad', sentence: t.state.waiting(strength) }
  return { tone: strength.spare === 0 ? 'warn' : 'good', sentence: t.state.enough(strength) }
}

/** What is said of a voter beside its name. Between heights nobody is missing: there is nothing to vote on (R1). */
export function voteMark(
  voter: Omit<ConsensusView['voters'][number], 'memberId' | 'name'>,
  isIdle: boolean,
): 'observes' | 'awayNow' | 'here' | 'voted' | 'votedOnce' | 'missing' {
  if (voter.isObserving) return 'observes'
  if (!voter.isReachable) return 'awayNow'
  if (isIdle) return 'here'
  if (voter.hasPrecommitted) return 'voted'
  return voter.hasPrevoted ? 'votedOnce' : 'missing'
}

export function changeSentence(change: ChangeView, t: NetworkWords, locale: Locale): string {
  switch (change.kind) {
    case 'add':
      return t.change.add(change.memberName, t.kind[change.memberKind])
    case 'remove':
    case 'give-vote':
    case 'take-vote':
    case 'new-keys':
    case 'lift-suspension':
      return t.change[change.kind](change.memberName)
    case 'policy': {
      const text = (value: number) => ruleValue(change.name, value, t, locale)
      const before = change.before === null ? null : text(change.before)
      return t.change.policy(ruleName(change.name, t), before, text(change.value))
    }
    case 'network':
    case 'protocol': {
      const at = change.height === null ? '' : ` ${t.change.atHeight(formatNumber(change.height, locale))}`
      return t.change[change.kind](formatNumber(change.number, locale)) + at
    }
  }
}

export function ruleName(name: string, t: NetworkWords): string {
  return (t.rules.names as Readonly<Record<string, string>>)[name] ?? name
}

export function refusalSentence(reason: PlanRefusalCode | string, t: NetworkWords): string {
  return (t.refusal as Readonly<Record<string, string>>)[reason] ?? reason
}

export function fileRefusalSentence(reason: string, t: NetworkWords): string {
  return (t.fileRefusal as Readonly<Record<string, string>>)[reason] ?? reason
}

function isHaltReason(detail: string | null, words: HaltedWords): detail is keyof HaltedWords {
  return detail !== null && Object.hasOwn(words, detail)
}

export function alertSentence(
  { kind, memberName, amount, detail, at }: AlertView,
  { alerts: t, signing }: Pick<NetworkWords, 'alerts' | 'signing'>,
  locale: Locale,
): string {
  const name = memberName ?? ''
  const number = formatNumber(amount ?? 0, locale)
  switch (kind) {
    case 'below-quorum':
      return t['below-quorum'](amount ?? 0)
    case 'no-decision':
      return t[kind](amount ?? 0, Number(detail ?? 1))
    case 'member-away': {
      const [missing = 0, voters = 0, mayMiss = 0] = (detail ?? '').split('/').map(Number)
      return t['member-away'](name, amount === null ? null : number, { missing, voters, mayMiss })
    }
    case 'member-silent':
      return t[kind](
        name,
        detail === null ? '' : ((signing as Readonly<Record<string, string>>)[detail] ?? ''),
      )
    case 'evidence':
    case 'offence':
    case 'forged-record':
    case 'proposal-waits':
      return t[kind](name)
    case 'member-behind':
      return t['member-behind'](name, number)
    case 'named':
      return t.named(name, number, detail ?? '')
    case 'clock':
      return t.clock(formatNumber(Math.abs(amount ?? 0) / 1000, locale, 1))
    case 'disk':
      return t.disk(formatBytes(amount ?? 0, locale))
    case 'invitation-expires':
      return t['invitation-expires'](name, at === null ? '' : formatInstant(at))
    case 'halted':
      return t.halted[isHaltReason(detail, t.halted) ? detail : 'bug']
    case 'no-spare':
    case 'other-chain':
    case 'outdated':
    case 'keys-replaced':
    case 'keys-refused':
    case 'keys-elsewhere':
      return t[kind]
    case 'observing':
      return t.observing(isObservingReason(detail) ? t.observingReason[detail] : '').trim()
    case 'network-key-refused':
    case 'network-key-unreached':
      return t[kind](number)
    case 'repaired':
      return t.repaired(detail, number, name)
    case 'reindexed':
    case 'beyond-repair':
      return t[kind](detail, number)
    case 'gateway-deviates':
      return t[kind](amount ?? 1, detail ?? '')
    case 'keys-old':
      return t[kind](amount ?? 1)
    case 'version-ahead':
      return t[kind](number)
    case 'glass-broken':
      return t[kind](name, number, detail === 'reader')
    case 'glass-overdue':
      return t[kind](name, detail === 'reader')
    case 'exported-all':
      return t[kind](name)
    case 'bulk-opening':
    case 'house-opening':
      return t[kind](name, number)
    case 'recovery-asked':
      return t[kind](name, number, detail)
  }
}
