/**
 * What a person reads on standard error when a command fails: what went wrong, what it means, what to do next. The JSON line keeps the code.
 * The same code means the same wherever it is said; the test beside this file holds that none is without words.
 */

/** Cause, next step, and the effect where it is not that nothing was changed. */
type Words = readonly [cause: string, todo: string, effect?: string]

const NOTHING = 'Nothing was changed.'
const NO_NUMBERS = 'No numbers were computed.'
const SAVED_STAYS = 'What was saved before is safe.'
const NOT_TRUSTED = 'Do not rely on it.'
const ASK_AGAIN = 'Read the detail of the JSON line, put the file right, then try again.'
const CHECK_PATH = 'Check the path and the permissions, then try again.'
const GET_AGAIN = 'Ask whoever made the file for it again.'
const CATCH_UP = 'Wait until this node has caught up with the chain (`consilium status`), then try again.'
const SEE_STATUS = 'Look at `consilium status`, then try again.'
const CHANGE_DATA = 'Put the data right at the place that the JSON line names, then try again.'
const CHANGE_MODEL = 'Change the model or the data, then try again.'
const SEE_MEMBERS = 'Compare with `consilium members` and `consilium proposals`.'

export const FAILURES: Readonly<Record<string, Words>> = {
  // How a command is written, files and folders.
  usage: [
    'The command was not written as it is understood.',
    'Read `consilium COMMAND --help`.',
    'Nothing was done.',
  ],
  internal: [
    'Something happened that the program does not expect.',
    'Try again; if it happens twice, report it with what stands above.',
    SAVED_STAYS,
  ],
  cancelled: ['The work was cancelled before its end.', 'Start it again.', SAVED_STAYS],
  timeout: [
    'The time to wait was over before the work was done.',
    'Start it again; give a longer --timeout where the command takes one.',
    'The work was cancelled. What was saved before is safe.',
  ],
  'timeout-final': [
    'The time to wait was over before all visits were final.',
    'Look with `consilium status` while the node runs.',
    'What was imported is safe and waits for the chain.',
  ],
  'timeout-answer': [
    'The time to wait was over before the study was answered.',
    'Ask for the result again later, or with a longer --wait.',
    'The study goes on; nothing more is charged.',
  ],
  'timeout-decision': [
    'The time to wait was over before the decision stood in the chain.',
    'Look at `consilium proposals`.',
    'The proposal stands, and votes that were cast count.',
  ],
  'not-readable': ['The file cannot be read, or is larger than such a file may be.', CHECK_PATH],
  unreadable: ['The file cannot be read.', CHECK_PATH],
  'not-writable': ['The file cannot be written where it should go.', CHECK_PATH, 'No file was written.'],
  'folder-not-writable': ['The folder cannot be written to.', CHECK_PATH],
  'folder-not-empty': ['The folder holds something already.', 'Name a folder that is new or empty.'],
  'folder-failed': ['A watched folder cannot be read or written.', CHECK_PATH],
  'disk-full': ['The disk is full.', 'Free some space, then try again.', SAVED_STAYS],
  'too-large': [
    'The file is larger than such a file may be.',
    'Ask for less, or check that it is the right file.',
  ],
  'too-long': ['A text is longer than it may be.', 'Shorten it, then try again.'],
  'not-permitted': [
    'Your roles do not allow this.',
    'Ask an administrator, or name another person with --as.',
  ],
  'wrong-passphrase': ['The passphrase does not open this folder.', 'Check it, and whose it is (--as NAME).'],
  'passphrase-missing': [
    'No passphrase was given.',
    'Set CONSILIUM_PASSPHRASE_FILE to a file that holds it, or give it on standard input.',
  ],
  'passphrase-too-weak': [
    'The passphrase is too short or too simple.',
    'Choose several words, then try again.',
  ],
  'passphrase-needed': ['This needs your passphrase once more.', 'Give it, then try again.'],
  'profile-in-use': [
    'Another process has this folder open and does not answer.',
    'Close it, or wait until it has started, then try again.',
  ],
  'profile-damaged': [
    'A file of this folder is damaged or was altered.',
    'Restore a backup with `consilium restore` into a new folder, or ask your administrator.',
    'The folder was not opened.',
  ],
  'profile-missing': [
    'There is no institution’s folder at this path.',
    'Check --profile, or make one with `consilium found`.',
  ],
  'profile-newer': [
    'The folder was made by a newer version.',
    'Install that version or a later one.',
    'The folder was not opened.',
  ],
  'no-profile': ['No institution’s folder is open.', 'Check --profile, then try again.'],
  'inside-profile': ['The place named lies inside the institution’s folder.', 'Name a place outside of it.'],
  'keys-unreadable': [
    'The file of the keys cannot be read.',
    'Check --keys, or restore the keys with the recovery kit.',
  ],
  'needs-this-machine': [
    'The keys open only with this machine’s own store of secrets, which does not answer.',
    'Use the machine on which they were made, or the recovery kit.',
  ],
  'needs-starter': [
    'The node does not run, and you may not start it.',
    'Have a clerk or an administrator start it.',
  ],
  'wrong-pin': ['The PIN is wrong.', 'Try again, or give the passphrase.'],
  'pin-gone': ['The PIN is not taken any more.', 'Give the passphrase.'],
  'node-away': ['The node does not answer.', SEE_STATUS],
  'connection-lost': ['The connection to the open application was lost.', SEE_STATUS, SAVED_STAYS],
  'demonstration-failed': [
    'The demonstration could not be made.',
    'Read what stands above, and try another folder.',
    'What was made of it is no use.',
  ],
  'demonstration-node-ended': [
    'A node of the demonstration ended.',
    'Make the demonstration again in an empty folder.',
    'What was made of it is no use.',
  ],
  closed: ['The folder was closed meanwhile.', 'Try again.', SAVED_STAYS],
  locked: ['The session is locked.', 'Unlock it in the window, then try again.'],
  busy: ['The same work is under way already.', 'Wait until it ends, then try again.'],
  running: ['It is being worked on.', 'Wait until it ends, then try again.'],
  halted: [
    'The node has stopped and takes nothing new.',
    'Read the reason in `consilium status` and tell your administrator.',
    SAVED_STAYS,
  ],
  'read-only': [
    'The folder is open for reading only.',
    'Open it on the machine that votes, or wait until the node has its vote back.',
  ],
  corrupt: [
    'A stored entry is damaged.',
    'Run `consilium verify` and tell your administrator.',
    'Nothing damaged was taken over.',
  ],
  'chain-damaged': [
    'A part of the chain at this computer does not check.',
    'Run `consilium verify`, then try again when it is repaired.',
    'No file was written.',
  ],
  'invalid-input': [
    'The node does not accept what was sent.',
    'Check the values of the options, then try again.',
  ],
  'not-available': ['This is not possible at the moment.', 'Try again in a moment.'],
  'not-ready': ['What this needs is not ready yet.', CATCH_UP],
  'not-that-far': ['The state that is asked for is not here yet.', CATCH_UP],
  'not-member-yet': ['This node does not know yet that its institution is a member.', CATCH_UP],
  'only-at-node': ['This is done at the node’s own machine.', 'Run the command there.'],
  'network-stopped': ['The network of this node has stopped.', 'Start it again with `consilium node`.'],
  'address-in-use': ['Another program listens at this address.', 'Choose another port, or end that program.'],
  'bad-address': ['That is no address of the form HOST:PORT.', 'Correct it, then try again.'],
  'audit-unavailable': [
    'The record of accesses cannot be written.',
    'Free some space on the disk, then try again.',
    'Nothing is handed out of which there would be no trace.',
  ],
  'too-many-calls': ['The node was asked too much at once.', 'Wait a few seconds, then try again.'],
  'too-many': ['There are as many as there may be.', 'Remove one, then try again.'],
  'too-many-items': ['More items were given than are taken at once.', 'Give fewer, then try again.'],
  'name-taken': ['The name is taken.', 'Choose another one.'],
  changed: ['It has changed since it was shown.', 'Look at it again, then repeat the command.'],
  'not-synthetic': [
    'Made-up patients cannot be taken in among real ones.',
    'Use a demonstration (`consilium demo`).',
  ],
  'not-real': ['Real patients cannot be taken in among made-up ones.', 'Use the institution’s own folder.'],
  'worker-ended': [
    'A thread of the program ended.',
    'Try again; if it happens twice, report it.',
    SAVED_STAYS,
  ],
  'kept-reviews-unreadable': [
    'Texts of reviews that are kept here cannot be read.',
    'Install the version that wrote them, or wait until this node has its keys again.',
    'Nothing was written over them.',
  ],
  'record-unreadable': ['A record cannot be read.', 'Run `consilium verify`.'],

  // Files with a signature: lists of imports, proofs, packages, files of members.
  'not-ours': ['That is no file of this program.', 'Check that it is the right file.', NOT_TRUSTED],
  'other-kind': ['The file is of another kind than this command takes.', 'Check that it is the right file.'],
  newer: ['The file was written by a newer version.', 'Install that version or a later one.'],
  'newer-format': ['The file was written by a newer version.', 'Install that version or a later one.'],
  damaged: ['The file is damaged: it is not as it was written.', GET_AGAIN, NOT_TRUSTED],
  malformed: ['What the file says has not the form that it must have.', GET_AGAIN, NOT_TRUSTED],
  forged: ['The signature does not fit the file.', `${GET_AGAIN} Tell your administrator.`, NOT_TRUSTED],
  'other-keys': ['The file is for other keys than this institution has.', GET_AGAIN],
  'other-document': ['The file is about another document.', 'Check that it is the right file.'],
  'other-institution': ['It belongs to another institution.', 'Check that it is the right file and folder.'],
  'other-chain': [
    'It belongs to another consortium’s chain.',
    'Check the file and the chain that you expect.',
    NOT_TRUSTED,
  ],
  expired: ['Its time is over.', 'Ask for a new one.'],
  'no-address': [
    'It names no address at which the member is reached.',
    'Set one with `consilium listen`, and make the file again.',
  ],
  'unknown-author': ['Its author is no member that this node knows.', SEE_MEMBERS, NOT_TRUSTED],
  'fingerprint-differs': [
    'The fingerprint is not the one of the file: it may be somebody else’s.',
    'Compare it once more by telephone, with a number that you know.',
    'Nothing was taken from the file.',
  ],
  'not-a-proof': ['That is no proof of a field.', 'Check that it is the right file.', NOT_TRUSTED],
  genesis: ['The proof does not begin at the chain’s founding.', GET_AGAIN, NOT_TRUSTED],
  epoch: ['The proof names voters that the chain does not confirm.', GET_AGAIN, NOT_TRUSTED],
  certificate: ['Too few voters signed what the proof rests on.', GET_AGAIN, NOT_TRUSTED],
  voters: ['The voters in the proof are not those of the chain.', GET_AGAIN, NOT_TRUSTED],
  head: ['The head in the proof does not fit.', GET_AGAIN, NOT_TRUSTED],
  'not-in-chain': ['The block of the proof is not in the chain that it names.', GET_AGAIN, NOT_TRUSTED],
  field: ['The field of the proof is not in its block.', GET_AGAIN, NOT_TRUSTED],
  'no-such-block': [
    'This chain has no block of that number.',
    'Look up the number in the window, or with `consilium status`.',
  ],
  'no-such-field': ['The block has no such field.', 'Choose one of the names in the JSON line.'],
  'several-fields': ['More than one field has such a name.', 'Choose one of the names in the JSON line.'],
  sealed: ['The block’s content is not open to you.', 'Ask whoever may read it.'],
  'not-a-package': ['That is no study package.', 'Check that it is the right file.', NOT_TRUSTED],
  'not-two': ['The file does not hold two certificates.', GET_AGAIN],
  'same-decision': [
    'Both certificates are for the same decision: nothing contradicts.',
    'Nothing more is to be done.',
  ],
  'not-certified': ['One of the certificates does not hold.', GET_AGAIN, NOT_TRUSTED],
  'chain-not-verified': [
    'The chain on this disk does not check at the block that the JSON line names.',
    'Tell your administrator, and restore a backup into a new folder.',
    NOT_TRUSTED,
  ],
  'signatures-missing': [
    'Not every founder has signed the document yet.',
    'Get the files of their signatures, then open it with all of them.',
    'Nothing was founded.',
  ],
  'two-certificates': [
    'There are two certificates for one height.',
    'Save them with `consilium contradiction --out FILE` and call the other members.',
  ],
  'not-found': ['The node has not got it.', CATCH_UP],

  // The chain and other members.
  'item-malformed': [
    'What was to be said to the chain has not its form.',
    'Check the values of the options, then try again.',
  ],
  'item-refused': ['The chain does not take it.', SEE_STATUS],
  'document-malformed': ['The document of the study is not as it must be.', GET_AGAIN],
  'attested-otherwise': ['This gateway signed another answer before.', 'Tell your administrator.'],
  'draft-too-large': ['The form holds more than a draft can keep.', 'Shorten it.'],
  'too-many-drafts': ['There are as many drafts as can be kept.', 'Finish or discard some.'],
  'too-many-waiting': ['So much waits that no more is taken.', 'Wait, then try again.'],
  'message-too-large': ['The message is larger than members send each other.', 'Ask for less.'],
  missing: ['A part of the chain is missing here.', 'Run `consilium verify`.'],
  'no-guard-yet': ['What guards the accesses is not ready yet.', CATCH_UP],
  'not-a-gateway': ['This node is no gateway.', 'Do this at a hospital that is one.'],
  'patient-gone': ['This patient was erased.', 'Leave them; a person who comes again is registered anew.'],
  'peer-unreachable': [
    'The other member cannot be reached.',
    'Check the address and the network, then try again.',
  ],
  'request-aborted': ['The other member broke off.', 'Try again.'],
  'request-timeout': ['The other member did not answer in time.', 'Try again later.'],
  'request-refused': ['The other member refused to answer.', 'Ask its administrator.'],
  'too-many-patients': [
    'You have opened more patients than a day’s work asks for.',
    'Wait, or open them in the window with your passphrase.',
  ],

  // Releases of the program.
  'not-a-manifest': [
    'That is no signed list of a release.',
    'Get the list of the release again from its owners.',
    'Do not install the package.',
  ],
  'no-release-key': [
    'This installation has no public key of a release, so nothing can be checked.',
    'Get the program again from its owners.',
    'Do not install the package by this check.',
  ],
  'not-signed': [
    'The list of the release is not signed.',
    'Get the list again from the owners.',
    'Do not install the package.',
  ],
  'unknown-key': [
    'The list is signed by a key that this installation does not know.',
    'Ask the owners which key signs.',
    'Do not install the package.',
  ],
  altered: [
    'The list was altered after it was signed.',
    'Get the list again from the owners.',
    'Do not install the package.',
  ],
  'not-newer': [
    'The release is not newer than what is installed.',
    'Keep what is installed, or get a later release.',
  ],
  'not-genuine': [
    'At least one package is not the one that was released.',
    'Get the packages again; the JSON line names which.',
    'Do not install those.',
  ],

  // Imports, backups, lists of codes.
  'unknown-batch': ['There is no import of that number.', 'Look it up with `consilium imports`.'],
  'batch-over': ['This import came to its end.', 'Import the files again if they have changed.'],
  'no-files': ['No file was found to take in.', CHECK_PATH],
  'nothing-imported': [
    'No file could be taken in.',
    'Read the reasons in the JSON line, or write them with --rejects FILE.',
  ],
  'mapping-unknown': ['There is no mapping of that name, nor a file.', 'Check --mapping.'],
  'mapping-not-readable': ['The mapping cannot be read or is not of the form.', ASK_AGAIN],
  'mapping-missing': ['The tables need a mapping.', 'Give one with --mapping FILE_OR_NAME.'],
  'rejects-not-writable': ['The file of what was left out cannot be written.', CHECK_PATH],
  'not-a-table': ['The file is no table.', 'Save it as CSV or XLSX, then try again.'],
  'table-too-large': ['The table is larger than can be taken in.', 'Divide it, then try again.'],
  'columns-unknown': [
    'The columns of the list are not known by their headings.',
    'Name them by --columns; the JSON line has the headings.',
  ],
  'no-columns': ['The list has no column of codes.', ASK_AGAIN],
  'no-codes': ['The list holds no codes.', 'Check that it is the right file and column.'],
  'too-many-codes': ['The list holds more codes than can be kept.', 'Divide or shorten it.'],
  'not-a-backup': ['The folder is no backup.', 'Check --backup.'],
  'backup-changed': ['The backup is not as it was written.', 'Take another backup.', NOT_TRUSTED],
  'backup-expired': ['The backup is too old to be taken back.', 'Take a later one.'],
  'backup-key-missing': ['The keys of the backup are missing.', 'Give them with --keys FILE_OR_FOLDER.'],
  'backup-newer': ['The backup was made by a newer version.', 'Install that version or a later one.'],
  'chain-broken': [
    'The chain in the backup does not check.',
    'Verify the chain (`consilium verify`), then make another backup.',
    'The backup was written and is not to be relied on.',
  ],
  failed: [
    'The check did not pass.',
    'Read the place in the JSON line, and tell your administrator.',
    NOT_TRUSTED,
  ],

  'changed-since': ['The files have changed since the import began.', 'Import them again.'],

  // People, members and work places.
  'bad-code': ['The code of pairing is not right.', 'Make a new one with `consilium work-places pair`.'],
  'no-answer': ['The other side did not answer.', 'Check the address and the network, then try again.'],
  'too-short': ['The passphrase is too short.', 'Choose several words, then try again.'],
  'too-uniform': ['The passphrase repeats itself.', 'Choose several words, then try again.'],
  'too-guessable': ['The passphrase is easy to guess.', 'Choose several words, then try again.'],
  'unknown-person': ['There is no person of that name.', 'Look at `consilium people`.'],
  'last-administrator': ['This is the last administrator.', 'Make somebody else an administrator first.'],
  'account-taken': ['Somebody has an account of that name.', 'Choose another name.'],
  'no-role': ['A person needs at least one role.', 'Give one.'],
  'not-administrator': ['Only an administrator may do this.', 'Ask one, or name one with --as.'],
  'two-administrators': ['Two administrators must give their passphrases.', 'Do it together, in the window.'],
  'kit-needed': [
    'There is only one administrator, or none: the recovery kit is needed too.',
    'Give it, then try again.',
  ],
  'not-a-kit': ['That is no recovery kit.', 'Check that it is the right file.'],
  'node-not-running': ['No node has this folder open.', 'Start it with `consilium node`, then try again.'],
  'unknown-work-place': ['There is no such work place.', 'Look at the list of work places.'],
  'unknown-member': ['There is no such member.', SEE_MEMBERS],
  'already-a-member': ['The institution is a member already.', SEE_MEMBERS],
  'key-in-use': ['Somebody uses this key already.', 'Make new keys, and the request again.'],
  'not-a-hospital': ['Only a hospital may do this.', SEE_MEMBERS],
  'has-a-vote': ['The member has a vote already.', SEE_MEMBERS],
  'has-no-vote': ['The member has no vote.', SEE_MEMBERS],
  'same-keys': ['These are the keys in use.', 'Make new ones.'],
  'not-suspended': ['The member is not suspended.', SEE_MEMBERS],
  'last-voter': ['The last voter cannot go.', 'Give somebody else a vote first.'],
  'voter-count': ['The number of voters would not be allowed.', SEE_MEMBERS],
  'too-many-seats': ['There would be too many seats.', SEE_MEMBERS],
  'would-stop': [
    'The chain would stop: too few of the voters are there.',
    'Wait until more of them are reached.',
  ],
  'policy-unknown': ['There is no such rule.', 'Check its name.'],
  'policy-out-of-bounds': ['The rule may not have this value.', 'Choose one within its bounds.'],
  'policy-unchanged': ['The rule has this value already.', 'Nothing more is to be done.'],
  'height-too-early': ['The height is too early.', 'Choose a later one.'],
  'rotation-under-way': ['A change of keys is under way.', 'Wait until it ends.'],
  contradiction: [
    'There are two certificates for one height.',
    'Look at `consilium contradiction`, and call the other members.',
  ],
  'request-not-open': ['The request is not open.', SEE_MEMBERS],
  'proposal-open': ['A proposal about this is open already.', 'Look at `consilium proposals`.'],
  'proposal-over': ['The proposal is over.', 'Look at `consilium proposals`.'],
  'no-vote': ['This institution has no vote.', SEE_MEMBERS],
  'not-the-author': ['Only its author may do this.', 'Ask the author.'],
  'proof-missing': [
    'The proof of readiness is missing.',
    'Have the institution make it with `consilium prove`.',
  ],
  'proof-does-not-hold': [
    'The proof of readiness does not hold.',
    'Have the institution make it again with `consilium prove`.',
  ],
  'not-a-member-yet': ['The institution is no member yet.', SEE_MEMBERS],
  'not-listening-yet': ['The node does not listen yet.', 'Open the folder again; where to listen is set.'],
  'unusable-key': ['A key of the request cannot be used.', 'Have the institution make its request again.'],
  'too-few': ['Too few institutions take part.', 'Add requests of others.'],
  'not-to-take-part': ['A request is not to take part.', 'Check that it is the right file.'],
  'same-institution': ['Two requests are of the same institution.', 'Give each once.'],
  'drafter-missing': ['The institution that drafts is not among them.', 'Add its request.'],
  'drafter-not-a-hospital': ['Only a hospital drafts a consortium.', 'Have a hospital do it.'],
  'rule-unknown': ['There is no such rule.', 'Check its name.'],
  'rule-out-of-bounds': ['A rule may not have this value.', 'Choose one within its bounds.'],

  // Shares of the recovery key.
  'not-said': ['It was not confirmed.', 'Repeat the command with the confirmation.'],
  'unknown-set': ['There is no such set of shares.', 'Look at the list of shares.'],
  'own-set': ['The set is this institution’s own.', 'Do this at the institution that keeps the shares.'],
  'asked-already': ['It was asked already.', 'Wait for the answer.'],
  'not-asked': ['Nobody asked for it.', 'Ask first.'],
  'unknown-request': ['There is no such request.', 'Look at the list of shares.'],
  'too-early': ['The days in which it may be stopped are not over.', 'Wait until they are.'],
  vetoed: ['It was stopped by somebody who may.', 'Talk to them.'],
  void: ['The request does not hold any more.', 'Ask again.'],
  'not-a-share': ['A file is no share.', 'Check the file that the JSON line names.'],
  'not-a-recovery-file': ['That is no recovery file.', 'Check --recovery.'],
  'other-set': ['A share is of another set.', 'Use shares of one set.'],
  'same-share-twice': ['The same share was given twice.', 'Give different ones.'],
  'too-few-shares': ['Too few shares were given.', 'Give as many as the set needs.'],
  'part-missing': ['The part that the hospitals released is missing.', 'Give it with --part FILE.'],
  'does-not-open': ['These shares do not open the recovery file.', 'Check that all are of this set.'],

  // Studies and requests.
  'unreadable-study': ['The file of the study cannot be read as JSON.', CHECK_PATH],
  'malformed-study': ['The study is not written as a study must be.', ASK_AGAIN],
  'unreadable-cohort': ['The file of the cohort cannot be read as JSON.', CHECK_PATH],
  'malformed-cohort': ['The cohort is not written as a cohort must be.', ASK_AGAIN],
  'unreadable-request': ['The file of the request cannot be read as JSON.', CHECK_PATH],
  'malformed-request': [
    'The request is not written as a request must be.',
    ASK_AGAIN,
    'Nothing was asked and nothing charged.',
  ],
  'holds-records': [
    'The folder holds records, which this command must not touch.',
    'Use the folder of an institution without records.',
  ],
  'no-twin': [
    'What was asked is not the synthetic twin.',
    'Ask the synthetic twin.',
    'Nothing was given out.',
  ],
  'no-records': ['This institution holds no records.', 'Ask at a hospital.'],
  'other-records': ['The study asks for records of other hospitals.', 'Run it with --newest.'],
  'other-engine': ['The study was run with another version of the engine.', 'Run it with --newest.'],
  'unknown-study': ['No study of that hash is known here.', 'Look it up with `consilium study status`.'],
  'no-snapshot': [
    'The chain has no snapshot yet that could be asked.',
    'Wait for the first one, then try again.',
  ],
  'unknown-snapshot': [
    'The chain has no snapshot of that hash.',
    'Look it up with `consilium catalog`.',
    'Nothing was charged.',
  ],
  'snapshot-erased': [
    'A record of that snapshot was erased, so nothing new is computed of it.',
    'Ask a later snapshot.',
    'Nothing was charged.',
  ],
  'too-many-open': [
    'So many studies have no answer yet that no more are taken.',
    'Wait for answers, then try again.',
    'Nothing was charged.',
  ],
  'too-many-today': [
    'So many were asked today that no more are taken.',
    'Try again tomorrow.',
    'Nothing was charged.',
  ],
  'not-now': [
    'Nothing of that name was answered here, or it is being computed again.',
    'Wait, then try again.',
    'Nothing was charged.',
  ],
  'no-document': [
    'The document of that study is not here.',
    'Ask its author or a hospital.',
    'Nothing was charged.',
  ],
  budget: [
    'A limit of the privacy ledger leaves too little room.',
    'Look at `consilium budget`, and ask for less.',
    'Nothing was charged.',
  ],
  'unknown-registration': [
    'No protocol of this member is registered under that hash in time.',
    'Register it first, or leave it out.',
    'Nothing was charged.',
  ],
  'no-gateway': [
    'Too few gateways could be reached.',
    'Try again later.',
    'Nothing was sent to the chain and nothing charged.',
  ],
  'price-changed': ['Another price holds than a moment ago.', 'Submit it again.', 'Nothing was charged.'],
  'not-taken': [
    'The chain does not take the request.',
    'Look at it with --dry-run, then try again.',
    'Nothing was charged.',
  ],
  refused: [
    'The study was refused.',
    'Read who refused and why in the JSON line.',
    'No numbers were given out.',
  ],
  'no-numbers': ['The answer holds no numbers.', 'Read the cause in the JSON line.', 'No file was written.'],
  'answer-not-here': ['The answer is not at this node.', CATCH_UP, 'No file was written.'],
  'not-answered': [
    'There is no answer yet.',
    'Try again later, or give --wait SECONDS.',
    'No file was written.',
  ],
  'package-damaged': [
    'The study package could not be made: a part of the chain here does not check.',
    'Run `consilium verify`, then try again.',
    'No file was written.',
  ],
  'package-not-final': [
    'Not everything that the package tells of is decided here yet.',
    CATCH_UP,
    'No file was written.',
  ],
  'package-gone': ['The study package is kept no longer.', 'Make it again.', 'No file was written.'],
  'nothing-to-fit': ['There is nothing that a model could be fitted to.', CHANGE_MODEL, NO_NUMBERS],

  // Models: the data or the model cannot give an honest number.
  'unreadable-design': ['The file of the design cannot be read as JSON.', CHECK_PATH, NO_NUMBERS],
  'bad-design': [
    'The design is not written as a design must be.',
    'Correct what the JSON line names under `issues` or `unknown`, then try again.',
    NO_NUMBERS,
  ],
  'unreadable-model': ['The file of the model cannot be read as JSON.', CHECK_PATH, NO_NUMBERS],
  'bad-model': [
    'The model is not written as a model must be.',
    'Correct what the JSON line names under `issues`, then try again.',
    NO_NUMBERS,
  ],
  'unreadable-data': ['The file of the data cannot be read.', CHECK_PATH, NO_NUMBERS],
  'shape-mismatch': ['Columns do not have the same length.', CHANGE_DATA, NO_NUMBERS],
  'no-rows': ['No row is left.', 'Check the data and what the model leaves out.', NO_NUMBERS],
  'no-events': [
    'There are no events.',
    'Give data with events, or a design with more subjects or a higher rate.',
    NO_NUMBERS,
  ],
  'stop-not-after-start': ['An interval ends no later than it begins.', CHANGE_DATA, NO_NUMBERS],
  'interval-collapsed': ['An interval has no length.', CHANGE_DATA, NO_NUMBERS],
  'overlapping-intervals': ['Intervals of one subject overlap.', CHANGE_DATA, NO_NUMBERS],
  'unknown-column': ['The data has no column of that name.', 'Check the name in the model.', NO_NUMBERS],
  'text-in-number': ['A text stands where a number is needed.', CHANGE_DATA, NO_NUMBERS],
  'not-finite': ['A value is not a finite number.', CHANGE_DATA, NO_NUMBERS],
  'bad-event': ['A value of the event is neither 0 nor 1.', CHANGE_DATA, NO_NUMBERS],
  'bad-weight': ['A weight is not a number that a weight may be.', CHANGE_DATA, NO_NUMBERS],
  'bad-response': ['A response is not possible in this family.', CHANGE_DATA, NO_NUMBERS],
  'constant-covariate': [
    'A covariate has the same value everywhere.',
    'Leave it out of the model.',
    NO_NUMBERS,
  ],
  'knots-coincide': [
    'There are too few different values for so many knots.',
    'Ask for fewer knots.',
    NO_NUMBERS,
  ],
  'imputed-term': ['A spline or an interaction is of a column with gaps.', CHANGE_MODEL, NO_NUMBERS],
  'imputed-without-events': [
    'A column is known in no row that ends with the event.',
    CHANGE_MODEL,
    NO_NUMBERS,
  ],
  'more-covariates-than-events': [
    'There are more covariates than events.',
    'Take fewer covariates.',
    NO_NUMBERS,
  ],
  'all-covariates-aliased': ['Every covariate follows from the others.', CHANGE_MODEL, NO_NUMBERS],
  'bad-option': [
    'An option of the model has a value that it may not have.',
    'Choose one of those that the JSON line allows.',
    NO_NUMBERS,
  ],
  'not-supported': ['That combination is not supported.', CHANGE_MODEL, NO_NUMBERS],
  'too-many-rows': ['The data has more rows than can be computed here.', 'Take fewer rows.', NO_NUMBERS],
  'bad-table': ['A row of the table is not as it must be.', CHANGE_DATA, NO_NUMBERS],
  'numeric-overflow': [
    'The numbers grew out of what a computer can hold.',
    'Scale the covariates, then try again.',
    NO_NUMBERS,
  ],
}

/** One line: cause, effect, next step. What has no words of its own says its code. */
export function failureSentence(code: string, detail?: unknown): string {
  const words = Object.hasOwn(FAILURES, code) ? FAILURES[code]! : null
  if (words === null)
    return `This was refused (${code}). ${NOTHING} Read the JSON line, and \`consilium COMMAND --help\`.`
  const [cause, todo, effect = NOTHING] = words
  const own = typeof detail === 'object' && detail !== null && 'cause' in detail ? detail.cause : null
  // A cause that the command wrote for this very case tells the effect too.
  if (typeof own === 'string') return `${own[0]!.toUpperCase()}${own.slice(1)}. ${todo}`
  const place = placeIn(detail)
  return [place === '' ? cause : `${cause.slice(0, -1)} (${place}).`, effect, todo].join(' ')
}

/** What to say of an answer with which a command failed. */
export function sentenceOfAnswer(answer: unknown, isTimeout: boolean): string {
  const { error, isCancelled, files } = (answer ?? {}) as Record<string, unknown>
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return failureSentence(
      codeOf({ ...error, code: error.code }),
      'detail' in error ? error.detail : undefined,
    )
  if (isTimeout) return failureSentence('timeout-decision')
  if (isCancelled === true) return failureSentence('cancelled')
  if (files === 0) return failureSentence('nothing-imported')
  // What a check found wrong stands in the answer: a reason in it is a word of what was checked, and may be another thing's code.
  return failureSentence('failed')
}

/** What goes on by itself when the time to wait is over has words of its own. */
function codeOf({ code, waitingFor }: { readonly code: string; readonly waitingFor?: unknown }): string {
  const own = `${code}-${String(waitingFor)}`
  return code === 'timeout' && Object.hasOwn(FAILURES, own) ? own : code
}

const PLACES = ['path', 'file', 'column', 'row', 'option', 'installed', 'problem']

/** The file, column or row that a detail names, or the whole detail where it is a word. */
function placeIn(detail: unknown): string {
  if (typeof detail === 'string' || typeof detail === 'number') return String(detail)
  if (typeof detail !== 'object' || detail === null) return ''
  const { issues, unknown, missing, ...named } = detail as Record<string, unknown>
  const places = PLACES.flatMap((key) => {
    const value = named[key]
    return typeof value === 'string' || typeof value === 'number' ? [`${key} ${value}`] : []
  })
  if (Array.isArray(unknown)) places.push(`unknown: ${unknown.join(', ')}`)
  if (Array.isArray(missing)) places.push(`missing: ${missing.join(', ')}`)
  if (Array.isArray(issues))
    for (const { path, message } of issues as { path: string; message: string }[])
      places.push(path === '' ? message : `${path}: ${message}`)
  return places.join('; ')
}
