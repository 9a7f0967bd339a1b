/** A mark in a PNG: text beside the picture, as any reader of metadata shows it (PNG specification 11.3.4.5, iTXt). */
import { concatBytes, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Signature, then length, name, 13 bytes and check sum of IHDR, which comes first. */
const AFTER_HEADER = SIGNATURE.length + 4 + 4 + 13 + 4

/** Null for what is no PNG. */
export function markedPng(png: Bytes, line: string): Bytes | null {
  const isPng =
    png.length > AFTER_HEADER &&
    SIGNATURE.every((byte, i) => png[i] === byte) &&
    String.fromCharCode(...png.subarray(12, 16)) === 'IHDR'
  if (!isPng) return null
  // Keyword, not compressed, no language, no translated keyword.
  const content = concatBytes(utf8Encode('Description'), Uint8Array.of(0, 0, 0, 0, 0), utf8Encode(line))
  return concatBytes(png.subarray(0, AFTER_HEADER), chunk('iTXt', content), png.subarray(AFTER_HEADER))
}

function chunk(name: string, content: Bytes): Bytes {
  const checked = concatBytes(utf8Encode(name), content)
  return concatBytes(big32(content.length), checked, big32(crc32(checked)))
}

function big32(value: number): Bytes {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** ISO 3309, as the specification's appendix D. */
function crc32(bytes: Bytes): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0)
  }
  return ~crc >>> 0
}
