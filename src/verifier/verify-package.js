/**
 * Checks a study package by itself: no other file of Consilium, no network, nothing but the web's own cryptography, so that a reviewer
 * can read all of it. Runs in a browser (verify.html of each package), in Node (`node verify.mjs PACKAGE.zip`), and inside the
 * application. What a package is and what each check means: docs/spec/package.md.
 *
 * Written a second time on purpose: it calls nothing of what computed and recorded the study.
 */

// ---------------------------------------------------------------- bytes

const textDecoder = new TextDecoder('utf-8', { fatal: true })
const textEncoder = new TextEncoder()

/** What is wrong with a package, in words for a person. */
class Wrong extends Error {}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i])
const isBytes = (value, length) => value instanceof Uint8Array && value.length === length

function join(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

// ---------------------------------------------------------------- CBOR (docs/spec/record-format.md section 1)

/** Integers, byte strings, texts, arrays and null; nothing else occurs in the chain. `rest` lets zeros follow, as in an answer. */
function decode(bytes, rest = 'none') {
  let at = 0
  const take = (count) => {
    if (at + count > bytes.length) throw new Wrong('The bytes end too early.')
    at += count
    return bytes.subarray(at - count, at)
  }
  const number = (small) => {
    if (small < 24) return small
    const width = { 24: 1, 25: 2, 26: 4, 27: 8 }[small]
    if (width === undefined) throw new Wrong('The bytes hold something that the chain does not use.')
    let value = 0
    for (const byte of take(width)) value = value * 256 + byte
    const least = { 1: 24, 2: 256, 4: 65_536, 8: 4_294_967_296 }[width]
    if (value < least || !Number.isSafeInteger(value))
      throw new Wrong('A number is not written in its one form.')
    return value
  }
  /** Every element takes a byte at least: what says that it has more of them than bytes are left is refused before room is made for it. */
  const list = (count, depth) => {
    if (count > bytes.length - at) throw new Wrong('The bytes end too early.')
    return Array.from({ length: count }, () => value(depth + 1))
  }
  const value = (depth) => {
    if (depth > 16) throw new Wrong('The bytes are nested too deeply.')
    const first = take(1)[0]
    if (first === 0xf6) return null
    const small = first & 31
    switch (first >> 5) {
      case 0:
        return number(small)
      case 1:
        return -1 - number(small)
      case 2:
        return take(number(small)).slice()
      case 3:
        return textDecoder.decode(take(number(small)))
      case 4:
        return list(number(small), depth)
      default:
        throw new Wrong('The bytes hold something that the chain does not use.')
    }
  }
  const decoded = value(0)
  const isRestRight = rest === 'zeros' ? bytes.subarray(at).every((byte) => byte === 0) : at === bytes.length
  if (!isRestRight) throw new Wrong('Something stands behind the end.')
  return decoded
}

function encode(value) {
  const head = (major, count) => {
    if (count < 24) return Uint8Array.of((major << 5) | count)
    const width = count < 256 ? 1 : count < 65_536 ? 2 : count < 4_294_967_296 ? 4 : 8
    const bytes = new Uint8Array(1 + width)
    bytes[0] = (major << 5) | { 1: 24, 2: 25, 4: 26, 8: 27 }[width]
    let rest = count
    for (let i = width; i > 0; i--) {
      bytes[i] = rest % 256
      rest = Math.floor(rest / 256)
    }
    return bytes
  }
  if (value === null) return Uint8Array.of(0xf6)
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') {
    const bytes = textEncoder.encode(value)
    return join(head(3, bytes.length), bytes)
  }
  if (value instanceof Uint8Array) return join(head(2, value.length), value)
  return join(head(4, value.length), ...value.map(encode))
}

// ---------------------------------------------------------------- hashes and signatures

const NO_CHAIN = new Uint8Array(32)

const labelHash = (label, chainId, bytes) =>
  sha256(join(Uint8Array.of(label.length), textEncoder.encode(label), chainId, bytes))

/** No key, as of whoever is no member, has signed nothing. */
async function isSignedBy(key, label, chainId, encoded, signature) {
  if (!isBytes(key, 32) || !isBytes(signature, 64)) return false
  const [head, name] = ['CONSILIUM-SIGNATURE\0', label].map((text) => textEncoder.encode(text))
  const input = join(head, Uint8Array.of(label.length), name, chainId, encoded)
  const imported = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
  return crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, input)
}

/** RFC 9162 section 2.1.3.2: that `hash` is leaf `index` of the tree of `size` leaves with this root. */
async function isInTree(root, size, index, hash, path) {
  if (!(index >= 0 && index < size)) return false
  let position = index
  let last = size - 1
  let node = await sha256(join(Uint8Array.of(0), hash))
  for (const other of path) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      node = await sha256(join(Uint8Array.of(1), other, node))
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else node = await sha256(join(Uint8Array.of(1), node, other))
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && equal(node, root)
}

// ---------------------------------------------------------------- the chain

const quorumOf = (voters) => Math.floor((2 * voters) / 3) + 1
const faultsTolerated = (count) => Math.floor((count - 1) / 3)

function memberOf(slots) {
  const [memberId, kind, name, rootKey, consensusKey, authorKey, , , gatewayKey, vote] = slots
  const [isGateway, isVoter] = [gatewayKey !== null, vote === 1]
  return { memberId, kind, name, rootKey, consensusKey, authorKey, isGateway, isVoter }
}
const find = (members, memberId) => members.find((member) => equal(member.memberId, memberId))
const inOrder = (a, b) => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i]
  return 0
}

async function readGenesis(bytes) {
  const [genesis, signatures] = decode(bytes)
  const encoded = encode(genesis)
  const chainId = await labelHash('consilium/genesis/1', NO_CHAIN, encoded)
  const members = genesis[4].map(memberOf)
  if (signatures.length !== members.length)
    throw new Wrong('Not every founder has signed the founding document.')
  for (const member of members) {
    const own = join(textEncoder.encode('consilium/member/1'), member.rootKey)
    if (!equal((await sha256(own)).subarray(0, 16), member.memberId))
      throw new Wrong('A founder has another id than its key.')
    const [, signature] = signatures.find(([memberId]) => equal(memberId, member.memberId)) ?? []
    if (!(await isSignedBy(member.rootKey, 'consilium/genesis/1', NO_CHAIN, encoded, signature)))
      throw new Wrong(`The signature of ${member.name} under the founding document does not hold.`)
  }
  return { chainId, name: genesis[1], members, policy: genesis[5] }
}

/** A segment that a quorum of these voters precommitted. */
async function readDecision(chainId, [segmentBytes, certificateBytes, protocolVersion], epoch, voters) {
  const segment = decode(segmentBytes)
  const [, ofChain, height, ofEpoch] = segment
  if (!equal(ofChain, chainId) || ofEpoch !== epoch)
    throw new Wrong(`The decision at height ${height} is of another chain or epoch.`)
  const id = await labelHash('consilium/segment/1', chainId, segmentBytes)
  const [, ofHeight, round, ofSegment, signatures] = decode(certificateBytes)
  if (ofHeight !== height || !equal(ofSegment, id))
    throw new Wrong(`The certificate at height ${height} is of another decision.`)
  const signers = new Set()
  for (const [memberId, signature] of signatures) {
    const voter = find(voters, memberId)
    const vote = encode([2, protocolVersion, epoch, height, round, id, memberId])
    if (!(await isSignedBy(voter?.consensusKey, 'consilium/vote/1', chainId, vote, signature)))
      throw new Wrong(`A signature under the decision at height ${height} does not hold.`)
    signers.add(hex(memberId))
  }
  if (signers.size < quorumOf(voters.length))
    throw new Wrong(`Too few hospitals signed the decision at height ${height}.`)
  const [itemsRoot, , nextVotersRoot, time] = segment.slice(10)
  return { height, epoch, id, itemsRoot, nextVotersRoot, time, signers: signers.size, voters: voters.length }
}

/** The voters of every epoch, each proven by the last decision of the one before. */
async function readEpochs(chainId, founders, ends) {
  const voters = [founders.filter((member) => member.isVoter).sort((a, b) => inOrder(a.memberId, b.memberId))]
  let height = 0
  for (const [epoch, end] of ends.entries()) {
    const decision = await readDecision(chainId, end, epoch, voters[epoch])
    if (decision.height <= height) throw new Wrong('The epochs are not in order.')
    height = decision.height
    const next = end[3].map(([memberId, consensusKey]) => ({ memberId, consensusKey }))
    const root = await labelHash('consilium/voters/1', chainId, encode([epoch + 1, end[3]]))
    if (!equal(root, decision.nextVotersRoot))
      throw new Wrong(`The voters after height ${height} are others than decided.`)
    voters.push(next)
  }
  return voters
}

/** By number; without a name where a kind says nothing here. */
const KINDS =
  ',membership,policy,,,snapshot,study,result,,,suspension,,check,review,registration,erasure'.split(',')

/** What the chain decided, each item proven to stand in a decision of a quorum, in the chain's order. */
async function readItems(chainId, epochVoters, decisionValues, itemValues) {
  const decisions = []
  for (const value of decisionValues) {
    const epoch = decode(value[0])[3]
    if (epochVoters[epoch] === undefined)
      throw new Wrong('A decision is of an epoch that the package does not prove.')
    decisions.push(await readDecision(chainId, value, epoch, epochVoters[epoch]))
  }
  const items = []
  for (const [decisionIndex, index, count, bytes, path] of itemValues) {
    const decision = decisions[decisionIndex]
    const hash = await labelHash('consilium/item/1', chainId, bytes)
    if (decision === undefined || !(await isInTree(decision.itemsRoot, count, index, hash, path)))
      throw new Wrong('An item does not stand in the decision that it names.')
    const [item, signature] = decode(bytes)
    const [kind, clear, , author] = item
    const place = { index, height: decision.height, time: decision.time, decision }
    items.push({ kind: KINDS[kind] || String(kind), clear, author, item, signature, hash, ...place })
  }
  return items.sort((a, b) => a.height - b.height || a.index - b.index)
}

/** The members in effect at a height: founders, and what was decided at least two heights earlier. */
function membersAt(founders, items, height) {
  let members = founders
  for (const { kind, clear, height: decidedAt } of items) {
    if (kind !== 'membership' || decidedAt + 2 > height) continue
    const member = memberOf(clear[1])
    members = members.filter((other) => !equal(other.memberId, member.memberId))
    if (clear[0] !== 2) members = [...members, member]
  }
  return members
}

/** Everybody who ever was a member, once for each set of keys. */
const membersEver = ({ members, items }) =>
  members.concat(items.filter(({ kind }) => kind === 'membership').map(({ clear }) => memberOf(clear[1])))

/** The rules in effect at a height, as the chain writes them: founding ones, and what was decided at least two heights earlier. */
function policyAt({ policy, items }, height) {
  const values = new Map(policy)
  for (const { kind, clear, height: decidedAt } of items)
    if (kind === 'policy' && decidedAt + 2 <= height) values.set(clear[0], clear[1])
  const order = ([a], [b]) => inOrder(textEncoder.encode(a), textEncoder.encode(b)) || a.length - b.length
  return [...values].sort(order)
}

// ---------------------------------------------------------------- what was asked

/** The public dictionary: names of levels; every variable has a last level "not known" (docs/spec/privacy.md Q2). */
export const LEVELS = {
  'diagnosis-chapter':
    'I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII'.split(' '),
  'follow-up-event': ['no', 'yes'],
  payer: ['NHI', 'PRIVATE', 'SELF', 'OTHER', 'UNKNOWN'],
  sex: ['female', 'male', 'other', 'unknown'],
  'visit-class': ['AMB', 'EMER', 'HH', 'IMP', 'OBSENC', 'SS', 'UNK', 'VR'],
}
/** As many cells as a table may have (docs/spec/privacy.md Q2). */
const CELLS_MAX = 500
/** No rule of a consortium goes below, and none is needed where it says nothing (docs/spec/record-format.md section 2). */
const CHECKERS_LEAST = 2
/** What gateways sign (docs/spec/record-format.md section 9). */
const ATTESTATION = 'consilium/attestation/4'
/** The kind of charge of a model whose protocol was registered before. */
const REGISTERED_MODEL = 4
const OUTPUTS = (
  'count histogram table mean quantiles kaplan-meier cox poisson gamma monitor score ' +
  'cleaning-profile pathways'
).split(' ')

/** What a number of a variable counts, where its name alone does not say it. */
export const UNITS = { 'cost-minor': 'minor units of the currency', 'hba1c-tenths': 'tenths of a per cent' }
const withUnit = (variable) => (UNITS[variable] === undefined ? variable : `${variable} (${UNITS[variable]})`)

const levelCount = ([variable, edges]) => (LEVELS[variable]?.length ?? edges.length + 1) + 1

function levelName([variable, edges], level) {
  if (level === levelCount([variable, edges]) - 1) return `${variable} not known`
  if (LEVELS[variable] !== undefined) return `${variable} ${LEVELS[variable][level]}`
  const name = withUnit(variable)
  if (level === 0) return `${name} below ${edges[0]}`
  return level === edges.length
    ? `${name} ${edges[level - 1]} and above`
    : `${name} ${edges[level - 1]} to below ${edges[level]}`
}

/** Names of all cells of a joint table, the last axis running fastest. */
function cellNames(axes) {
  if (axes.reduce((product, axis) => product * levelCount(axis), 1) > CELLS_MAX)
    throw new Wrong('The table has more cells than may be asked for.')
  return crossed(axes.map(levelNames))
}

const levelNames = (axis) => Array.from({ length: levelCount(axis) }, (_, level) => levelName(axis, level))

/** A sum of nothing but withheld cells is withheld too, though its bytes say 0: of how many people it is nobody knows. */
const isShown = (all, cells, of) =>
  cells.some((cell, i) => cell !== null && of.every((name) => all[i]?.includes(name)))

/** One of each list, in every way, the last list running fastest. */
const crossed = (lists) =>
  lists.reduce((all, own) => all.flatMap((each) => own.map((one) => [...each, one])), [[]])

/** `1234` and `-2` is 12.34, without a detour over binary fractions. */
function decimalText([mantissa, exponent]) {
  const sign = mantissa < 0 ? '-' : ''
  const digits = String(Math.abs(mantissa))
  if (exponent >= 0) return sign + digits + (mantissa === 0 ? '' : '0'.repeat(exponent))
  const padded = digits.padStart(1 - exponent, '0')
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

// ---------------------------------------------------------------- what came out

/** Of an answer about pathways: what happened at a step, what followed what, and how long after (docs/spec/privacy.md Q11). */
const stateName = (at) => ['several on one day', 'no further event', 'death'][-1 - at] ?? `event ${at + 1}`
const BANDS = ['0 to 29', '30 to 90', '91 to 364', '365 to 1094', '1095 and more']
const PATHWAY_NAMES = [
  (step, at) => `step ${step}; ${stateName(at)}`,
  (step, from, to) => `step ${step}; ${stateName(to)} after ${from === null ? 'entry' : stateName(from)}`,
  (step, to, band) => `step ${step}; ${stateName(to)} after days ${BANDS[band]}`,
]

/**
 * The lines of an answer: a name, a value and its 95 % interval, as texts; value null where it was withheld. These are the lines of
 * result.csv, and what a manuscript is held against.
 */
export function linesOfAnswer(answer, requestBytes) {
  const [form, ...content] = decode(answer, 'zeros')
  if (form === 'release-by-rule/1') return linesOfJson(JSON.parse(content[0]))
  if (form === 'refused/1') return []
  if (form !== 'release/1') throw new Wrong('The answer has a form that this check does not know.')
  const [kind, ...parts] = content[0]
  const request = decode(requestBytes)
  const output = request[request.length - 2]
  const line = (name, value, low, high) => ({ name, value, low, high })
  const whole = (name, [value, half]) =>
    line(name, ...(value === null ? [null, null, null] : [value, value - half, value + half].map(String)))
  const estimate = (name, value) =>
    value === null ? line(name, null, null, null) : line(name, ...value.map(decimalText))
  const count = (name, value) => line(name, value === null ? null : String(value), null, null)
  const named = (table, axes, cells, lineOf) => {
    const names = crossed([[table], ...axes])
    if (names.length !== cells?.length) throw new Wrong('The tables are not those that were asked.')
    return names.map((name, i) => lineOf(name.join('; '), cells[i]))
  }
  switch (kind) {
    case 'withheld':
      return [line('answer', null, null, null)]
    case 'count':
      return [whole('patients', parts[0])]
    case 'table': {
      const axes = OUTPUTS[output[0]] === 'histogram' ? [output[1]] : output[1]
      const [cells, half, margins, total] = parts
      const sums = margins.length < 2 ? [] : margins
      const all = cellNames(axes)
      const sum = (names, value) =>
        whole(['all shown', ...names].join('; '), isShown(all, cells, names) ? value : [null])
      return [
        ...all.map((names, i) => whole(names.join('; '), [cells[i], half])),
        ...sums.flatMap((margin, a) => margin.map((each, at) => sum([levelName(axes[a], at)], each))),
        sum([], total),
      ]
    }
    case 'mean':
      return [estimate(`mean of ${withUnit(output[1])}`, parts[0]), whole('patients', parts[1])]
    case 'quantiles':
      return [
        ...output[2].map((perMille, i) =>
          estimate(`${perMille} per mille of ${withUnit(output[1][0])}`, parts[0][i]),
        ),
        whole('patients', parts[1]),
      ]
    case 'pathways':
      return [
        whole('patients', parts[0]),
        ...PATHWAY_NAMES.flatMap((name, i) => parts[i + 1].map((row) => whole(name(...row), row.at(-1)))),
      ]
    case 'curves':
      return parts[0].flatMap(([level, steps]) =>
        steps.flatMap(([untilDay, survival, atRisk]) => {
          const who = level === null ? 'all' : levelName(output[2], level)
          return [
            estimate(`survival; ${who}; day ${untilDay}`, survival),
            count(`at risk; ${who}; day ${untilDay}`, atRisk),
          ]
        }),
      )
    case 'effects': {
      const axes = OUTPUTS[output[0]] === 'cox' ? output[2] : output[3]
      const axisOf = new Map(axes.map((axis) => [axis[0], axis]))
      return [
        ...parts[0].map(([of, level, value]) =>
          estimate(`log ratio; ${levelName(axisOf.get(of), level)}`, value),
        ),
        whole('patients', parts[1]),
      ]
    }
    case 'lift': {
      const [, , , edges, , [what]] = output
      const names = ['patients', 'exposure-days', `observed ${withUnit(what)}`, `expected ${withUnit(what)}`]
      if (what === 'claims') names[3] += ' (thousandths)'
      return [
        ...parts[0].flatMap(([level, ...numbers]) => {
          const band = levelName(['score (thousandths)', edges], level)
          const counts = names.map((name, i) => count(`${name}; ${band}`, numbers[i]))
          return [...counts, estimate(`actual over expected; ${band}`, numbers[4])]
        }),
        estimate('actual over expected; all shown', parts[1]),
        ...(parts[2] === null ? [] : [whole('patients without a score', parts[2])]),
      ]
    }
    case 'monitor':
      return monitorTables(output).flatMap(([name, axes], t) => named(name, axes, parts[0][t], count))
    case 'tables':
      return parts[0].flatMap(([name, axes, cells, half]) =>
        named(name, axes, cells, (cell, value) => whole(cell, [value, half])),
      )
    default:
      throw new Wrong('The answer has a form that this check does not know.')
  }
}

/** Names of the tables of a monitoring request and of the levels of their axes (docs/spec/privacy.md Q7). */
function monitorTables([, , groups, ageEdges, lastMonth, months, , insurers, plans]) {
  const named = (variable, levels) => [...levels, 'not known'].map((each) => `${variable} ${each}`)
  const newest = Number(lastMonth.slice(0, 4)) * 12 + Number(lastMonth.slice(5)) - 1
  const monthOf = (index) => `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
  const indexes = Array.from({ length: months }, (_, i) => newest - months + 1 + i)
  const month = named('month', indexes.map(monthOf))
  const of = (axes, ...names) => names.map((name) => [name, axes])
  const watched = (variable, list) => {
    const labels = Array.from(list, ([label]) => label)
    const unit = named(variable, labels)
    const strata = [unit, levelNames(['age-years', ageEdges]), named('sex', LEVELS.sex)]
    return [
      ['patients', strata],
      ['patients by score', [unit, levelNames(['charlson', [1, 3]])]],
      ['patients by condition', [unit, named('condition', CONDITIONS)]],
      ...of(strata, 'visits', 'claims', 'cost'),
      ...of([unit, month], 'patients by month', 'claims by month'),
    ]
  }
  const part = named('insurers', ['own', 'others'])
  const market = (insurer) => [
    ...of([month, insurer], 'persons by insurer', 'claims by insurer'),
    ...of([part, month], 'persons of all insurers by month', 'claims of all insurers by month'),
  ]
  return [
    ...watched('group', groups),
    ['claims by delay', [month, named('delay', ['0', '1', '2', '3', '4', '5'])]],
    ...(insurers ? market(named('insurer', insurers)) : []),
    ...(plans ? watched('plan', plans) : []),
  ]
}

const CONDITIONS = ['hypertension', 'diabetes', 'lipids', 'kidney', 'heart', 'lung', 'obesity', 'cancer']

/** By rule: every leaf with its path; entries of a list are named by what tells them from each other, so that no two lines share a name. */
function linesOfJson(value, path = []) {
  if (Array.isArray(value))
    return value.flatMap((each, i) => linesOfJson(each, [...path, ...entryName(each, i)]))
  if (value?.kind === 'table') return linesOfTable(value, path)
  if (value !== null && typeof value === 'object')
    return Object.keys(value)
      .filter((key) => !['name', 'term', 'kind', 'perMille', 'day'].includes(key))
      .sort()
      .flatMap((key) => linesOfJson(value[key], key === 'findings' ? path : [...path, key]))
  return [{ name: path.join('; '), value: value === null ? null : String(value), low: null, high: null }]
}

/** Cells by the names of their levels, the last axis running fastest; then what is shown of each level, and in all. */
function linesOfTable({ axes, cells, margins, total }, path) {
  const line = (names, value) => ({ name: [...path, ...names].join('; '), value, low: null, high: null })
  const levels = axes.map((axis) => axis.levels.map((level) => `${axis.variable} ${level}`))
  if (levels.reduce((product, names) => product * names.length, 1) !== cells.length)
    throw new Wrong('A table has more or fewer cells than levels.')
  const names = crossed(levels)
  const sums = axes.length < 2 ? [] : margins
  const sum = (of, value) => line(['all shown', ...of], isShown(names, cells, of) ? value : null)
  return [
    ...cells.map((cell, i) => line(names[i], cell)),
    ...sums.flatMap((each, a) => each.map((value, at) => sum([levels[a][at] ?? String(at + 1)], value))),
    sum([], total),
  ]
}

/** Of a column there are a mean and quantiles under one name; steps of a curve are told apart by their day. */
function entryName(entry, i) {
  if (entry?.kind === 'mean') return [entry.name, 'mean']
  if (entry?.kind === 'quantile') return [entry.name, `${entry.perMille} per mille`]
  if (typeof entry?.day === 'string') return [`day ${entry.day}`]
  return [String(entry?.name ?? entry?.term ?? i + 1)]
}

const quoted = (cell) => `"${String(cell ?? '').replaceAll('"', '""')}"`

/** result.csv of a package: whoever changes a number in it is found by making it anew. */
export function csvOfLines(lines) {
  const rows = lines.map(({ name, value, low, high }) => [name, value, low, high].map(quoted).join(','))
  return `${['name', 'value', 'low', 'high'].map(quoted).join(',')}\r\n${rows.map((row) => `${row}\r\n`).join('')}`
}

/** More are not told: the first one is enough. */
const DIFFERENCES_MAX = 1_000

/** Which cells of a table differ from what was attested, by name. */
export function differencesOf(text, lines) {
  const written = text.split(/\r?\n/)
  const attested = csvOfLines(lines).split(/\r?\n/)
  const found = []
  // Packages of before say 0 where nothing of a sum is shown, as its bytes do.
  const isOlder = (i) =>
    lines[i - 1]?.value === null &&
    written[i]?.replace(/^(".*all shown.*"),"0",("0","0"|"","")$/, '$1,"","",""') === attested[i]
  for (let i = 0; i < Math.max(written.length, attested.length) && found.length < DIFFERENCES_MAX; i++)
    if (written[i] !== attested[i] && !isOlder(i))
      found.push({
        line: i + 1,
        name: lines[i - 1]?.name ?? null,
        written: written[i] ?? null,
        attested: attested[i] ?? null,
      })
  return found
}

/**
 * A manuscript's numbers beside the attested ones: `same` to the digits that were printed, else `differs`. Only released numbers are
 * looked at, so that asking again and again tells nothing that the package does not say.
 * @param {{ name: string, value: string }[]} claims
 */
export function compareClaims(lines, claims) {
  return claims.map(({ name, value }) => {
    const isRatio = name.startsWith('ratio; ')
    const line = lines.find((each) => each.name === (isRatio ? `log ${name}` : name))
    if (line === undefined) return { name, value, attested: null, verdict: 'no-such-cell' }
    if (line.value === null) return { name, value, attested: null, verdict: 'withheld' }
    const claimed = /^\s*([-−+]?)(\d+)(?:\.(\d+))?\s*$/.exec(value)
    if (claimed === null) return { name, value, attested: line.value, verdict: 'no-number' }
    const attested = isRatio ? String(Math.exp(Number(line.value))) : line.value
    const decimals = claimed[3]?.length ?? 0
    const printed = Number(value.replace('−', '-'))
    // One unit of the last printed digit is allowed where rounding could have gone either way.
    const tolerance = 0.5 * 10 ** -decimals * (1 + 1e-9)
    const verdict = Math.abs(printed - Number(attested)) <= tolerance ? 'same' : 'differs'
    return { name, value, attested: isRatio ? Number(attested).toPrecision(4) : attested, verdict }
  })
}

/** Where a protocol that was registered and what was run part: paths of a JSON document with both values. */
export function protocolDifferences(planned, run, path = '') {
  if (planned !== null && run !== null && typeof planned === 'object' && typeof run === 'object') {
    const keys = [...new Set([...Object.keys(planned), ...Object.keys(run)])].sort()
    return keys.flatMap((key) =>
      protocolDifferences(planned[key], run[key], path === '' ? key : `${path}.${key}`),
    )
  }
  return planned === run ? [] : [{ path, planned: planned ?? null, run: run ?? null }]
}

// ---------------------------------------------------------------- the package

const NAMES = {
  files: 'Every file is the one that the list names.',
  founding: 'Every founder signed the founding document; its hash is the id of the chain.',
  decisions: 'Each decision was signed by a quorum of the hospitals that voted then.',
  items: 'Each item stands in such a decision and is signed by its author.',
  question: 'The question is the one that the chain holds a commitment to, charged before it was computed.',
  snapshot: 'The question names a snapshot that the hospitals declared.',
  answer: 'The answer is the one whose hash the chain holds.',
  attested: 'As many hospitals as are needed computed it and signed the same bytes.',
  checked: 'People of as many other hospitals as the rules ask for approved these very bytes.',
  registered: 'The protocol was registered in the chain before the question was asked.',
  numbers: 'The numbers of result.csv are those of the answer.',
  again: 'What was found otherwise is what the hospitals attested of a recomputation.',
  words: 'What is told of hospitals beside the results is what they signed.',
}

/**
 * Checks a package.
 * @param {Map<string, Uint8Array>} files by name
 * @param {string | null} expectedChainId hex, from a source other than the package; null where the reader compares it
 * @returns what was checked, each with whether it holds; `ok` where all hold
 */
export async function verifyPackage(files, expectedChainId = null) {
  const nothing = { chainId: null, consortium: null, checks: [], study: null, lines: [], differences: [] }
  const report = { format: 'consilium-package-check/1', ok: false, ...nothing, protocolDifferences: [] }
  const check = async (id, body) => {
    try {
      const detail = await body()
      report.checks.push({ id, ok: true, text: NAMES[id], detail: detail ?? null })
      return true
    } catch (error) {
      const detail = error instanceof Wrong ? error.message : 'The file is not of this form.'
      report.checks.push({ id, ok: false, text: NAMES[id], detail })
      return false
    }
  }
  const file = (name) => {
    const bytes = files.get(name)
    if (bytes === undefined) throw new Wrong(`The package has no file ${name}.`)
    return bytes
  }

  await check('files', () => checkFiles(files, file))
  let chain = null
  const isFounded = await check('founding', async () => {
    const [version, genesis, ends, decisions, items] = decode(file('proof.cbor'))
    if (version !== 1) throw new Wrong('The proof has a version that this check does not know.')
    const founded = await readGenesis(genesis)
    report.chainId = hex(founded.chainId)
    report.consortium = founded.name
    if (expectedChainId !== null && expectedChainId !== report.chainId)
      throw new Wrong('It is another chain than the one expected.')
    chain = { ...founded, ends, decisions, itemValues: items }
  })
  if (!isFounded) return report
  const { chainId } = chain
  const isDecided = await check('decisions', async () => {
    chain.voters = await readEpochs(chainId, chain.members, chain.ends)
    chain.items = await readItems(chainId, chain.voters, chain.decisions, chain.itemValues)
    return `decisions: ${chain.decisions.length}, sets of voters: ${chain.voters.length}`
  })
  if (!isDecided) return report
  await check('items', async () => {
    for (const { kind, height, author, item, signature } of chain.items) {
      const member = find(membersAt(chain.members, chain.items, height), author)
      if (!(await isSignedBy(member?.authorKey, 'consilium/item/1', chainId, encode(item), signature)))
        throw new Wrong(`The ${kind} at height ${height} is not signed by a member.`)
    }
  })
  let asked = null
  const isAsked = await check('question', async () => {
    asked = await readQuestion(chain, file)
    report.study = describe(asked, chain)
  })
  if (!isAsked) return report
  await check('snapshot', async () => {
    const snapshot = chain.items.find(
      ({ kind, hash }) => kind === 'snapshot' && equal(hash, asked.snapshotHash),
    )
    if (snapshot === undefined) throw new Wrong('The snapshot is not in the package.')
    if (snapshot.height >= asked.study.height) throw new Wrong('The snapshot is later than the question.')
    // The snapshot names the rules of its time: a decision about them that was left out is found here.
    const rules = encode(policyAt(chain, snapshot.height))
    if (!equal(await labelHash('consilium/policy/1', chainId, rules), snapshot.clear[4]))
      throw new Wrong('The rules of the consortium in the package are not those that the snapshot names.')
    return `up to height ${snapshot.clear[0]}, declared ${new Date(snapshot.time).toISOString().slice(0, 10)}`
  })
  let result = null
  await check('answer', async () => {
    const answerHash = await labelHash('consilium/result/1', chainId, file('answer.bin'))
    result = chain.items.find(({ kind, clear }) => kind === 'result' && equal(clear[0], asked.study.hash))
    if (result === undefined) throw new Wrong('The chain holds no result for the question in this package.')
    if (result.clear[1] !== 1) throw new Wrong('The question was refused.')
    if (!equal(result.clear[2], answerHash)) throw new Wrong('answer.bin is not what the hospitals attested.')
  })
  if (result !== null) {
    await check('attested', () => checkAttestations(chain, asked.study, result))
    if (asked.lane === 2) await check('checked', () => checkCheckers(chain, asked, result))
  }
  if (files.has('protocol.json') || asked.study.clear[2] === REGISTERED_MODEL) {
    await check('registered', async () => {
      if (!files.has('protocol.json'))
        throw new Wrong('The protocol that it was charged as one of is not in the package.')
      const bytes = file('protocol.json')
      const protocolHash = await labelHash('consilium/protocol/1', chainId, bytes)
      const registered = chain.items.find(
        ({ kind, clear }) => kind === 'registration' && equal(clear[0], protocolHash),
      )
      if (registered === undefined)
        throw new Wrong('The protocol is not the one that was registered, or never was.')
      if (registered.height >= asked.study.height)
        throw new Wrong('The protocol was registered after the question was asked.')
      const { author, clear } = asked.study
      const isOfStudy =
        clear[2] === REGISTERED_MODEL ? equal(registered.hash, clear[6]) : equal(registered.author, author)
      if (!isOfStudy) throw new Wrong('The protocol is another one than that of the question.')
      // Title and purpose are the author's words: they are no part of what was planned and run.
      const { title: _title, purpose: _purpose, ...run } = asked.question
      const { title: _planned, purpose: _for, ...plan } = JSON.parse(textDecoder.decode(bytes)).plan
      report.protocolDifferences = protocolDifferences(plan, run)
      return `registered ${new Date(registered.time).toISOString().slice(0, 10)}, ${report.protocolDifferences.length} differences to what was run`
    })
  }
  await check('numbers', () => {
    report.lines = linesOfAnswer(file('answer.bin'), asked.requestBytes)
    report.differences = differencesOf(textDecoder.decode(file('result.csv')), report.lines)
    const [first] = report.differences
    if (first !== undefined)
      throw new Wrong(
        `Line ${first.line} of result.csv, "${first.name ?? ''}", was changed: it says ${first.written ?? 'nothing'}, attested is ${first.attested ?? 'nothing'}.`,
      )
  })
  const differing = [...files].filter(([name]) => /^differs-\d+\.cbor$/.test(name))
  if (differing.length > 0) await check('again', () => readDiffering(chain, asked.study, differing, report))
  if (files.has('words.cbor')) await check('words', () => readWords(chain, file('words.cbor'), report.study))
  report.ok = report.checks.every(({ ok }) => ok)
  return report
}

/** What hospitals signed beside a result, by a key that the chain has of them; a refusal and another version's word are against nobody. */
async function readWords(chain, bytes, told) {
  for (const [studyHash, outcome, resultHash, engine, erasureHeight, memberId, signature] of decode(bytes)) {
    const entry = [told, ...told.recomputations].find((each) => each.studyHash === hex(studyHash))
    const [study, result] = ['study', 'result'].map((kind) => itemOf(chain, kind, hex(studyHash)))
    if (entry === undefined || result?.clear[3] !== erasureHeight)
      throw new Wrong('A word is of no result in this package.')
    const word = encode([studyHash, outcome, resultHash, engine, study.height, erasureHeight])
    let name = null
    for (const { isGateway, memberId: id, authorKey, name: own } of membersEver(chain))
      if (isGateway && equal(id, memberId))
        if (await isSignedBy(authorKey, ATTESTATION, chain.chainId, word, signature)) name = own
    if (name === null) throw new Wrong('A signature beside a result does not hold.')
    const isSame = outcome === result.clear[1] && equal(resultHash, result.clear[2])
    const isAgainst = [1, 3, 4].includes(outcome) && result.clear[4].some(([, theirs]) => theirs === engine)
    const list = isSame ? entry.same : isAgainst ? entry.otherwise : []
    if (!list.includes(name) && !list.includes(`${name} (suspended)`)) list.push(name)
  }
}

const itemOf = ({ items }, kind, studyHash) =>
  items.find((item) => item.kind === kind && hex(kind === 'study' ? item.hash : item.clear[0]) === studyHash)

/** Names of the numbers that came out otherwise, told beside each recomputation whose result names these bytes. */
async function readDiffering(chain, study, differing, { lines, study: told }) {
  for (const [name, bytes] of differing) {
    const hash = await labelHash('consilium/result/1', chain.chainId, bytes)
    const [form, cells] = decode(bytes)
    const again = told.recomputations.filter(({ resultHash }) => resultHash === hex(hash))
    if (again.length === 0 || form !== 'differs/2') throw new Wrong(`${name} is of no recomputation.`)
    for (const each of again) {
      const [of, result] = ['study', 'result'].map((kind) => itemOf(chain, kind, each.studyHash))
      await checkAttestations(chain, of, result)
      // A cell of a table has its name in result.csv; whatever else is named by its place in the answer.
      each.cells = cells.map((cell) => lines[/^cells\/(\d+)$/.exec(cell)?.[1] ?? -1]?.name ?? String(cell))
    }
  }
}

/** The list of files is RO-Crate 1.1; the page itself cannot stand in it with a hash, since it holds the list. */
async function checkFiles(files, file) {
  const listed = new Map(
    JSON.parse(textDecoder.decode(file('ro-crate-metadata.json')))
      ['@graph'].filter((entity) => entity['@type'] === 'File')
      .map((entity) => [entity['@id'], entity.sha256]),
  )
  for (const [name, bytes] of files) {
    if (name === 'ro-crate-metadata.json' || name === 'verify.html') continue
    if (!listed.has(name)) throw new Wrong(`${name} is not in the list of files.`)
    if (hex(await sha256(bytes)) !== listed.get(name)) throw new Wrong(`${name} was changed.`)
  }
  for (const name of listed.keys())
    if (name !== 'verify.html' && !files.has(name)) throw new Wrong(`${name} is missing.`)
}

/**
 * What question.json holds of a document: the question as people read it.
 * @param studyText by rule: the study in the form whose hash the request names, which has no titles
 */
export function questionOfDocument(bytes, studyText = null) {
  return readableOf(decode(bytes), studyText)
}

function readableOf([, , lane, requestBytes, cohort, cleaning, followUp, , purpose, title], studyText) {
  const parse = (text) => (text === null ? null : JSON.parse(text))
  const request = decode(requestBytes)
  const parts =
    lane === 1
      ? {
          cohort: parse(cohort),
          cleaning: parse(cleaning),
          followUp: parse(followUp),
          output: [OUTPUTS[request[5][0]], ...request[5].slice(1)],
        }
      : { study: parse(studyText) }
  return { title, purpose, lane: lane === 1 ? 'automatic' : 'by rule', ...parts }
}

/** The document opens the commitment of one study item, and its texts are those that the request names. */
async function readQuestion({ chainId, items }, file) {
  const document = decode(file('document.cbor'))
  const [version, , lane, requestBytes, cohort, cleaning, followUp] = document
  const studyText = lane === 2 ? textDecoder.decode(file('study.json')) : null
  if (version !== 1) throw new Wrong('The question has a version that this check does not know.')
  const documentHash = await sha256(file('document.cbor'))
  let study
  for (const each of items) {
    if (each.kind !== 'study' || study !== undefined) continue
    const commitment = await labelHash('consilium/study/2', chainId, encode([each.author, documentHash]))
    if (equal(each.clear[0], commitment)) study = each
  }
  if (study === undefined) throw new Wrong('The chain holds no commitment to this question.')
  const request = decode(requestBytes)
  const snapshotHash = request[1]
  if (!equal(snapshotHash, study.clear[4]))
    throw new Wrong('The question names another snapshot than the chain.')
  const isText = async (text, hash) =>
    text === null ? hash === null : hash !== null && equal(await sha256(textEncoder.encode(text)), hash)
  const texts = lane === 1 ? [cohort, cleaning, followUp] : [studyText]
  for (const [i, text] of texts.entries())
    if (!(await isText(text, request[2 + i])))
      throw new Wrong('A text of the question is not the one that it names.')
  if (lane === 1 && request[6] !== study.clear[3])
    throw new Wrong('The question has another price than the charge.')
  const question = readableOf(document, studyText)
  if (JSON.stringify(JSON.parse(textDecoder.decode(file('question.json')))) !== JSON.stringify(question))
    throw new Wrong('question.json is not the question that was asked.')
  return { lane, requestBytes, study, snapshotHash, question }
}

function describe({ lane, study, question }, chain) {
  const of = (kind) => chain.items.filter((each) => each.kind === kind)
  const nameOf = (memberId) => find(membersEver(chain), memberId)?.name ?? hex(memberId)
  const day = (time) => new Date(time).toISOString().slice(0, 10)
  /** Those whose words are in a result, and those that the chain names for another word. */
  const takers = (hash) => ({
    same: (itemOf(chain, 'result', hex(hash))?.clear[4] ?? []).map(([memberId]) => nameOf(memberId)),
    otherwise: of('suspension')
      .filter(({ clear }) => equal(clear[2], hash))
      .map(({ clear }) => `${nameOf(clear[0])} (suspended)`),
  })
  return {
    question,
    label:
      lane === 1 ? `privacy loss ρ = ${study.clear[3] / 1e6}` : 'checked by rule, not differentially private',
    askedBy: nameOf(study.author),
    askedOn: day(study.time),
    chargeMicroRho: study.clear[3],
    studyHash: hex(study.hash),
    ...takers(study.hash),
    recomputations: of('study')
      .filter(({ clear }) => clear[2] === 7 && clear[6] !== null && equal(clear[6], study.hash))
      .map((again) => ({ again, result: itemOf(chain, 'result', hex(again.hash)) }))
      .filter(({ result }) => result !== undefined)
      .map(({ again, result: { clear, time } }) => ({
        on: day(time),
        askedBy: nameOf(again.author),
        outcome: { 3: 'identical', 4: 'differs', 5: 'not-recomputable' }[clear[1]] ?? 'refused',
        studyHash: hex(again.hash),
        ...takers(again.hash),
        resultHash: hex(clear[2]),
        cells: [],
      })),
    reviews: of('review')
      .filter(({ clear }) => equal(clear[0], study.hash))
      .map(({ clear, author, time }) => ({
        by: nameOf(author),
        on: day(time),
        verdict: { 1: 'confirmed', 2: 'differs', 3: 'not-recomputable' }[clear[2]] ?? 'unknown',
      })),
  }
}

/** g - floor((g-1)/3) gateways signed the same bytes; below four gateways one is enough, and the answer says so. */
async function checkAttestations({ chainId, members, items }, study, result) {
  const gateways = membersAt(members, items, result.height).filter((member) => member.isGateway)
  const needed = gateways.length < 4 ? gateways.length : gateways.length - faultsTolerated(gateways.length)
  const [studyHash, outcome, resultHash, erasureHeight, attestations] = result.clear
  const signers = new Set()
  // A difference of engines is no lie: who ran which is said, and the same bytes are the same answer.
  const engines = new Map()
  for (const [memberId, engine, signature] of attestations) {
    const gateway = find(gateways, memberId)
    const encoded = encode([studyHash, outcome, resultHash, engine, study.height, erasureHeight])
    if (!(await isSignedBy(gateway?.authorKey, ATTESTATION, chainId, encoded, signature)))
      throw new Wrong('A signature under the result does not hold.')
    signers.add(gateway.name)
    engines.set(engine, [...(engines.get(engine) ?? []), gateway.name])
  }
  if (signers.size < needed)
    throw new Wrong(`${signers.size} of ${gateways.length} hospitals signed, ${needed} are needed.`)
  const ran = [...engines].map(([engine, names]) =>
    engines.size > 1 ? `${names.join(', ')}: ${engine}` : engine,
  )
  return `${[...signers].join(', ')}: ${signers.size} of ${gateways.length}, with ${ran.join('; ')}${gateways.length < 4 ? '; fewer than four gateways, so nobody could be outvoted' : ''}`
}

function checkCheckers({ items }, { study }, result) {
  const checks = items.filter(({ kind, clear }) => kind === 'check' && equal(clear[0], study.hash))
  // In the order of the chain: a refusal after enough approvals comes too late, as it does for the hospitals.
  const needed = Math.max(CHECKERS_LEAST, study.clear[8])
  const hospitals = new Set()
  for (const { clear, author } of checks) {
    if (hospitals.size >= needed) break
    if (clear[2] !== 1) throw new Wrong('A checker refused it.')
    if (equal(clear[1], result.clear[2]) && !equal(author, study.author)) hospitals.add(hex(author))
  }
  if (hospitals.size < needed)
    throw new Wrong(`${hospitals.size} other hospitals approved these bytes, ${needed} are needed.`)
}

// ---------------------------------------------------------------- a file on the disk

const PACKAGE_BYTES_MAX = 64 << 20

/** The files of a ZIP, stored or deflated; anything larger than a package may be is refused before it is unpacked. */
export async function filesOfZip(zip) {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  let end = zip.length - 22
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < 0) throw new Wrong('This is no study package: the file is not a ZIP archive.')
  const files = new Map()
  let at = view.getUint32(end + 16, true)
  let total = 0
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (at + 46 > zip.length || view.getUint32(at, true) !== 0x02014b50)
      throw new Wrong('The archive is damaged.')
    const method = view.getUint16(at + 10, true)
    const [packed, size, local] = [20, 24, 42].map((offset) => view.getUint32(at + offset, true))
    const nameLength = view.getUint16(at + 28, true)
    const name = textDecoder.decode(zip.subarray(at + 46, at + 46 + nameLength))
    total += size
    if (total > PACKAGE_BYTES_MAX || files.size > 200)
      throw new Wrong('The archive is larger than a study package can be.')
    if (local + 30 > zip.length || files.has(name) || (method === 0 && packed !== size))
      throw new Wrong('The archive is damaged.')
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    const bytes = zip.subarray(from, from + packed)
    if (!name.endsWith('/')) files.set(name, method === 0 ? bytes.slice() : await inflated(bytes, size))
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return files
}

async function inflated(bytes, size) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
  const out = new Uint8Array(size)
  let at = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (at + value.length > size) throw new Wrong('The archive is damaged.')
    out.set(value, at)
    at += value.length
  }
  if (at !== size) throw new Wrong('The archive is damaged.')
  return out
}

/** `node verify.mjs PACKAGE.zip [chain id]`: a line for each check, and exit code 1 where one fails. */
async function runInNode(args) {
  const { readFile } = await import('node:fs/promises')
  const [path, chainId] = args
  if (path === undefined) {
    console.error('usage: node verify.mjs PACKAGE.zip [id of the chain, hex]')
    return 2
  }
  const report = await verifyPackage(await filesOfZip(new Uint8Array(await readFile(path))), chainId ?? null)
  console.log(`Chain ${report.chainId ?? 'unknown'} (${report.consortium ?? 'unknown'})`)
  for (const { ok, text, detail } of report.checks)
    console.log(`${ok ? 'holds ' : 'FAILS '} ${text}${detail === null ? '' : ` ${detail}`}`)
  for (const { on, outcome, same, otherwise } of report.study?.recomputations ?? [])
    console.log(
      `Computed again ${on}: ${outcome} (${same.join(', ')}); OTHERWISE: ${otherwise.join(', ') || '-'}`,
    )
  for (const { name, value, low, high } of report.lines)
    console.log(`  ${name}: ${value ?? 'withheld'}${low === null ? '' : ` (${low} to ${high})`}`)
  console.log(report.ok ? 'The package holds.' : 'The package does NOT hold.')
  return report.ok ? 0 : 1
}

const started = globalThis.process?.argv?.[1]
if (typeof started === 'string' && /(^|[\\/])verify\.mjs$/.test(started))
  runInNode(globalThis.process.argv.slice(2)).then(
    (code) => (globalThis.process.exitCode = code),
    (error) => {
      console.error(error instanceof Wrong ? error.message : error)
      globalThis.process.exitCode = 1
    },
  )
