/** Words of the room Network: members, consensus, proposals, and what needs a person. */
import { haltedEn, haltedZhHant } from './halted.ts'
import { observingEn, observingZhHant } from './observing.ts'

const vote = (count: number) => (count === 1 ? '1 hospital votes' : `${count} hospitals vote`)
const blockOrBlocks = (blocks: string) =>
  /^\d+$/.test(blocks) ? `Block ${blocks} was damaged` : `Blocks ${blocks} were damaged`
const mayFail = (spare: number) =>
  spare === 0 ? 'no more may fail' : `${spare === 1 ? 'one' : spare} may fail`

export interface StrengthNumbers {
  readonly voters: number
  readonly quorum: number
  /** Those that sign. */
  readonly reachable: number
  /** Connected, and they do not sign now. */
  readonly silent: number
  readonly spare: number
  readonly faultsTolerated: number
}

/** Voters that are missing, all of them, and how many may be missing at once. */
export interface MissingNumbers {
  readonly missing: number
  readonly voters: number
  readonly mayMiss: number
}

/** Connected hospitals all sign as a rule; where some do not, it is said that they are connected. */
const signers = ({ reachable, voters, silent }: StrengthNumbers) =>
  silent === 0
    ? `${reachable} of ${voters} hospitals reachable`
    : `${reachable} of ${voters} hospitals sign (${silent} ${silent === 1 ? 'is' : 'are'} connected and ${silent === 1 ? 'does' : 'do'} not)`
const signersZhHant = ({ reachable, voters, silent }: StrengthNumbers) =>
  silent === 0
    ? `${voters} 家醫院中有 ${reachable} 家可連線`
    : `${voters} 家醫院中有 ${reachable} 家可簽署（另有 ${silent} 家已連線但未簽署）`

export const en = {
  title: 'Network',
  state: {
    alone: 'This hospital is the only one that votes: its own signature makes visits final.',
    one: (name: string) => `${name} alone votes and is reachable: final visits go on.`,
    oneAway: (name: string) =>
      `${name} alone votes and is not reachable: visits are kept safely and become final when it is back.`,
    stopped: 'No node is running here. Open the folder with the passphrase to start it.',
    oneSilent: (name: string) =>
      `${name} alone votes; it is connected and does not sign now: visits are kept safely and become final when it does.`,
    enough: (strength: StrengthNumbers) =>
      `${signers(strength)}: final visits go on; ${mayFail(strength.spare)}.`,
    waiting: ({ reachable, quorum, ...numbers }: StrengthNumbers) =>
      `${signers({ reachable, quorum, ...numbers })}, ${quorum} needed: visits are kept safely and become final when ${quorum - reachable === 1 ? 'one more is' : `${quorum - reachable} more are`} back.`,
  },
  tabs: { members: 'Members', proposals: 'Proposals', rules: 'Rules' },
  membersTitle: 'Members',
  columns: {
    name: 'Institution',
    kind: 'Kind',
    connection: 'Connection',
    lag: 'Behind',
    roundTrip: 'Round trip',
    since: 'Since height',
  },
  sorting: {
    sortedUp: 'ascending',
    sortedDown: 'descending',
    sort: (column: string) => `Sort by ${column}`,
  },
  kind: { hospital: 'Hospital', university: 'University', insurer: 'Insurer' },
  votes: 'votes',
  restart: {
    alone: 'votes again by itself',
    person: 'does not vote until somebody types the passphrase',
  },
  signing: {
    signs: 'signs',
    observing: 'observes until it is safe to sign',
    'keys-replaced': 'its keys were replaced',
    'disk-full': 'its disk is full',
    'clock-wrong': 'its clock is wrong',
    halted: 'it has stopped by itself',
    outdated: 'its program is too old',
    'catching-up': 'it is catching up',
  },
  named: 'named in the chain',
  connection: {
    self: 'here',
    up: 'connected',
    away: 'not reachable',
    'left-out': 'left out for a while',
    'no-network': 'no connection',
  },
  silent: {
    short: 'no node',
    body: 'In this demonstration it is a member by name alone: no node of it runs, and nobody keeps its keys. Of 4,000 patients and more some are insured with it, for the benchmark of the insurer that runs.',
  },
  problem: {
    unreachable: 'Nobody answers at its addresses.',
    'no-address': 'No address of it is known. Ask it for one, or wait until it calls.',
    handshake:
      'Something answers, and it is not this member, or the two have other keys of the network. A node that was away while that key changed twice connects to nobody any more: it has to join anew.',
    'other-chain': 'It takes part in another chain.',
    'no-common-version': 'Its version and ours have no common language. One of the two must be updated.',
    'bad-signature': 'Its signature did not hold.',
    silent: 'It stopped answering.',
    flooding: 'It sent more than anybody may.',
    violation: 'It sent what no honest node sends.',
    forged: 'It sent a segment that does not verify.',
    'not-reading': 'It does not read what is sent to it.',
  },
  heights: (count: number, text: string) => (count === 0 ? 'up to date' : `${text} behind`),
  /** Of a member that is away. */
  lastAt: (height: string) => `last at ${height}`,
  unknown: 'not known',
  milliseconds: (text: string) => `${text} ms`,
  member: {
    title: 'Member',
    id: 'Member id',
    keys: 'Fingerprints of its keys',
    keyNames: {
      root: 'Root (decides)',
      consensus: 'Consensus (votes)',
      author: 'Author (signs records)',
      network: 'Network (connects)',
      custodian: 'Custodian (opens own records)',
      gateway: 'Gateway (checks and analyses)',
    },
    addresses: 'Addresses',
    restart: 'After a restart of its machine',
    signing: 'Its vote now',
    noAddresses: 'none known',
    proof: 'Proof of sync',
    noProof: 'none yet',
    proofHeight: (height: string) => `up to height ${height}`,
    invitation: 'Invitation',
    invited: (until: string) => `open until ${until}`,
    invitationUsed: 'used',
    invitationExpired: 'expired',
    named: (height: string, reason: string) =>
      reason === 'equivocation'
        ? `At height ${height} the chain took the proof that it signed two votes that contradict each other. Nothing is split by that, and it still votes: the members decide whether its vote is taken, passes to another hospital, or it is cleared.`
        : `Named in the chain at height ${height}: ${reason}`,
    giveVote: 'Give it a vote…',
    takeVote: 'Take its vote…',
    remove: 'Remove it…',
    lift: 'Clear it…',
    invite: 'Save an invitation…',
    speaks: 'Its program speaks',
    speaksUpTo: (newest: string) => `up to protocol ${newest}`,
    successor: 'Who takes over its vote',
    nobody: 'Nobody',
    giveVotes: (count: number) => `Give ${count} hospitals a vote, in one step…`,
    close: 'Close',
    retains:
      'What it holds already it keeps: the chain, and records that it could open. Later records are not opened to it.',
  },
  verdict: {
    holds: 'holds',
    malformed: 'is not readable',
    'other-member': 'is of another member',
    forged: 'was not signed by this member',
    'ahead-of-us': 'names a height that this node has not reached; look again later',
    'other-chain': 'shows another chain than ours',
    incomplete: 'is not complete: keys of some records are missing there',
    'too-old': 'is more than three days old; ask for a new one',
  },
  ownKeys: {
    title: 'Our keys',
    start: 'Our keys…',
    since: (date: string) => `In effect since ${date}.`,
    what: 'Votes, records, the network and the analysis gateway each have a key. The members decide about new ones; two heights later the new ones count and the old ones are destroyed. Visits go on all the time, and records of before stay readable.',
    stay: 'The root key and the key of this institution’s own records stay.',
    waiting: (date: string) =>
      `New keys were made on ${date} and lie sealed on this machine. They count when the members have decided it.`,
    decided: (height: string) => `Decided: the new keys count from height ${height}.`,
    kit: 'The recovery kit of before does not hold the new keys: save and check a new one now. Home reminds you of it.',
    why: 'Why',
    planned: 'Planned: nobody else has them',
    stolen: 'Emergency: somebody else may have them',
    plannedHow:
      'This institution proposes its new keys and approves them; the others approve as they do every proposal.',
    stolenHow:
      'Whoever holds the keys could withdraw what this institution proposes. So a signed request is saved: give it to another member, who reads the number to you on the telephone and proposes it. Afterwards propose a new network key too. What the stolen keys could open up to then counts as seen.',
    propose: 'Make new keys and propose them',
    save: 'Make new keys and save the request…',
    saved: (path: string) => `Saved: ${path}. Read this number to the member that proposes it:`,
    proposed: 'Proposed. It is decided as soon as enough members have approved.',
  },
  consensus: {
    title: 'Consensus',
    height: 'Deciding height',
    nextHeight: 'Next height to decide',
    round: 'Round',
    step: 'Step',
    proposer: 'Proposes',
    phase: {
      idle: 'waits for a visit',
      propose: 'a proposal is awaited',
      prevote: 'first votes',
      precommit: 'second votes',
      decided: 'decided',
    },
    idleNote: 'Nothing is under way: rounds run only when there is something to decide.',
    observerNote:
      'Only voting hospitals see each other’s votes; here every decision is verified when it is final.',
    voted: 'voted twice',
    votedOnce: 'voted once',
    missing: 'missing',
    here: 'ready',
    awayNow: 'not reachable',
    observes: 'observes, does not sign',
    standing: {
      voting: 'This node votes.',
      'no-vote': 'This institution has no vote; its node verifies everything.',
      observing: 'This node observes and does not sign yet.',
    },
    observingReason: observingEn,
    confirmTitle: 'Is this the only machine with these keys?',
    confirmBody:
      'Then it may vote again as soon as that is safe. If the old machine still runs, stop it first: two machines with one key are a fraud in the eyes of the others.',
    confirm: 'No other machine runs',
  },
  alerts: {
    title: 'Needs attention',
    none: 'Nothing needs a person.',
    'below-quorum': (count: number) =>
      count === 1
        ? 'One hospital too few is there to sign: visits wait, none is lost.'
        : `${count} hospitals too few are there to sign: visits wait, none is lost.`,
    'member-silent': (name: string, reason: string) =>
      `${name} is connected and does not sign${reason === '' ? '' : ` (${reason})`}: its vote cannot be counted on.`,
    'no-decision': (rounds: number, minutes: number) =>
      `${rounds} rounds without a decision for ${minutes === 1 ? 'a minute' : `${minutes} minutes`}: visits are kept safely and wait, none is lost. “Consensus” in the room Network shows whose votes are missing; if this lasts, call those hospitals.`,
    'no-spare': 'Nobody may be missing any more: the next loss makes visits wait.',
    'member-away': (name: string, height: string | null, { missing, voters, mayMiss }: MissingNumbers) =>
      `${name} is not reachable${height === null ? '' : `; it was last at height ${height}`}. ${missing} of ${voters} voting hospitals ${missing === 1 ? 'is' : 'are'} missing, ${mayMiss === 0 ? 'none' : mayMiss} may be: ${missing > mayMiss ? 'visits wait.' : missing === mayMiss ? 'one more would make visits wait.' : `${mayMiss - missing} more may be.`}`,
    'member-behind': (name: string, heights: string) => `${name} is ${heights} heights behind.`,
    evidence: (name: string) => `${name} signed two things that contradict each other. The proof is kept.`,
    named: (name: string, height: string, reason: string) =>
      reason === 'equivocation'
        ? `${name} signed two votes that contradict each other; the proof stands in the chain at height ${height}. It still votes. Decide whether it keeps its vote.`
        : `${name} is named in the chain at height ${height}: ${reason}.`,
    decide: 'What can be decided',
    offence: (name: string) => `${name} sent a segment that does not verify and was left out.`,
    'forged-record': (name: string) => `${name} sent a record whose bytes are not what they say.`,
    'gateway-deviates': (count: number, study: string) =>
      `${count === 1 ? 'In a study' : `In ${count} studies`} of the last 30 days this hospital’s gateway found something else than the others agreed on, last in ${study}. Its records or its installation differ from theirs: have them looked at, the audit says which numbers.`,
    'other-chain':
      'The chain that was fetched is not the one on which the invitation was made: somebody shows this node another history. Enter nothing, and call the hospital that invited you.',
    clock: (seconds: string) =>
      `This machine’s clock is ${seconds} s off the others’. Set it; beyond 5 s this node stops voting.`,
    disk: (free: string) => `Only ${free} are free on the disk: nothing new is taken in.`,
    halted: haltedEn,
    observing: (reason: string) => `This node observes and does not vote. ${reason}`,
    observingReason: observingEn,
    'keys-elsewhere':
      'Another machine has run with this institution’s keys, probably a copy of this folder. If it still runs, stop it: each of the two takes the other’s connections and overtakes what the other proposes.',
    'network-key-refused': (generation: string) =>
      `Key ${generation} of the network could not be opened or closed: the port is probably another program’s. It is tried again every minute; free the port that was configured and the one after it.`,
    'network-key-unreached': (generation: string) =>
      `Too few hospitals can be reached with key ${generation} of the network, so the key before it stays open past its time. Let the firewall pass the configured port and the one after it, here and at the others.`,
    'proposal-waits': (name: string) => `A proposal of ${name} waits for your answer.`,
    'invitation-expires': (name: string, at: string) => `The invitation of ${name} ends ${at}.`,
    'version-ahead': (height: string) =>
      `A newer protocol has been decided, which this program does not speak. Install the new version before height ${height}; there this node stops, and its visits wait.`,
    outdated:
      'The others go on in a protocol that this program does not speak. Visits are kept here and wait, none is lost: install the new version.',
    'keys-replaced':
      'This institution’s keys were replaced, and the new ones are not on this machine: it takes the chain and signs nothing. Restore from a kit or a backup made after the change, or make new keys here and let another member propose them.',
    'keys-refused':
      'Members answer and none lets this machine in: its keys are probably older than the last change of keys, or its network key is. Use a kit or a backup made after the change, or make new keys here and let another member propose them.',
    'glass-broken': (name: string, hours: string, isOwn: boolean) =>
      isOwn
        ? `Somebody here broke the glass over another hospital’s visits. Review it within ${hours} hours, under “Access”.`
        : `${name} broke the glass over visits of this hospital. Review it within ${hours} hours, under “Access”.`,
    'glass-overdue': (name: string, isOwn: boolean) =>
      isOwn
        ? 'A broken glass of this hospital’s was not reviewed here within 72 hours. See “Access”.'
        : `A glass that ${name} broke over visits of this hospital was not reviewed here within 72 hours. See “Access”.`,
    'recovery-asked': (name: string, hours: string, hospital: string | null) =>
      hospital === null
        ? `${name} asks for the hospitals’ part of this institution’s recovery key, for people who hold shares. Who did not agree to it objects within ${hours} hours, under Settings.`
        : `${name} asks for the hospitals’ part of the recovery key of ${hospital}. It may be given out in ${hours} hours, under Settings.`,
    'bulk-opening': (name: string, count: string) =>
      `${name} opened visits of ${count} patients of this hospital: more than a day’s work asks for. See “Access”.`,
    'house-opening': (name: string, count: string) =>
      `${name} opened ${count} of this hospital’s own patients: more than a day’s work asks for. See “Access”.`,
    'exported-all': (name: string) => `${name} exported the records of all patients. See “Access”.`,
    'keys-old': (years: number) =>
      years <= 1
        ? 'This institution’s keys are more than a year old. Nothing stops; change them when it suits you, under “Our keys”.'
        : `This institution’s keys are more than ${years} years old. Nothing stops; change them when it suits you, under “Our keys”.`,
    repaired: (blocks: string | null, height: string, from: string) =>
      `${blocks === null ? `The decision at height ${height} was damaged` : blockOrBlocks(blocks)} on this disk and fetched again from ${from}. If it happens again, have the disk looked at.`,
    reindexed: (blocks: string | null, height: string) =>
      `The index of ${blocks === null ? `height ${height}` : `the blocks ${blocks}`} was damaged on this disk and was made again.`,
    'beyond-repair': (blocks: string | null, height: string) =>
      `${blocks === null ? `The decision at height ${height}` : `What belongs to block ${blocks}`} is damaged on this disk and cannot be repaired: no member that is connected has it. It is tried again when another one comes; a backup has it too.`,
    look: 'Look',
  },
  proposals: {
    title: 'Proposals and votes',
    how: 'A proposal begins where its subject is: a rule under “Rules”, a vote or new keys at the member under “Members”, a newcomer with “Invite an institution…”.',
    approvedBy: (names: string) => `Approved by ${names}.`,
    rejectedBy: (names: string) => `Said no: ${names}.`,
    inEffectFrom: (height: string) => `In effect from height ${height}.`,
    none: 'What members propose to each other stands here, with who approves.',
    open: 'Open a file…',
    openHint: 'A proposal, or a copy with more approvals, that somebody sent.',
    by: (name: string, at: string) => `${name}, ${at}`,
    standing: {
      open: 'waits for approvals',
      approved: 'approved, on its way',
      rejected: 'rejected',
      withdrawn: 'withdrawn',
      expired: 'expired',
      overtaken: 'overtaken by another decision of its author; propose it anew',
      'author-changed': 'void: its author has left or has other keys since; propose it anew',
      decided: 'decided',
    },
    decidedAt: (height: string) => `decided at height ${height}`,
    approvals: (count: number, quorum: number) => `${count} of ${quorum} approvals`,
    approved: 'approved',
    rejected: 'said no',
    silent: 'no answer yet',
    proofs: (name: string, verdict: string) => `Proof of ${name}: ${verdict}.`,
    approve: 'Approve',
    reject: 'Say no',
    withdraw: 'Withdraw',
    save: 'Save as a file…',
    travels:
      'Members who are connected get it by themselves, with every answer. A file is for those who are not.',
    arrived: (name: string) => `${name} proposes a change to the consortium.`,
    arrivedAnswer: (name: string) => `${name} proposes a change and waits for this institution’s answer.`,
    saved: (path: string) => `Saved: ${path}`,
    taken: 'The proposal was taken in.',
    nothingNew: 'This file says nothing new.',
    passphraseWhy: 'The passphrase opens the root key for this one signature.',
  },
  change: {
    add: (name: string, kind: string) => `Admit ${name} (${kind}), without a vote`,
    remove: (name: string) => `Remove ${name}`,
    'give-vote': (name: string) => `Give ${name} a vote`,
    'take-vote': (name: string) => `Take the vote of ${name}`,
    'new-keys': (name: string) => `New keys for ${name}`,
    'lift-suspension': (name: string) => `Clear ${name} of what it is named for`,
    policy: (name: string, before: string | null, value: string) =>
      before === null ? `${name}: ${value}` : `${name}: ${before} → ${value}`,
    network: (number: string) => `Network key, generation ${number}`,
    protocol: (number: string) => `Protocol version ${number}`,
    atHeight: (height: string) => `at height ${height}`,
  },
  contradiction: {
    title: (height: string | null) =>
      height === null ? 'Two decisions contradict each other' : `Two decisions at height ${height}`,
    ours: 'Here:',
    theirs: 'Shown by another member:',
    decision: (visits: string, at: string, round: string, names: string) =>
      `${visits} visits, ${at}, round ${round}, signed by ${names}.`,
    between: ', ',
    signedBoth: (names: string) => `Signed both in one round, which no correct node does: ${names}.`,
    signedBothInTwoRounds: (names: string) =>
      `Signed both, in different rounds: ${names}. Some of them broke the rules; the signatures alone do not say which.`,
    notHere:
      'The other decision could not be fetched. The evidence is at the members who are on the other side.',
    save: 'Save the evidence…',
    saved: (path: string) => `Saved as ${path}.`,
    whatNow:
      'This folder stays read-only: nothing is signed or written, also after a restart, and it shows others what it holds. Give the evidence to all members and agree which decision counts and who leaves. Those whose folder is on that side restore from a backup made before, or from the recovery kit, into a new folder, and fetch the chain from members on that side.',
  },
  pending: {
    title: 'Decided, not in effect yet',
    at: (height: string) => `in effect at height ${height}`,
  },
  arithmetic: {
    before: ({ voters, quorum, faultsTolerated }: StrengthNumbers) =>
      `Now: ${vote(voters)}, ${quorum} must agree, ${faultsTolerated === 0 ? 'no failure is tolerated' : faultsTolerated === 1 ? 'one may fail' : `${faultsTolerated} may fail`}.`,
    after: ({ voters, quorum, faultsTolerated }: StrengthNumbers) =>
      `Then: ${vote(voters)}, ${quorum} must agree, ${faultsTolerated === 0 ? 'no failure is tolerated' : faultsTolerated === 1 ? 'one may fail' : `${faultsTolerated} may fail`}.`,
    same: 'Who votes stays as it is.',
    reach: ({ reachable, voters }: StrengthNumbers) =>
      `Reachable and signing then: ${reachable} of ${voters}.`,
    seats: (changed: number, allowed: number) =>
      `${changed === 1 ? 'One seat changes' : `${changed} seats change`}; at most ${allowed} may in one step.`,
  },
  refusal: {
    'unknown-member': 'This institution is no member.',
    'already-a-member': 'This institution is a member already.',
    'key-in-use': 'One of its keys is used by another member. It has to make a new request.',
    'not-a-hospital': 'Only hospitals vote, because only they can open a record and check it.',
    'has-a-vote': 'It votes already.',
    'has-no-vote': 'It has no vote.',
    'same-keys': 'These are the keys that it has.',
    'not-suspended': 'It is not named in the chain.',
    'last-voter': 'Somebody must decide: the last vote cannot be taken.',
    'voter-count':
      'Two or three voting hospitals tolerate no failure. Vote alone, or with four and more; the rule “Two or three voters allowed” can permit it.',
    'too-many-seats': 'Too many seats change at once. Do it in several steps.',
    'would-stop': 'Too few hospitals would be there to sign: the chain would stand still.',
    'policy-unknown': 'This version does not know a rule of this name.',
    'policy-out-of-bounds': 'The value is outside of what is allowed.',
    'policy-unchanged': 'The rule has this value already.',
    'height-too-early': 'The height is too near. Leave the others time to see it.',
    'rotation-under-way':
      'The next key of the network is decided and not in effect yet. Wait for that: whoever has the old one only could not ask for either.',
    'not-ready': 'Too few hospitals run a version that speaks the next protocol.',
    contradiction: 'It contradicts what is decided already and takes effect soon. Wait for that.',
    'request-not-open': 'Open the request file again.',
    'proposal-open': 'A proposal of yours is open. Finish or withdraw it first.',
    'proposal-over': 'This proposal is over.',
    'no-vote': 'Only voting hospitals approve.',
    'not-the-author': 'Only its author withdraws a proposal.',
    'proof-missing': 'A vote needs a proof of sync first: ask the hospital for the file and open it here.',
    'proof-does-not-hold': 'The proof of sync does not hold. Ask for a new one.',
    'not-a-member-yet': 'Admit the institution first; then it can be invited.',
    'no-address': 'Nobody’s address is known: set where this node listens first.',
    'not-listening-yet':
      'Where this node listens is set, and it does not listen yet: close the institution’s folder, open it again, and then invite.',
    'unusable-key': 'The institution’s key cannot be used. It has to make a new request.',
    'too-many-items': 'Too much waits to be decided. Try again later.',
  },
  fileRefusal: {
    'not-ours': 'This is no file of Consilium.',
    'other-kind': 'This is another kind of file of Consilium.',
    newer: 'A newer version of Consilium wrote this file. Update this one.',
    damaged: 'The file was damaged on its way. Have it sent again.',
    malformed: 'The file cannot be read, although it arrived whole. Have it made again.',
    forged: 'A signature in it does not hold. Do not use it; call the institution.',
    'other-keys':
      'It names keys that the institution did not give. Do not sign; call the one who drew it up.',
    'other-document': 'These files belong to different documents. Everybody must sign the same one.',
    changed:
      'The file is no longer the document that you looked at, so nothing was signed. Open it again, compare its number with the others, and then sign.',
    'other-institution': 'It is meant for another institution, or for keys that this one no longer has.',
    expired: 'The invitation has expired. Ask for a new one.',
    'other-chain': 'It belongs to another chain.',
    'no-address': 'It names nobody’s address. Ask for a new one from a member that listens.',
    'unknown-author': 'It comes from an institution that is no member.',
    unreadable: 'The file cannot be opened.',
    'not-writable': 'The file cannot be written there. Choose another place.',
  },
  wrongPassphrase: 'The passphrase does not fit. Nothing was signed.',
  decide: {
    title: 'Propose',
    changes: 'What would be decided',
    note: 'A word to the others',
    noteHint: 'Why; they read it before they approve.',
    passphrase: 'Passphrase',
    propose: 'Propose and approve',
    effect: (height: string) => `In effect at height ${height}, if it is decided next.`,
    standing: (now: string) => `Proposed: ${now}`,
    proposed: 'It is listed under Proposals.',
  },
  admit: {
    title: 'Invite an institution',
    start: 'Invite an institution…',
    intro:
      'It sends a request file, you compare a number by telephone, the members admit it, you send an invitation.',
    open: 'Open its request file…',
    compare: 'Read this number to each other over the telephone. Use a number that you knew before.',
    same: 'Both of us see the same number',
    differs: 'If it differs, the file was exchanged on its way: do not go on.',
    wishesVote: 'It wishes to vote later.',
    isMember: 'It is on the list already: save its invitation.',
    listenFirst:
      'An invitation needs an address where a member can be reached, and none is known yet. Set first where this node listens, below the members, then close the institution’s folder and open it again.',
    addresses: 'It will listen at',
    invited: (until: string) => `Saved. It is of use to this institution only, until ${until}.`,
    tellNumber: 'Tell them this number of the consortium; they compare it before they join.',
  },
  proof: {
    save: 'Save our proof of sync…',
    saveHint: 'Needed before this hospital gets a vote.',
    open: 'Open a proof of sync…',
    saved: (path: string) => `Saved: ${path}`,
    incomplete: 'It is not complete yet: wait until all records have their keys here.',
    opened: (name: string, verdict: string) => `The proof of ${name} ${verdict}.`,
  },
  listening: {
    title: 'Where this node listens',
    none: 'Nowhere: nobody can reach it, and it reaches nobody.',
    onlyDials: 'It dials the others and is not dialled.',
    edit: 'Change…',
    listen: 'Address of this machine',
    listenHint: 'Like 0.0.0.0:4711. The next port is used too while network keys change.',
    announce: 'Where others reach it',
    announceHint: 'Like node.hospital.example:4711; several with commas. Empty: the same address.',
    wrong: 'An address is a host and a port, like node.hospital.example:4711.',
    saved: 'Saved. It takes effect when the institution’s folder is closed and opened again.',
  },
  rules: {
    title: 'Rules of the consortium',
    hint: 'Numbers in effect. A change is proposed and decided like everything else.',
    name: 'Rule',
    value: 'Value',
    bounds: (least: string, greatest: string) => `${least} to ${greatest}`,
    unknown: 'of a newer version',
    change: 'Change…',
    newValue: 'New value',
    yes: 'yes',
    no: 'no',
    subjects: {
      chain: 'Votes and decisions',
      snapshots: 'Snapshots',
      studies: 'Studies and answers',
      privacy: 'Privacy budgets',
      other: 'Others',
    },
    names: {
      authorQuotaPerHour: 'Visits per hospital and hour',
      checkersMin: 'Hospitals that must approve an answer by rule',
      formulaApprovalsMin: 'Hospitals that must approve the formula of a customised model',
      formulaColumnsForbidden:
        'Variables that no formula may read (added up: 1 age, 2 Charlson, 4 chapter, 8 HbA1c, 16 payer, 32 sex, 64 stay, 128 visit class, 256 visits)',
      freeStudiesPerDay: 'Studies without charge per member and day',
      gatewayEpochDays: 'Days until the gateway key changes',
      releaseUnattested: 'Answers of fewer than four gateways are given',
      rhoCountMicro: 'Privacy budget of one count (ρ)',
      rhoHospitalMicro: 'Privacy budget of one hospital per year (ρ)',
      rhoInsuranceMicro: 'Privacy budget of all insurers per year (ρ)',
      rhoInsurerMicro: 'Privacy budget of one insurer per year (ρ)',
      rhoLifetimeMicro: 'Privacy budget for ever (ρ)',
      rhoModelMicro: 'Privacy budget of one model (ρ)',
      rhoPublishedMicro: 'Privacy budget of published tables per year (ρ)',
      rhoRegisteredModelMicro: 'Privacy budget of one registered model (ρ)',
      rhoResearchMicro: 'Privacy budget of all hospitals and universities per year (ρ)',
      rhoSnapshotMicro: 'Privacy budget of one snapshot (ρ)',
      rhoStudyMicro: 'Privacy budget of one study (ρ)',
      rhoTableMicro: 'Privacy budget of one table (ρ)',
      rhoUniversityMicro: 'Privacy budget of one university per year (ρ)',
      rhoYearMicro: 'Privacy budget per year (ρ)',
      segmentBytesMax: 'Bytes of one decision',
      segmentVisitsMax: 'Visits of one decision',
      smallestCount: 'Smallest number of patients shown',
      snapshotEveryDays: 'Days between snapshots that are declared by themselves (0: by hand)',
      snapshotHospitalsMin: 'Hospitals in a new snapshot',
      snapshotPatientsMin: 'New patients in a snapshot',
      studyCountsMax: 'Counts of one study',
      studyExpiryDays: 'Days after which a study without an answer is over',
      timestampGranularityMs: 'Steps of birth times (ms)',
      votersBelowFourAllowed: 'Two or three voters allowed',
    },
    keyChange: 'New network key…',
    keyChangeHint: 'After a member left, and once a year.',
    protocolChange: (next: string) => `Go on in protocol ${next}…`,
    protocolHint: (ready: number, voters: number, quorum: number) =>
      `${ready} of ${voters} voting hospitals run a program that speaks it; ${quorum} are needed. The others stop at that height until they install it.`,
    protocolNewest: 'This program speaks nothing newer.',
    afterHeights: 'So many heights from now',
  },
  about: {
    title: 'This consortium',
    name: 'Name',
    number: 'Number to compare',
    chain: 'Chain id',
    epoch: 'Epoch of voters',
    protocol: 'Protocol version',
    protocolHere: (inUse: string, newest: string) => `${inUse} in use; this program speaks up to ${newest}`,
    generation: 'Network key',
  },
}

export const zhHant: typeof en = {
  title: '網路',
  state: {
    alone: '本院是唯一有表決權的醫院：由本院自行簽署，就診即定案。',
    one: (name) => `僅${name}有表決權，目前可連線：就診持續定案。`,
    oneAway: (name) => `僅${name}有表決權，目前無法連線：就診已安全保存，待其恢復連線後定案。`,
    stopped: '本機未執行節點。請以通行密語開啟資料夾以啟動。',
    oneSilent: (name) => `僅${name}有表決權，已連線但目前未簽署：就診已安全保存，待其恢復簽署後定案。`,
    enough: (strength) =>
      strength.spare === 0
        ? `${signersZhHant(strength)}：就診持續定案；不能再有任何一家離線。`
        : `${signersZhHant(strength)}：就診持續定案；容許 ${strength.spare} 家離線。`,
    waiting: ({ reachable, quorum, ...numbers }) =>
      `${signersZhHant({ reachable, quorum, ...numbers })}，需要 ${quorum} 家：就診已安全保存，待另外 ${quorum - reachable} 家恢復連線後定案。`,
  },
  tabs: { members: '成員', proposals: '提案', rules: '規則' },
  membersTitle: '成員',
  columns: {
    name: '機構',
    kind: '類別',
    connection: '連線',
    lag: '落後',
    roundTrip: '往返時間',
    since: '自高度',
  },
  sorting: { sortedUp: '遞增', sortedDown: '遞減', sort: (column) => `依${column}排序` },
  kind: { hospital: '醫院', university: '大學', insurer: '保險公司' },
  votes: '有表決權',
  restart: {
    alone: '自行恢復表決',
    person: '須有人輸入通行密語才能恢復表決',
  },
  signing: {
    signs: '簽署中',
    observing: '觀察中，確認安全後才簽署',
    'keys-replaced': '金鑰已更換',
    'disk-full': '磁碟已滿',
    'clock-wrong': '時鐘不正確',
    halted: '已自行停止',
    outdated: '程式版本過舊',
    'catching-up': '正在追上進度',
  },
  named: '遭鏈上舉發',
  connection: {
    self: '本機',
    up: '已連線',
    away: '無法連線',
    'left-out': '暫時排除',
    'no-network': '未連線',
  },
  silent: {
    short: '沒有節點',
    body: '在這個示範中，它只是名義上的成員：不執行節點，也沒有人保存它的金鑰。病人達 4,000 人時，部分病人由它承保，供執行節點的保險公司作市場比較。',
  },
  problem: {
    unreachable: '各位址皆無回應。',
    'no-address': '不知其位址。請向對方詢問，或等待對方連入。',
    handshake:
      '有回應，但不是這個成員，或雙方的網路金鑰不同。節點離線期間若網路金鑰已更換兩次，便無法再與任何成員連線，須重新加入。',
    'other-chain': '對方屬於另一條鏈。',
    'no-common-version': '雙方版本無共通協定，其中一方須更新。',
    'bad-signature': '對方的簽章不成立。',
    silent: '對方停止回應。',
    flooding: '對方傳送過量資料。',
    violation: '對方傳送了正常節點不會傳送的內容。',
    forged: '對方傳送的區段無法通過驗證。',
    'not-reading': '對方未讀取送出的資料。',
  },
  heights: (count, text) => (count === 0 ? '同步' : `落後 ${text}`),
  lastAt: (height) => `最後位於 ${height}`,
  unknown: '不明',
  milliseconds: (text) => `${text} 毫秒`,
  member: {
    title: '成員',
    id: '成員識別碼',
    keys: '金鑰指紋',
    keyNames: {
      root: '根金鑰（核准決議）',
      consensus: '共識金鑰（表決）',
      author: '作者金鑰（簽署紀錄）',
      network: '網路金鑰（連線）',
      custodian: '保管金鑰（開啟自有紀錄）',
      gateway: '閘道金鑰（檢查與分析）',
    },
    addresses: '位址',
    restart: '機器重新啟動後',
    signing: '目前的表決',
    noAddresses: '不明',
    proof: '同步證明',
    noProof: '尚無',
    proofHeight: (height) => `至高度 ${height}`,
    invitation: '邀請',
    invited: (until) => `有效至 ${until}`,
    invitationUsed: '已使用',
    invitationExpired: '已過期',
    named: (height, reason) =>
      reason === 'equivocation'
        ? `鏈在高度 ${height} 收錄了該成員簽署兩張互相矛盾選票的證據。鏈並未因此分裂，該成員仍有表決權：由各成員決議收回其表決權、改由其他醫院接替，或撤銷舉發。`
        : `於高度 ${height} 遭鏈上舉發：${reason}`,
    giveVote: '賦予表決權…',
    takeVote: '收回表決權…',
    remove: '移除…',
    lift: '撤銷舉發…',
    invite: '儲存邀請檔…',
    speaks: '其程式支援',
    speaksUpTo: (newest) => `最高協定 ${newest}`,
    successor: '由誰接替其表決權',
    nobody: '無人接替',
    giveVotes: (count) => `一次賦予 ${count} 家醫院表決權…`,
    close: '關閉',
    retains: '對方已持有的內容仍保留：鏈，以及當時可開啟的紀錄。之後的紀錄不再對其開放。',
  },
  verdict: {
    holds: '成立',
    malformed: '無法讀取',
    'other-member': '屬於另一成員',
    forged: '並非由該成員簽署',
    'ahead-of-us': '所指高度本節點尚未到達，請稍後再看',
    'other-chain': '顯示的是另一條鏈',
    incomplete: '不完整：對方缺少部分紀錄的金鑰',
    'too-old': '已超過三天，請索取新的',
  },
  ownKeys: {
    title: '本機構的金鑰',
    start: '本機構的金鑰…',
    since: (date: string) => `自 ${date} 起生效。`,
    what: '表決、紀錄、網路與分析閘道各有一把金鑰。新金鑰由成員決定；再過兩個高度，新金鑰生效，舊金鑰即銷毀。就診作業全程不中斷，先前的紀錄仍可讀取。',
    stay: '根金鑰與本機構自有紀錄的金鑰維持不變。',
    waiting: (date: string) => `新金鑰已於 ${date} 製作，封存在這部機器上。成員決定後才會生效。`,
    decided: (height: string) => `已決定：新金鑰自高度 ${height} 起生效。`,
    kit: '先前的復原套件不含新金鑰：請立即儲存並檢查新的套件。首頁會提醒您。',
    why: '原因',
    planned: '計畫中：沒有其他人持有',
    stolen: '緊急：可能有其他人持有',
    plannedHow: '由本機構提出新金鑰並同意；其他成員如同一般提案予以同意。',
    stolenHow:
      '持有金鑰的人可能撤回本機構的提案，因此會儲存一份已簽署的申請：請交給另一成員，由對方在電話中與您核對號碼後提案。之後也請提案更換網路金鑰。在此之前遭竊金鑰可開啟的內容，應視為已外洩。',
    propose: '製作新金鑰並提案',
    save: '製作新金鑰並儲存申請…',
    saved: (path: string) => `已儲存：${path}。請把此號碼唸給提案的成員：`,
    proposed: '已提案。足夠的成員同意後即決定。',
  },
  consensus: {
    title: '共識',
    height: '決議中的高度',
    nextHeight: '下一個待決高度',
    round: '回合',
    step: '階段',
    proposer: '提議者',
    phase: {
      idle: '等待就診',
      propose: '等待提議',
      prevote: '第一次表決',
      precommit: '第二次表決',
      decided: '已決定',
    },
    idleNote: '目前沒有進行中的表決：有待決內容時才開始回合。',
    observerNote: '只有具表決權的醫院看得到彼此的表決；本機在定案後驗證每一項決定。',
    voted: '已投兩次',
    votedOnce: '已投一次',
    missing: '未投票',
    here: '就緒',
    awayNow: '無法連線',
    observes: '觀察中，不簽署',
    standing: {
      voting: '本節點參與表決。',
      'no-vote': '本機構無表決權；節點仍驗證一切。',
      observing: '本節點觀察中，尚未簽署。',
    },
    observingReason: observingZhHant,
    confirmTitle: '這是唯一持有這些金鑰的機器嗎？',
    confirmBody:
      '若是，一旦安全即可恢復表決。若舊機器仍在執行，請先停止：兩部機器使用同一把金鑰，在其他成員眼中等同作弊。',
    confirm: '沒有其他機器在執行',
  },
  alerts: {
    title: '需要注意',
    none: '目前沒有需要處理的事項。',
    'below-quorum': (count) => `可簽署的醫院少了 ${count} 家：就診等待中，不會遺失。`,
    'member-silent': (name, reason) =>
      `${name}已連線但未簽署${reason === '' ? '' : `（${reason}）`}：不能計入其表決。`,
    'no-decision': (rounds, minutes) =>
      `${minutes} 分鐘內經過 ${rounds} 輪仍未作成決定：就診安全保存並等待，不會遺失。「網路」的「共識」顯示缺少哪些醫院的表決；若持續如此，請聯絡這些醫院。`,
    'no-spare': '不能再少任何一家：再有一家離線，就診就要等待。',
    'member-away': (name, height, { missing, voters, mayMiss }) =>
      `${name}無法連線${height === null ? '' : `，最後位於高度 ${height}`}。${voters} 家表決醫院中有 ${missing} 家缺席，${mayMiss === 0 ? '不容許任何一家缺席' : `最多可缺席 ${mayMiss} 家`}：${missing > mayMiss ? '就診資料等候中。' : missing === mayMiss ? '再少一家，就診資料就須等候。' : `還可再缺席 ${mayMiss - missing} 家。`}`,
    'member-behind': (name, heights) => `${name}落後 ${heights} 個高度。`,
    evidence: (name) => `${name}簽署了互相矛盾的內容，證據已保存。`,
    named: (name, height, reason) =>
      reason === 'equivocation'
        ? `${name}簽署了兩張互相矛盾的選票，證據已於高度 ${height} 收錄於鏈上。該成員仍有表決權，請決議是否保留。`
        : `${name}於高度 ${height} 遭鏈上舉發：${reason}。`,
    decide: '可作的決議',
    offence: (name) => `${name}傳送了無法通過驗證的區段，已暫時排除。`,
    'forged-record': (name) => `${name}傳送的紀錄與其宣稱不符。`,
    'gateway-deviates': (count, study) =>
      `過去 30 日內，本院閘道在 ${count} 項研究中的結果與其他閘道不同，最近一項為 ${study}。本院的紀錄或安裝與他院有異，請檢查；稽核記錄載明哪些數字不同。`,
    'other-chain':
      '取得的鏈與邀請檔所依據的鏈不同：有人向本節點出示了另一份歷史。請勿登錄任何資料，並致電邀請您的醫院。',
    clock: (seconds) => `本機時鐘與其他成員相差 ${seconds} 秒，請校正；超過 5 秒本節點將停止表決。`,
    disk: (free) => `磁碟僅剩 ${free}：不再接收新資料。`,
    halted: haltedZhHant,
    observing: (reason) => `本節點觀察中，不參與表決。${reason}`,
    observingReason: observingZhHant,
    'keys-elsewhere':
      '曾有另一部機器使用本機構的金鑰執行，可能是本資料夾的副本。若仍在執行，請停止：兩者會互相搶走連線，並使對方的提案失效。',
    'network-key-refused': (generation) =>
      `網路金鑰第 ${generation} 代無法開啟或關閉，其連接埠可能遭其他程式占用。系統每分鐘重試；請釋出所設定的連接埠及其下一埠。`,
    'network-key-unreached': (generation) =>
      `以網路金鑰第 ${generation} 代可連線的醫院太少，前一代金鑰因此逾期仍保持開啟。請於本院及其他醫院的防火牆放行所設定的連接埠及其下一埠。`,
    'proposal-waits': (name) => `${name}的提案等待您的答覆。`,
    'invitation-expires': (name, at) => `${name}的邀請將於 ${at} 到期。`,
    'version-ahead': (height) =>
      `已決定採用本程式不支援的新協定。請於高度 ${height} 前安裝新版；屆時本節點將停止，就診資料會等候。`,
    outdated: '其他成員已使用本程式不支援的協定。就診資料保存在本機等候，不會遺失：請安裝新版。',
    'keys-replaced':
      '本機構的金鑰已更換，而新金鑰不在這部機器上：它會接收鏈，但不簽署任何內容。請以更換後製作的復原套件或備份還原，或在此製作新金鑰，由另一成員提案。',
    'keys-refused':
      '其他成員有回應，但都不讓這部機器進入：它的金鑰或網路金鑰可能早於上一次更換。請使用更換後製作的復原套件或備份，或在此製作新金鑰，由另一成員提案。',
    'glass-broken': (name: string, hours: string, isOwn: boolean) =>
      isOwn
        ? `本院人員緊急調閱了他院就診，請於 ${hours} 小時內在「調閱」審查。`
        : `${name} 緊急調閱了本院就診，請於 ${hours} 小時內在「調閱」審查。`,
    'glass-overdue': (name: string, isOwn: boolean) =>
      isOwn
        ? '本院的一次緊急調閱未在 72 小時內於本院審查，請見「調閱」。'
        : `${name} 對本院就診的一次緊急調閱未在 72 小時內於本院審查，請見「調閱」。`,
    'recovery-asked': (name: string, hours: string, hospital: string | null) =>
      hospital === null
        ? `${name}代持有分份的人申請取得本機構復原金鑰中由各醫院保管的部分。未同意者請於 ${hours} 小時內在「設定」提出異議。`
        : `${name}申請取得${hospital}復原金鑰中由各醫院保管的部分，${hours} 小時後可在「設定」交付。`,
    'bulk-opening': (name: string, count: string) =>
      `${name} 開啟了本院 ${count} 位病人的就診，超過一日工作所需，請見「調閱」。`,
    'house-opening': (name: string, count: string) =>
      `${name} 開啟了本院 ${count} 位病人，超過一日工作所需，請見「調閱」。`,
    'exported-all': (name: string) => `${name} 匯出了所有病人的紀錄，請見「調閱」。`,
    'keys-old': (years: number) =>
      years <= 1
        ? '本機構的金鑰已使用超過一年。一切照常運作；方便時請在「本機構的金鑰」更換。'
        : `本機構的金鑰已使用超過 ${years} 年。一切照常運作；方便時請在「本機構的金鑰」更換。`,
    repaired: (blocks, height, from) =>
      `本機磁碟上${blocks === null ? `高度 ${height} 的決議` : `區塊 ${blocks} `}損壞，已從${from}重新取得。若再次發生，請檢查磁碟。`,
    reindexed: (blocks, height) =>
      `本機磁碟上${blocks === null ? `高度 ${height} ` : `區塊 ${blocks} `}的索引損壞，已重新建立。`,
    'beyond-repair': (blocks, height) =>
      `本機磁碟上${blocks === null ? `高度 ${height} 的決議` : `區塊 ${blocks} 的內容`}損壞且無法修復：目前連線的成員都沒有。其他成員連線時會再嘗試；備份中也有。`,
    look: '查看',
  },
  proposals: {
    title: '提案與表決',
    how: '提案在其主題處提出：規則在「規則」，表決權與金鑰在「成員」中的該成員，新成員由「邀請機構…」開始。',
    approvedBy: (names) => `核准者：${names}。`,
    rejectedBy: (names) => `反對者：${names}。`,
    inEffectFrom: (height) => `自高度 ${height} 起生效。`,
    none: '成員之間的提案會列在這裡，並顯示誰已核准。',
    open: '開啟檔案…',
    openHint: '他人傳來的提案，或含有更多核准的副本。',
    by: (name, at) => `${name}，${at}`,
    standing: {
      open: '等待核准',
      approved: '已核准，處理中',
      rejected: '已否決',
      withdrawn: '已撤回',
      expired: '已過期',
      overtaken: '被提案者的另一項決定超前，請重新提案',
      'author-changed': '已失效：提案者已離開或金鑰已更換，請重新提案',
      decided: '已決定',
    },
    decidedAt: (height) => `於高度 ${height} 決定`,
    approvals: (count, quorum) => `${quorum} 項核准中已有 ${count} 項`,
    approved: '已核准',
    rejected: '反對',
    silent: '尚未答覆',
    proofs: (name, verdict) => `${name}的證明：${verdict}。`,
    approve: '核准',
    reject: '反對',
    withdraw: '撤回',
    save: '儲存為檔案…',
    travels: '已連線的成員會自動收到提案與每一項答覆；檔案供未連線的成員使用。',
    arrived: (name) => `${name}提議變更聯盟。`,
    arrivedAnswer: (name) => `${name}提議一項變更，等待本機構答覆。`,
    saved: (path) => `已儲存：${path}`,
    taken: '已收下此提案。',
    nothingNew: '此檔案沒有新內容。',
    passphraseWhy: '通行密語僅為這一次簽署開啟根金鑰。',
  },
  change: {
    add: (name, kind) => `接納${name}（${kind}），無表決權`,
    remove: (name) => `移除${name}`,
    'give-vote': (name) => `賦予${name}表決權`,
    'take-vote': (name) => `收回${name}的表決權`,
    'new-keys': (name) => `更換${name}的金鑰`,
    'lift-suspension': (name) => `撤銷對${name}的舉發`,
    policy: (name, before, value) =>
      before === null ? `${name}：${value}` : `${name}：${before} → ${value}`,
    network: (number) => `網路金鑰第 ${number} 代`,
    protocol: (number) => `協定版本 ${number}`,
    atHeight: (height) => `於高度 ${height}`,
  },
  contradiction: {
    title: (height) => (height === null ? '有兩項決議互相矛盾' : `高度 ${height} 有兩項決議`),
    ours: '本節點：',
    theirs: '另一成員出示：',
    decision: (visits, at, round, names) => `${visits} 筆就診，${at}，第 ${round} 輪，簽署者：${names}。`,
    between: '、',
    signedBoth: (names) => `在同一輪簽署了兩者，正確的節點不會如此：${names}。`,
    signedBothInTwoRounds: (names) =>
      `在不同輪次簽署了兩者：${names}。其中有成員違反規則，但單憑簽章無法判定是誰。`,
    notHere: '無法取得另一項決議。證據在另一方的成員手中。',
    save: '儲存證據…',
    saved: (path) => `已存為 ${path}。`,
    whatNow:
      '此資料夾維持唯讀：重新啟動後也不簽署、不寫入，並向其他成員出示其內容。請將證據交給所有成員，共同決定哪項決議有效、誰應離開。之後，有效一方的成員以先前的備份或復原套件還原到新的資料夾，並向同一方的成員取得鏈。',
  },
  pending: { title: '已決定，尚未生效', at: (height) => `於高度 ${height} 生效` },
  arithmetic: {
    before: ({ voters, quorum, faultsTolerated }) =>
      `目前：${voters} 家醫院表決，需 ${quorum} 家同意，${faultsTolerated === 0 ? '不容許任何一家失效' : `可容許 ${faultsTolerated} 家失效`}。`,
    after: ({ voters, quorum, faultsTolerated }) =>
      `之後：${voters} 家醫院表決，需 ${quorum} 家同意，${faultsTolerated === 0 ? '不容許任何一家失效' : `可容許 ${faultsTolerated} 家失效`}。`,
    same: '表決成員不變。',
    reach: ({ reachable, voters }) => `屆時可連線並簽署：${voters} 家中的 ${reachable} 家。`,
    seats: (changed, allowed) => `變更 ${changed} 個席位；一次最多 ${allowed} 個。`,
  },
  refusal: {
    'unknown-member': '此機構不是成員。',
    'already-a-member': '此機構已是成員。',
    'key-in-use': '其中一把金鑰已由其他成員使用，對方須重新申請。',
    'not-a-hospital': '只有醫院有表決權，因為只有醫院能開啟並檢查紀錄。',
    'has-a-vote': '已有表決權。',
    'has-no-vote': '沒有表決權。',
    'same-keys': '與目前的金鑰相同。',
    'not-suspended': '該成員未遭鏈上舉發。',
    'last-voter': '必須有人表決：最後一個表決權不可收回。',
    'voter-count':
      '兩家或三家醫院表決時不容許任何一家失效。請由一家單獨表決，或由四家以上表決；規則「允許兩家或三家表決」可另行允許。',
    'too-many-seats': '一次變更的席位過多，請分次進行。',
    'would-stop': '屆時可簽署的醫院不足以作成任何決定：鏈將停擺。',
    'policy-unknown': '本版本不認識此名稱的規則。',
    'policy-out-of-bounds': '數值超出允許範圍。',
    'policy-unchanged': '規則已是此數值。',
    'height-too-early': '高度太近，請讓其他成員有時間看到。',
    'rotation-under-way':
      '下一把網路金鑰已決定但尚未生效，請等待其生效：否則只持有舊金鑰的成員將無法索取新金鑰。',
    'not-ready': '執行可用新協定版本的醫院太少。',
    contradiction: '與已決定、即將生效的內容矛盾，請等待其生效。',
    'request-not-open': '請重新開啟申請檔。',
    'proposal-open': '您有一項提案尚未結束，請先完成或撤回。',
    'proposal-over': '此提案已結束。',
    'no-vote': '只有具表決權的醫院可以核准。',
    'not-the-author': '只有提案者可以撤回。',
    'proof-missing': '賦予表決權前需要同步證明：請向該醫院索取檔案並在此開啟。',
    'proof-does-not-hold': '同步證明不成立，請索取新的。',
    'not-a-member-yet': '請先接納該機構，再發出邀請。',
    'no-address': '不知任何成員的位址：請先設定本節點的監聽位址。',
    'not-listening-yet': '監聽位址已設定但尚未生效：請關閉機構資料夾並重新開啟，然後再邀請。',
    'unusable-key': '該機構的金鑰無法使用，對方須重新申請。',
    'too-many-items': '待決定的內容過多，請稍後再試。',
  },
  fileRefusal: {
    'not-ours': '這不是 Consilium 的檔案。',
    'other-kind': '這是 Consilium 的另一種檔案。',
    newer: '此檔案由較新版本的 Consilium 產生，請更新本程式。',
    damaged: '檔案在傳送途中損壞，請對方重新傳送。',
    malformed: '檔案完整但無法讀取，請對方重新產生。',
    forged: '其中的簽章不成立。請勿使用，並聯絡該機構。',
    'other-keys': '其中的金鑰並非該機構所提供。請勿簽署，並聯絡起草者。',
    'other-document': '這些檔案屬於不同文件。所有機構必須簽署同一份。',
    changed: '檔案已不是您先前查看的文件，因此未簽署任何內容。請重新開啟檔案，與其他機構核對號碼後再簽署。',
    'other-institution': '這是給其他機構的，或給本機構已不再使用的金鑰。',
    expired: '邀請已過期，請索取新的。',
    'other-chain': '屬於另一條鏈。',
    'no-address': '其中沒有任何成員的位址，請向有監聽位址的成員索取新的。',
    'unknown-author': '來自非成員機構。',
    unreadable: '無法開啟檔案。',
    'not-writable': '無法寫入該位置，請另選地方。',
  },
  wrongPassphrase: '通行密語不正確，未簽署任何內容。',
  decide: {
    title: '提案',
    changes: '將決定的內容',
    note: '給其他成員的說明',
    noteHint: '說明原因；其他成員核准前會看到。',
    passphrase: '通行密語',
    propose: '提案並核准',
    effect: (height) => `若於下一次決定，將於高度 ${height} 生效。`,
    standing: (now) => `提案：${now}`,
    proposed: '列於「提案」。',
  },
  admit: {
    title: '邀請機構',
    start: '邀請機構…',
    intro: '對方傳來申請檔，雙方以電話核對號碼，成員接納後，您傳送邀請檔。',
    open: '開啟對方的申請檔…',
    compare: '請以電話互相唸出這組號碼。請使用您原本就知道的電話。',
    same: '雙方看到的號碼相同',
    differs: '若不相同，表示檔案在途中被調換：請勿繼續。',
    wishesVote: '對方希望日後取得表決權。',
    isMember: '已在名單上：請儲存邀請檔。',
    listenFirst:
      '邀請檔須包含至少一個可連入的成員位址，目前尚無。請先在成員名單下方設定本節點的監聽位址，再關閉機構資料夾並重新開啟。',
    addresses: '對方將監聽於',
    invited: (until) => `已儲存。僅供該機構使用，有效至 ${until}。`,
    tellNumber: '請將聯盟的這組號碼告訴對方，對方加入前會核對。',
  },
  proof: {
    save: '儲存本院的同步證明…',
    saveHint: '取得表決權之前需要。',
    open: '開啟同步證明…',
    saved: (path) => `已儲存：${path}`,
    incomplete: '尚不完整：請等待所有紀錄的金鑰到齊。',
    opened: (name, verdict) => `${name}的證明${verdict}。`,
  },
  listening: {
    title: '本節點的監聽位址',
    none: '未設定：無人能連入，也不連出。',
    onlyDials: '只向外連線，不接受連入。',
    edit: '變更…',
    listen: '本機位址',
    listenHint: '例如 0.0.0.0:4711。更換網路金鑰期間也會使用下一個連接埠。',
    announce: '對外位址',
    announceHint: '例如 node.hospital.example:4711；多個以逗號分隔。留空表示相同。',
    wrong: '位址須為主機與連接埠，例如 node.hospital.example:4711。',
    saved: '已儲存，關閉機構資料夾並重新開啟後生效。',
  },
  rules: {
    title: '聯盟規則',
    hint: '目前生效的數值。變更須提案並決定。',
    name: '規則',
    value: '數值',
    bounds: (least, greatest) => `${least} 至 ${greatest}`,
    unknown: '屬於較新版本',
    change: '變更…',
    newValue: '新數值',
    yes: '是',
    no: '否',
    subjects: {
      chain: '表決與決議',
      snapshots: '快照',
      studies: '研究與答案',
      privacy: '隱私預算',
      other: '其他',
    },
    names: {
      authorQuotaPerHour: '每院每小時就診上限',
      checkersMin: '依規則釋出結果所需的核可醫院數',
      formulaApprovalsMin: '自訂模型公式須核准的醫院數',
      formulaColumnsForbidden:
        '公式不得讀取的變項（數值相加：1 年齡、2 Charlson、4 診斷章、8 HbA1c、16 付費者、32 性別、64 住院日、128 就診類別、256 就診數）',
      freeStudiesPerDay: '每位成員每日不扣額度的研究數上限',
      gatewayEpochDays: '閘道金鑰更換天數',
      releaseUnattested: '閘道少於四家時仍提供結果',
      rhoCountMicro: '單次計數的隱私預算（ρ）',
      rhoHospitalMicro: '每家醫院每年隱私預算（ρ）',
      rhoInsuranceMicro: '所有保險公司每年隱私預算（ρ）',
      rhoInsurerMicro: '每家保險公司每年隱私預算（ρ）',
      rhoLifetimeMicro: '終身隱私預算（ρ）',
      rhoModelMicro: '單一模型的隱私預算（ρ）',
      rhoPublishedMicro: '公開統計表每年隱私預算（ρ）',
      rhoRegisteredModelMicro: '單一預先登記模型的隱私預算（ρ）',
      rhoResearchMicro: '所有醫院及大學每年隱私預算（ρ）',
      rhoSnapshotMicro: '單一快照的隱私預算（ρ）',
      rhoStudyMicro: '單一研究的隱私預算（ρ）',
      rhoTableMicro: '單一統計表的隱私預算（ρ）',
      rhoUniversityMicro: '每所大學每年隱私預算（ρ）',
      rhoYearMicro: '每年隱私預算（ρ）',
      segmentBytesMax: '每次決定的位元組上限',
      segmentVisitsMax: '每次決定的就診上限',
      smallestCount: '可顯示的最小病人數',
      snapshotEveryDays: '自動建立快照的間隔天數（0 為手動）',
      snapshotHospitalsMin: '新快照的最少醫院數',
      snapshotPatientsMin: '新快照的最少新病人數',
      studyCountsMax: '單一研究的計數次數上限',
      studyExpiryDays: '研究未獲答案的失效天數',
      timestampGranularityMs: '產生時間的間隔（毫秒）',
      votersBelowFourAllowed: '允許兩家或三家表決',
    },
    keyChange: '更換網路金鑰…',
    keyChangeHint: '成員離開後，以及每年一次。',
    protocolChange: (next) => `改用協定 ${next}…`,
    protocolHint: (ready, voters, quorum) =>
      `${voters} 家表決醫院中有 ${ready} 家的程式支援；至少需要 ${quorum} 家。其他醫院會在該高度停止，直到安裝新版。`,
    protocolNewest: '本程式沒有更新的協定。',
    afterHeights: '從現在起的高度數',
  },
  about: {
    title: '本聯盟',
    name: '名稱',
    number: '核對號碼',
    chain: '鏈識別碼',
    epoch: '表決世代',
    protocol: '協定版本',
    protocolHere: (inUse, newest) => `使用中 ${inUse}；本程式最高支援 ${newest}`,
    generation: '網路金鑰',
  },
}
