/** The commands with which an institution comes in and decides with the others. Each answers one JSON object. */
import { resolve } from 'node:path'
import type { PlanInput, ProposalView } from '../../shared/contract/governance.ts'
import { noDesktop } from '../desktop.ts'
import { loadFacts } from '../profile/profile-folder.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { createJoiningService } from '../services/joining-service.ts'
import type { Arguments } from './arguments.ts'
import {
  EXIT,
  failed,
  needPassphrase,
  ok,
  usage,
  withProfile,
  type Command,
  type CommandResult,
} from './commands.ts'
import { CommandFailure, type Reached } from './reach.ts'

const POLL_MS = 100
const DECIDE_SECONDS = 60

export const MEMBERSHIP_COMMANDS: Readonly<Record<string, Command>> = {
  request: {
    usage:
      'request --profile DIR --name NAME --out FILE [--kind hospital|university|insurer] [--address HOST:PORT,...] [--listen HOST:PORT] [--person NAME] [--zone ZONE] [--no-vote]',
    grammar: {
      options: {
        profile: 'required',
        name: 'required',
        out: 'required',
        kind: 'optional',
        address: 'optional',
        listen: 'optional',
        person: 'optional',
        zone: 'optional',
      },
      flags: ['no-vote'],
    },
    async run({ options, flags }, world) {
      const kind = options.get('kind') ?? 'hospital'
      if (kind !== 'hospital' && kind !== 'university' && kind !== 'insurer')
        return usage('--kind is hospital, university or insurer')
      return answered(
        await joining(world.profileWorld).request({
          folder: resolve(options.get('profile')!),
          institutionName: options.get('name')!,
          personName: options.get('person') ?? 'Administrator',
          kind,
          zone: options.get('zone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
          wishesVote: kind === 'hospital' && !flags.has('no-vote'),
          addresses: listOf(options.get('address')),
          listen: options.get('listen') ?? null,
          passphrase: await needPassphrase(world),
          path: resolve(options.get('out')!),
        }),
      )
    },
  },

  join: {
    usage:
      'join --profile DIR --invitation FILE --look | join --profile DIR --invitation FILE --fingerprint "DIGITS"',
    grammar: {
      options: { profile: 'required', invitation: 'required', fingerprint: 'optional' },
      flags: ['look'],
    },
    async run({ options, flags }, world) {
      const folder = resolve(options.get('profile')!)
      const path = resolve(options.get('invitation')!)
      const compared = options.get('fingerprint')
      if (compared === undefined && !flags.has('look'))
        return usage(
          'join needs --fingerprint, the number of the chain that the inviting institution told you',
        )
      const passphrase = await needPassphrase(world)
      const service = joining(world.profileWorld)
      const looked = await service.openInvitation({ folder, passphrase, path })
      if (looked.kind !== 'opened' || flags.has('look')) return answered(looked)
      const { consortiumName, chainId, chainFingerprint, inviterName, invitationHash } = looked
      // The number of the telephone call is typed here: nobody joins what a file alone says.
      if (digitsOf(compared ?? '') !== digitsOf(chainFingerprint))
        return failed('fingerprint-differs', chainFingerprint)
      const joined = await service.join({ folder, passphrase, path, invitationHash })
      if (joined.kind !== 'opened') return answered(joined)
      return ok({ kind: 'joined', profile: folder, consortiumName, chainId, chainFingerprint, inviterName })
    },
  },

  cofound: {
    usage:
      'cofound create --profile DIR --name CONSORTIUM --out FILE [--voters MEMBER,...] [--allow-few-voters] [--rules NAME=VALUE,...] REQUEST... | cofound look --profile DIR FILE... | cofound sign|open --profile DIR --document HASH FILE...',
    grammar: {
      options: {
        profile: 'required',
        name: 'optional',
        out: 'optional',
        voters: 'optional',
        rules: 'optional',
        document: 'optional',
      },
      flags: ['allow-few-voters'],
      rest: [1, 101],
    },
    async run({ options, flags, rest }, world) {
      const [step, ...files] = rest
      const folder = resolve(options.get('profile')!)
      const paths = files.map((path) => resolve(path))
      const service = joining(world.profileWorld)
      if (step === 'look') return answered(await service.openFounding({ folder, paths }))
      if (paths.length === 0) return usage('a file is missing')
      switch (step) {
        case 'create': {
          const [consortiumName, savePath] = [options.get('name'), options.get('out')]
          if (consortiumName === undefined || savePath === undefined)
            return usage('cofound create needs --name and --out')
          const rules = rulesIn(listOf(options.get('rules')))
          if (rules === null) return usage('--rules takes NAME=VALUE,... with whole numbers')
          return answered(
            await service.draftFounding({
              folder,
              consortiumName,
              paths,
              voters: options.has('voters') ? listOf(options.get('voters')) : null,
              allowFewVoters: flags.has('allow-few-voters'),
              rules,
              savePath: resolve(savePath),
              passphrase: await needPassphrase(world),
            }),
          )
        }
        case 'sign':
        case 'open': {
          const documentHash = options.get('document') ?? ''
          if (!/^[0-9a-f]{64}$/.test(documentHash))
            return usage(`cofound ${step} needs --document, the documentHash that cofound look printed`)
          const passphrase = await needPassphrase(world)
          const chosen = { folder, passphrase, paths, documentHash }
          if (step === 'sign') return answered(await service.signFounding(chosen))
          const started = await service.startFounded(chosen)
          if (started.kind === 'waiting')
            return {
              exit: EXIT.failed,
              answer: {
                ok: false,
                error: { code: 'signatures-missing', detail: { missing: started.missing } },
                ...started,
              },
            }
          if (started.kind !== 'opened') return answered(started)
          const { chainId, memberId } = await loadFacts(folder)
          return ok({ kind: 'founded', profile: folder, chainId, memberId })
        }
        default:
          return usage('cofound create, look, sign or open')
      }
    },
  },

  listen: {
    usage: 'listen --profile DIR [--at HOST:PORT] [--announce HOST:PORT,...]',
    grammar: { options: { profile: 'required', at: 'optional', announce: 'optional' } },
    run: (given, world) =>
      withProfile(given, world, needPassphrase(world), async ({ ask }) => {
        const listen = given.options.get('at') ?? null
        const announce = listOf(given.options.get('announce'))
        const { isSaved } = await ask.governance.saveListening({ listen, announce })
        return isSaved ? ok({ listen, announce }) : failed('bad-address')
      }),
  },

  members: {
    usage: 'members --profile DIR',
    grammar: { options: { profile: 'required' } },
    run: (given, world) =>
      withProfile(given, world, needPassphrase(world), async ({ ask }) =>
        ok(await ask.governance.overview()),
      ),
  },

  proposals: {
    usage: 'proposals --profile DIR',
    grammar: { options: { profile: 'required' } },
    run: (given, world) =>
      withProfile(given, world, needPassphrase(world), async ({ ask }) =>
        ok({ proposals: await ask.governance.proposals() }),
      ),
  },

  invite: {
    usage: 'invite --profile DIR --request FILE --fingerprint "DIGITS" --out FILE [--timeout SECONDS]',
    grammar: {
      options: {
        profile: 'required',
        request: 'required',
        fingerprint: 'required',
        out: 'required',
        timeout: 'optional',
      },
    },
    run: async (given, world) => {
      const passphrase = await needPassphrase(world)
      return withProfile(given, world, Promise.resolve(passphrase), async (reached) => {
        const { options } = given
        const { governance } = reached.ask
        const opened = await governance.openRequest({ path: resolve(options.get('request')!) })
        if (opened.kind !== 'opened') return answered(opened)
        const { fingerprint, memberId, isMember } = opened.request
        // The number of the telephone call is typed here: nobody is invited by a file alone.
        if (digitsOf(options.get('fingerprint')!) !== digitsOf(fingerprint))
          return failed('fingerprint-differs', fingerprint)
        if (!isMember) {
          const plan = { kind: 'admit', fingerprint } as const
          const proposed = await governance.propose({ plan, note: '', passphrase })
          if (proposed.kind !== 'proposed') return answered(proposed)
          const last = await untilSettled(reached, proposed.proposal, secondsOf(options))
          if (last.standing !== 'decided')
            return { exit: EXIT.timeout, answer: { kind: 'proposed', proposal: last } }
        }
        return answered(await governance.invite({ memberId, passphrase, path: resolve(options.get('out')!) }))
      })
    },
  },

  propose: {
    usage:
      'propose --profile DIR [--note TEXT] [--out FILE] [--weigh] [--timeout SECONDS] admit|new-keys REQUEST | give-vote MEMBER... | take-vote|remove MEMBER [SUCCESSOR] | lift-suspension MEMBER | policy NAME VALUE | network|protocol AFTER_HEIGHTS',
    grammar: {
      options: { profile: 'required', note: 'optional', out: 'optional', timeout: 'optional' },
      flags: ['weigh'],
      rest: [2, 40],
    },
    run: async (given, world) => {
      const passphrase = await needPassphrase(world)
      return withProfile(given, world, Promise.resolve(passphrase), async (reached) => {
        const { options, flags, rest } = given
        const { governance } = reached.ask
        const plan = await planOf(reached, rest)
        if (typeof plan === 'string') return usage(plan)
        if ('reason' in plan) return answered(plan)
        if (flags.has('weigh')) return answered(await governance.weigh(plan))
        const note = options.get('note') ?? ''
        const proposed = await governance.propose({ plan, note, passphrase })
        if (proposed.kind !== 'proposed') return answered(proposed)
        return settledAndSaved(reached, given, proposed.proposal)
      })
    },
  },

  'change-keys': {
    usage:
      'change-keys --profile DIR [--note TEXT] [--timeout SECONDS] | change-keys --profile DIR --stolen --out FILE',
    grammar: {
      options: { profile: 'required', note: 'optional', out: 'optional', timeout: 'optional' },
      flags: ['stolen'],
    },
    run: async (given, world) => {
      const passphrase = await needPassphrase(world)
      return withProfile(given, world, Promise.resolve(passphrase), async (reached) => {
        const { options, flags } = given
        const out = options.get('out')
        if (flags.has('stolen') !== (out !== undefined)) return usage('change-keys --stolen needs --out')
        const answer = await reached.ask.governance.changeKeys({
          because: flags.has('stolen') ? 'stolen' : 'planned',
          note: options.get('note') ?? '',
          passphrase,
          ...(out === undefined ? {} : { path: resolve(out) }),
        })
        if (answer.kind !== 'proposed') return answered(answer)
        return settledAndSaved(reached, given, answer.proposal)
      })
    },
  },

  approve: {
    usage: 'approve --profile DIR FILE|PROPOSAL [--out FILE] [--reject] [--timeout SECONDS]',
    grammar: {
      options: { profile: 'required', out: 'optional', timeout: 'optional' },
      flags: ['reject'],
      rest: [1, 1],
    },
    run: async (given, world) => {
      const passphrase = await needPassphrase(world)
      return withProfile(given, world, Promise.resolve(passphrase), async (reached) => {
        const { governance } = reached.ask
        let proposalId = given.rest[0]!
        if (!/^[0-9a-f]{64}$/.test(proposalId)) {
          const opened = await governance.openProposal({ path: resolve(proposalId) })
          if (opened.kind !== 'opened') return answered(opened)
          proposalId = opened.proposal.proposalId
          // The author's own copy with everybody's approvals: nothing is left to approve.
          if (opened.proposal.hasOwnApproval) return settledAndSaved(reached, given, opened.proposal)
        }
        const voiced = given.flags.has('reject')
          ? await governance.reject({ proposalId })
          : await governance.approve({ proposalId, passphrase })
        if (!('proposal' in voiced)) return answered(voiced)
        return settledAndSaved(reached, given, voiced.proposal)
      })
    },
  },

  prove: {
    usage: 'prove --profile DIR --out FILE | prove --profile DIR --take FILE',
    grammar: { options: { profile: 'required', out: 'optional', take: 'optional' } },
    run: (given, world) =>
      withProfile(given, world, needPassphrase(world), async ({ ask }) => {
        const [out, take] = [given.options.get('out'), given.options.get('take')]
        if ((out === undefined) === (take === undefined)) return usage('prove needs --out or --take')
        return answered(
          out === undefined
            ? await ask.governance.openProof({ path: resolve(take!) })
            : await ask.governance.saveProof({ path: resolve(out) }),
        )
      }),
  },
}

/** Nothing is opened afterwards: the next command, or the application, opens the new profile. */
function joining(world: ProfileWorld) {
  return createJoiningService({
    world,
    desktop: noDesktop,
    open: async () => ({ kind: 'opened', session: { state: 'none', recentProfiles: [] } }),
  })
}

async function planOf(
  reached: Reached,
  [kind, first, ...more]: readonly string[],
): Promise<PlanInput | string | { readonly kind: 'refused-file'; readonly reason: string }> {
  switch (kind) {
    case 'admit':
    case 'new-keys': {
      const opened = await reached.ask.governance.openRequest({ path: resolve(first!) })
      if (opened.kind === 'refused-file') return opened
      if (opened.kind !== 'opened') return 'a request file is missing'
      return { kind, fingerprint: opened.request.fingerprint }
    }
    case 'give-vote':
      return { kind, memberIds: [first!, ...more] }
    case 'take-vote':
    case 'remove':
      return { kind, memberId: first!, successor: more[0] ?? null }
    case 'lift-suspension':
      return { kind, memberId: first! }
    case 'policy':
      return /^-?\d+$/.test(more[0] ?? '')
        ? { kind, name: first!, value: Number(more[0]) }
        : 'policy NAME VALUE, a whole number'
    case 'network':
    case 'protocol':
      return /^\d+$/.test(first!) ? { kind, afterHeights: Number(first) } : `${kind} AFTER_HEIGHTS`
    default:
      return `nothing is called ${kind}`
  }
}

/** While this process has the profile open nobody else makes the decision final: it waits for that. */
async function untilSettled(
  { ask }: Reached,
  proposal: ProposalView,
  seconds: number,
): Promise<ProposalView> {
  const deadline = Date.now() + seconds * 1000
  let last = proposal
  while (last.standing === 'approved' && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, POLL_MS))
    const list = await ask.governance.proposals()
    last = list.find((each) => each.proposalId === proposal.proposalId) ?? last
  }
  return last
}

async function settledAndSaved(
  reached: Reached,
  { options }: Arguments,
  proposal: ProposalView,
): Promise<CommandResult> {
  const out = options.get('out')
  if (out !== undefined) {
    const { proposalId } = proposal
    const saved = await reached.ask.governance.saveProposal({ proposalId, path: resolve(out) })
    if (saved.kind !== 'saved') return answered(saved)
  }
  const last = await untilSettled(reached, proposal, secondsOf(options))
  return last.standing === 'approved' && last.isOwn ? { exit: EXIT.timeout, answer: last } : ok(last)
}

/** A refusal is an answer with its reason and exit 1; a wrong passphrase has its own exit. */
function answered(answer: { readonly kind: string; readonly reason?: string }): CommandResult {
  if (answer.kind === 'wrong-passphrase') return failed('wrong-passphrase')
  if (!answer.kind.startsWith('refused')) return ok(answer)
  const { exit } = failed(answer.reason ?? 'internal')
  return { exit, answer: { ok: false, error: { code: answer.reason }, ...answer } }
}

/** Null for what is no list of names with whole numbers. */
function rulesIn(entries: readonly string[]): Record<string, number> | null {
  const rules: Record<string, number> = {}
  for (const entry of entries) {
    const [, name, value] = /^(\w+)=(\d{1,15})$/.exec(entry) ?? []
    if (name === undefined || value === undefined) return null
    rules[name] = Number(value)
  }
  return rules
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]))
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '')
}

function secondsOf(options: ReadonlyMap<string, string>): number {
  const seconds = Number(options.get('timeout') ?? DECIDE_SECONDS)
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new CommandFailure({ code: 'usage', detail: '--timeout' })
  return seconds
}
