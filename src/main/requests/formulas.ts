/** A customised model before it is asked: in its one form, with the variables that it reads, and whether the consortium lets it run (ADR 0028). */
import type { FormulaAnswer, FormulaSource } from '../../shared/contract/formulas.ts'
import { equalBytes } from '../../shared/std/bytes.ts'
import { approvalHashOf, forbiddenColumns, isFormulaPermitted } from '../gateway/permitted-formula.ts'
import { registeredBy } from '../gateway/node-chain.ts'
import type { ItemHash, MemberId } from '../node/chain/ids.ts'
import { findMember } from '../node/chain/members.ts'
import { policyValue } from '../node/chain/policy.ts'
import { membersOf } from '../node/chain/state.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { importRating } from '../pricing/tariff/import-rates.ts'
import { ratingFormula, type FormulaVariable } from '../pricing/model/rating-formula.ts'
import { variableOf } from '../privacy/request/dictionary.ts'
import type { Output } from '../privacy/request/outputs.ts'
import { formulaName, readFormula, SCORE_COLUMNS } from '../privacy/request/score-output.ts'
import { nameOf } from './rows.ts'

const VARIABLES: readonly FormulaVariable[] = SCORE_COLUMNS.map((name) => {
  const entry = variableOf(name)
  return { name: formulaName(name), levels: entry?.kind === 'label' ? entry.levels : null }
})

export async function formulaAnswer(
  crypto: Crypto,
  node: ChainNode,
  source: FormulaSource,
): Promise<FormulaAnswer> {
  const made = textOf(source)
  if (made.kind !== 'text') return made
  const read = readFormula(made.text)
  if (read.kind === 'problem') return read
  const { consortium } = node.ledger.state
  const approvals = await approvalsOf(crypto, node, read.text)
  return {
    kind: 'formula',
    text: read.text,
    columns: read.columns,
    forbidden: forbiddenColumns(policyValue(consortium.policy, 'formulaColumnsForbidden')).filter((name) =>
      read.columns.includes(name),
    ),
    approvedBy: approvals
      .filter((memberId) => !equalBytes(memberId, node.memberId))
      .map((memberId) => nameOf(consortium, memberId)),
    isApprovedHere: approvals.some((memberId) => equalBytes(memberId, node.memberId)),
    approvalsNeeded: policyValue(consortium.policy, 'formulaApprovalsMin'),
  }
}

function textOf(
  source: FormulaSource,
): { readonly kind: 'text'; readonly text: string } | Exclude<FormulaAnswer, { kind: 'formula' }> {
  if (source.kind === 'formula') return { kind: 'text', text: source.text }
  const imported = importRating(source.text, source.format)
  if (imported.kind === 'refused')
    return { ...imported, errors: imported.errors.map((each) => ({ ...each })) }
  const made = ratingFormula(imported.rating, VARIABLES)
  return made.kind === 'formula' ? { kind: 'text', text: made.text } : made
}

/** Hospitals that approved this very text, each once. */
export async function approvalsOf(
  crypto: Crypto,
  node: ChainNode,
  text: string,
): Promise<readonly MemberId[]> {
  const { chainId } = node.ledger
  const members = membersOf(node.ledger.state.consortium)
  const by = new Map<string, MemberId>()
  for (const memberId of await registeredBy(node, approvalHashOf(crypto, chainId, text), Infinity))
    if (findMember(members, memberId)?.kind === 'hospital') by.set(memberId.join(), memberId)
  return [...by.values()]
}

/** What gateways would refuse after it was charged. */
export async function formulaProblem(
  crypto: Crypto,
  node: ChainNode,
  output: Output,
): Promise<'forbidden-column' | 'not-approved' | null> {
  const { policy } = node.ledger.state.consortium
  const members = membersOf(node.ledger.state.consortium)
  const verdict = await isFormulaPermitted(crypto, node.ledger.chainId, output, node.memberId, {
    policyOf: async (name) => policyValue(policy, name),
    registeredBy: (hash) => registeredBy(node, hash, Infinity),
    memberOf: async (memberId) => findMember(members, memberId),
  })
  return verdict.kind === 'permitted' ? null : verdict.reason
}

/** A hospital's word, on the chain. */
export async function approveFormula(crypto: Crypto, node: ChainNode, text: string): Promise<ItemHash> {
  const protocolHash = approvalHashOf(crypto, node.ledger.chainId, text)
  const { itemHash } = await node.studies.exchange.submit({ kind: 'registration', protocolHash })
  return itemHash
}
