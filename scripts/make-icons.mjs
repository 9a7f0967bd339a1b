#!/usr/bin/env node
// Draws the application's mark: three linked blocks. Writes resources/icon.png (1024), tray.png, trayTemplate.png
// and icon.svg from the same numbers. Run it after a change of the drawing; its output is committed.
import { writeFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'

const TEAL = [15, 118, 110]
const LIGHT = [240, 253, 250]
// In units of the icon's side: three rounded squares on a rising diagonal, joined by a bar.
const BLOCKS = [
  { x: 0.27, y: 0.69 },
  { x: 0.5, y: 0.5 },
  { x: 0.73, y: 0.31 },
]
const BLOCK_HALF = 0.092
const BLOCK_ROUND = 0.035
const BAR_HALF = 0.03
const PLATE_HALF = 0.46
const PLATE_ROUND = 0.2

const box = (x, y, half, round) => {
  const dx = Math.abs(x) - half + round
  const dy = Math.abs(y) - half + round
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - round
}
const bar = (x, y, a, b) => {
  const [px, py, bx, by] = [x - a.x, y - a.y, b.x - a.x, b.y - a.y]
  const t = Math.min(1, Math.max(0, (px * bx + py * by) / (bx * bx + by * by)))
  return Math.hypot(px - bx * t, py - by * t) - BAR_HALF
}
const mark = (x, y) =>
  Math.min(
    bar(x, y, BLOCKS[0], BLOCKS[2]),
    ...BLOCKS.map((block) => box(x - block.x, y - block.y, BLOCK_HALF, BLOCK_ROUND)),
  )
const plate = (x, y) => box(x - 0.5, y - 0.5, PLATE_HALF, PLATE_ROUND)
const cover = (distance, size) => Math.min(1, Math.max(0, 0.5 - distance * size))

/** @param pixel (x, y, size) => [r, g, b, a] with x and y from 0 to 1 */
function png(size, pixel) {
  const rows = Buffer.alloc(size * (1 + size * 4))
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      rows.set(pixel((column + 0.5) / size, (row + 0.5) / size, size), row * (1 + size * 4) + 1 + column * 4)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND'),
  ])
}

function chunk(type, data = Buffer.alloc(0)) {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, check])
}

function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

const coloured = (x, y, size) => {
  const on = cover(mark(x, y), size)
  const rgb = TEAL.map((dark, i) => Math.round(dark + (LIGHT[i] - dark) * on))
  return [...rgb, Math.round(255 * cover(plate(x, y), size))]
}
const black = (x, y, size) => [
  0,
  0,
  0,
  Math.round(255 * cover(mark(0.5 + (x - 0.5) * 0.8, 0.5 + (y - 0.5) * 0.8), size)),
]

const resources = new URL('../resources/', import.meta.url)
writeFileSync(new URL('icon.png', resources), png(1024, coloured))
writeFileSync(new URL('tray.png', resources), png(32, coloured))
writeFileSync(new URL('trayTemplate.png', resources), png(32, black))
const rect = ({ x, y }, half, round, colour) =>
  `<rect x="${x - half}" y="${y - half}" width="${2 * half}" height="${2 * half}" rx="${round}" fill="${colour}"/>`
const hex = (rgb) => `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`
writeFileSync(
  new URL('icon.svg', resources),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">
  ${rect({ x: 0.5, y: 0.5 }, PLATE_HALF, PLATE_ROUND, hex(TEAL))}
  <path d="M${BLOCKS[0].x} ${BLOCKS[0].y}L${BLOCKS[2].x} ${BLOCKS[2].y}" stroke="${hex(LIGHT)}" stroke-width="${2 * BAR_HALF}" stroke-linecap="round"/>
  ${BLOCKS.map((block) => rect(block, BLOCK_HALF, BLOCK_ROUND, hex(LIGHT))).join('\n  ')}
</svg>
`,
)
