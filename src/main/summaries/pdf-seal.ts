/**
 * The seal inside a PDF: comment lines before its last `startxref`, where every reader skips them and no offset moves. The
 * signature covers every other byte of the file. Pure.
 */
import { concatBytes, equalBytes, utf8Encode } from '../../shared/std/bytes.ts'
import { fromBase64Url, toBase64Url } from './summary-seal.ts'

export interface PdfSeal {
  /** As `sealToText` gives it. */
  readonly sealText: string
  readonly signature: Uint8Array
}

const BEGIN = '%consilium-seal-begin\n'
const END = '%consilium-seal-end\n'
const LINE = 200

/** Null where the bytes are no PDF. */
export function putSeal(pdf: Uint8Array, { sealText, signature }: PdfSeal): Uint8Array | null {
  const at = lastIndexOf(pdf, 'startxref')
  if (at < 0 || !startsWith(pdf, '%PDF-')) return null
  const payload = `${sealText} ${toBase64Url(signature)}`
  let lines = BEGIN
  for (let i = 0; i < payload.length; i += LINE) lines += `%${payload.slice(i, i + LINE)}\n`
  lines += END
  return concatBytes(pdf.subarray(0, at), utf8Encode(lines), pdf.subarray(at))
}

export type FoundSeal =
  | { readonly kind: 'found'; readonly seal: PdfSeal; readonly pdf: Uint8Array }
  /** No PDF, or one that never was a summary. */
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged' }

/** The seal and the file as it was before the seal was put in. */
export function takeSeal(file: Uint8Array): FoundSeal {
  if (!startsWith(file, '%PDF-')) return { kind: 'none' }
  const begin = lastIndexOf(file, BEGIN)
  if (begin < 0) return { kind: 'none' }
  const end = lastIndexOf(file, END)
  if (end < begin) return { kind: 'damaged' }
  const text = ascii(file.subarray(begin + BEGIN.length, end))
  const payload = text
    .split('\n')
    .map((line) => line.replace(/^%/, ''))
    .join('')
  const [sealText, signatureText] = payload.split(' ')
  const signature = fromBase64Url(signatureText ?? '')
  if (sealText === undefined || signature === null || signature.length !== 64) return { kind: 'damaged' }
  const pdf = concatBytes(file.subarray(0, begin), file.subarray(end + END.length))
  const seal = { sealText, signature }
  // The signature does not cover these lines: anything but the seal's own letters in them is somebody else's.
  const again = putSeal(pdf, seal)
  return again !== null && equalBytes(again, file) ? { kind: 'found', seal, pdf } : { kind: 'damaged' }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return ascii(bytes.subarray(0, text.length)) === text
}

function lastIndexOf(bytes: Uint8Array, text: string): number {
  const wanted = utf8Encode(text)
  for (let at = bytes.length - wanted.length; at >= 0; at--) {
    let i = 0
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++
    if (i === wanted.length) return at
  }
  return -1
}

function ascii(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
