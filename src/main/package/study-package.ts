/**
 * The file that lets anybody check a study (docs/spec/package.md): question, answer, what the chain says of both, a list of the files
 * (RO-Crate 1.1), and the program that checks it, alone and as a page. The same study gives the same bytes.
 */
// The browser's build: Node's declares a require of its own, as the bundler does.
import { zipSync } from 'fflate/browser'
import { toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { csvOfLines, linesOfAnswer, questionOfDocument } from '../../verifier/verify-package.js'
import { asArray } from '../node/chain/ids.ts'
import { tryDecode } from '../node/chain/codec.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { encodeAttestations } from '../node/network/protocols/studies.ts'
import type { Attestation } from '../node/studies/study-exchange.ts'
import { encodeItemsProof, type ItemsProof } from '../node/prove-items.ts'
import { SYNTHETIC } from '../../shared/domain/release-mark.ts'
import { PAGE_TEXT, VERIFIER_TEXT } from './verifier-text.ts'

export interface PackageParts {
  /** What opens the commitment of the study in the chain (docs/spec/gateways.md section 2). */
  readonly document: Bytes
  /** By rule: the study in the form whose hash the request names (`canonicalStudy`); else null. */
  readonly studyText: string | null
  /** The attested bytes. */
  readonly answer: Bytes
  readonly proof: ItemsProof
  /** The protocol that was registered, where one was. */
  readonly protocol: Bytes | null
  /** What recomputations answered that found something else (docs/spec/gateways.md section 5, S3), in the order of the chain. */
  readonly differing?: readonly Bytes[]
  /** What gateways said beside the results of the study and its recomputations (docs/spec/gateways.md X2). */
  readonly words?: readonly Attestation[]
  /** Of the demonstration's consortium: said in the words beside the numbers, which nothing signs. */
  readonly isDemonstration?: boolean
}

const FORMATS: Readonly<Record<string, readonly [format: string, says: string]>> = {
  'README.txt': ['text/plain', 'What this is and how it is checked'],
  'question.json': ['application/json', 'The question as people read it'],
  'document.cbor': ['application/cbor', 'The question as it was asked, with what opens its commitment'],
  'study.json': ['application/json', 'By rule: the study without its titles, whose hash the request names'],
  'answer.bin': ['application/cbor', 'The attested bytes of the answer'],
  'result.csv': ['text/csv', 'The released numbers with their 95 % intervals'],
  'protocol.json': ['application/json', 'The protocol that was registered before the question was asked'],
  'differs.cbor': ['application/cbor', 'Names of the numbers that a recomputation found otherwise'],
  'words.cbor': [
    'application/cbor',
    'What hospitals signed beside the results: the same, but later, or another thing',
  ],
  'proof.cbor': ['application/cbor', 'Founding, decisions and items of the chain'],
  'verify.mjs': ['text/javascript', 'Checks the package: node verify.mjs PACKAGE.zip'],
  'verify.html': ['text/html', 'Checks the package in a browser, by a double click'],
}

/** The files of a package by name. @throws {Failure} never: parts that do not fit each other make a package that does not hold */
export function packageFiles(crypto: Crypto, parts: PackageParts): Map<string, Bytes> {
  const { studyText } = parts
  const question = questionOfDocument(parts.document, studyText)
  const requestBytes = asArray(tryDecode(parts.document), 10)![3] as Bytes
  const files = new Map<string, Bytes>([
    [
      'README.txt',
      utf8Encode(
        parts.isDemonstration === true ? `${SYNTHETIC.en}\n${SYNTHETIC['zh-Hant']}\n\n${README}` : README,
      ),
    ],
    ['question.json', utf8Encode(`${JSON.stringify(question, null, 2)}\n`)],
    ['document.cbor', parts.document],
    ...(studyText === null ? [] : [['study.json', utf8Encode(studyText)] as const]),
    ['answer.bin', parts.answer],
    ['result.csv', utf8Encode(csvOfLines(linesOfAnswer(parts.answer, requestBytes)))],
    ...(parts.protocol === null ? [] : [['protocol.json', parts.protocol] as const]),
    ...(parts.differing ?? []).map((bytes, i) => [`differs-${i + 1}.cbor`, bytes] as const),
    ...(parts.words === undefined || parts.words.length === 0
      ? []
      : [['words.cbor', encodeAttestations(parts.words)] as const]),
    ['proof.cbor', encodeItemsProof(parts.proof)],
    ['verify.mjs', utf8Encode(VERIFIER_TEXT)],
  ])
  files.set(
    'ro-crate-metadata.json',
    utf8Encode(crateOf(crypto, files, String(question['title'] ?? ''), parts.isDemonstration === true)),
  )
  files.set('verify.html', utf8Encode(pageOf(files)))
  return files
}

/** One ZIP archive. Its times are fixed, so that the bytes say nothing of when it was saved. */
export function packageBytes(files: ReadonlyMap<string, Bytes>): Bytes {
  return zipSync(Object.fromEntries(files), { mtime: '1980-01-01T00:00:00', level: 6 })
}

/** RO-Crate 1.1: the metadata file is an entity of its own and describes the root, which has the parts. */
function crateOf(
  crypto: Crypto,
  files: ReadonlyMap<string, Bytes>,
  title: string,
  isDemonstration: boolean,
): string {
  const described = 'A study whose result several hospitals computed and signed. verify.html checks it.'
  const names = [...files.keys(), 'verify.html'].sort()
  const graph = [
    {
      '@id': 'ro-crate-metadata.json',
      '@type': 'CreativeWork',
      about: { '@id': './' },
      conformsTo: { '@id': 'https://w3id.org/ro/crate/1.1' },
    },
    {
      '@id': './',
      '@type': 'Dataset',
      name: title,
      description: isDemonstration ? `${SYNTHETIC.en} ${described}` : described,
      hasPart: names.map((name) => ({ '@id': name })),
    },
    ...names.map((name) => {
      const bytes = files.get(name)
      const [encodingFormat, description] = FORMATS[name.replace(/-\d+\./, '.')]!
      // The page holds this list, so the list cannot hold its hash.
      const content =
        bytes === undefined ? {} : { contentSize: String(bytes.length), sha256: toHex(crypto.sha256(bytes)) }
      return { '@id': name, '@type': 'File', description, encodingFormat, ...content }
    }),
  ]
  return `${JSON.stringify({ '@context': 'https://w3id.org/ro/crate/1.1/context', '@graph': graph }, null, 2)}\n`
}

function pageOf(files: ReadonlyMap<string, Bytes>): string {
  const packed: Record<string, string> = {}
  for (const [name, bytes] of files) packed[name] = Buffer.from(bytes).toString('base64')
  // By functions: a replacement text would give meaning to dollar signs.
  return PAGE_TEXT.replace('PACKAGE', () => JSON.stringify(packed)).replace('VERIFIER', () => VERIFIER_TEXT)
}

const README = `A study package of Consilium.

A researcher asked, hospitals computed, several of them signed the same bytes, and nothing but these numbers left them.
Open verify.html in a browser: it checks the whole package on this computer, without a network. Or, with Node 20 or later:

    node verify.mjs PACKAGE.zip [id of the chain, hex]

Compare the id of the chain with one from another source, such as the paper or a member of the consortium: whoever founds a
chain of their own can prove anything in it. What each check means is written in verify.mjs, which is short on purpose.

這是 Consilium 的研究成果包。請用瀏覽器開啟 verify.html:它在本機檢查全部內容,不需網路。請以其他管道(例如論文或
聯盟成員)核對鏈的識別碼。
`
