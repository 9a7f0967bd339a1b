/** Which sentence says what a change or a refusal is; the numbers come from the node. */
import type { ChangeView, PlanRefusalCode } from '../../../../shared/contract/governance.ts'
import type { Locale } from '../../../../shared/contract/app.ts'
import { formatNumber } from '../../../lib/format.ts'
import type { Words } from '../../../words/catalogue.ts'

type NetworkWords = Words['network']

/** The state of the consortium in one sentence. */
export function stateSentence(
  strength: { voters: number; quorum: number; reachable: number; spare: number; faultsTolerated: number },
  t: NetworkWords,
  /** The one hospital that votes, where that is another one. */
  onlyVoter: string | null = null,
): { tone: 'good' | 'warn' | 'bad'; sentence: string } {
  if (strength.voters <= 1 && onlyVoter !== null)
    return strength.spare < 0
      ? { tone: 'bad', sentence: t.state.oneAway(onlyVoter) }
      : { tone: 'good', sentence: t.state.one(onlyVoter) }
  if (strength.voters <= 1) return { tone: 'good', sentence: t.state.alone }
  if (strength.spare < 0) return { tone: 'bad', sentence: t.state.waiting(strength) }
  return { tone: strength.spare === 0 ? 'warn' : 'good', sentence: t.state.enough(strength) }
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
      const before = change.before === null ? null : formatNumber(change.before, locale)
      return t.change.policy(ruleName(change.name, t), before, formatNumber(change.value, locale))
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
