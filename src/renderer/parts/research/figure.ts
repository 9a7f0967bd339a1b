/** A picture as a list of shapes: the screen draws it, and a file holds the same one. Pure. */
import { escaped } from '../../../shared/domain/release-mark.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'

/** `0` to `5`: series of data. */
export type Tone = 'ink' | 'soft' | 'line' | 0 | 1 | 2 | 3 | 4 | 5

export type Shape =
  | {
      readonly kind: 'line'
      readonly x1: number
      readonly y1: number
      readonly x2: number
      readonly y2: number
      readonly tone: Tone
      readonly dash?: string
      readonly width?: number
    }
  | {
      readonly kind: 'box'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly tone: Tone
    }
  | { readonly kind: 'path'; readonly d: string; readonly tone: Tone; readonly dash?: string }
  /** A band, lighter than its series. */
  | { readonly kind: 'band'; readonly d: string; readonly tone: Tone }
  | {
      readonly kind: 'text'
      readonly x: number
      readonly y: number
      readonly text: string
      readonly anchor?: 'start' | 'middle' | 'end'
      readonly tone?: 'ink' | 'soft'
      readonly size?: number
      readonly isBold?: boolean
      /** Read from below. */
      readonly isUpright?: boolean
      /** With a seam of the ground's colour, so that no line below crosses its letters. */
      readonly hasSeam?: boolean
    }

export interface Figure {
  /** What it shows, for whoever does not see it. */
  readonly description: string
  readonly width: number
  readonly height: number
  readonly shapes: readonly Shape[]
}

/** Okabe and Ito (2008): six colours that people tell apart whatever they see; lines have dashes beside. */
const SERIES = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9', '#E69F00'] as const
export const DASHES = [undefined, '7 4', '2 3', '10 3 2 3', '1 3', '12 4'] as const
export const TEXT_SIZE = 12

const PAPER = { ink: '#000000', soft: '#444444', line: '#c8c8c8' } as const
const FONT = "Arial, 'Noto Sans TC', 'Microsoft JhengHei', sans-serif"
/** Half of it stands out around a letter. */
const SEAM = 4
const MARK_HEIGHT = 22
const MARK_SIZE = 9

const colour = (tone: Tone): string => (typeof tone === 'number' ? SERIES[tone] : PAPER[tone])

/** On white, with the mark written below. */
export function figureSvg({ description, width, height, shapes }: Figure, mark: string): string {
  const whole = height + MARK_HEIGHT
  const markLine: Shape = {
    kind: 'text',
    x: 8,
    y: height + MARK_HEIGHT - 8,
    text: mark,
    tone: 'soft',
    size: Math.min(MARK_SIZE, (width - 16) / (widthOf(mark) || 1)),
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" font-family="${FONT}" role="img">` +
    `<title>${escaped(description)}</title><rect width="${width}" height="${whole}" fill="#ffffff"/>` +
    [...shapes, markLine].map(shapeSvg).join('') +
    `</svg>\n`
  )
}

function shapeSvg(shape: Shape): string {
  switch (shape.kind) {
    case 'line': {
      const { x1, y1, x2, y2, tone, dash, width = 1 } = shape
      return `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${colour(tone)}" stroke-width="${width}"${dashOf(dash)}/>`
    }
    case 'box':
      return `<rect x="${n(shape.x)}" y="${n(shape.y)}" width="${n(shape.width)}" height="${n(shape.height)}" fill="${colour(shape.tone)}"/>`
    case 'path':
      return `<path d="${shape.d}" fill="none" stroke="${colour(shape.tone)}" stroke-width="1.75"${dashOf(shape.dash)}/>`
    case 'band':
      return `<path d="${shape.d}" fill="${colour(shape.tone)}" fill-opacity="0.15"/>`
    case 'text': {
      const { x, y, text, anchor = 'start', tone = 'ink', size = TEXT_SIZE, isBold, isUpright } = shape
      const place =
        isUpright === true ? `transform="translate(${n(x)} ${n(y)}) rotate(-90)"` : `x="${n(x)}" y="${n(y)}"`
      const weight = isBold === true ? ' font-weight="bold"' : ''
      const written = (paint: string): string =>
        `<text ${place} text-anchor="${anchor}" ${paint} font-size="${n(size)}"${weight}>${escaped(text)}</text>`
      // Two texts, the seam below: not every program that opens the file knows an order of painting.
      const seam = `aria-hidden="true" fill="#ffffff" stroke="#ffffff" stroke-width="${SEAM}" stroke-linejoin="round"`
      return `${shape.hasSeam === true ? written(seam) : ''}${written(`fill="${colour(tone)}"`)}`
    }
    default:
      return unreachable(shape)
  }
}

const dashOf = (dash: string | undefined): string => (dash === undefined ? '' : ` stroke-dasharray="${dash}"`)

/** Coordinates to a tenth: a picture is the same text again. */
const n = (value: number): string => String(Math.round(value * 10) / 10)

/** About how wide a text is, in its own size: signs of Chinese are square, letters half as wide. */
export function widthOf(text: string): number {
  let width = 0
  for (const sign of text) width += sign.codePointAt(0)! > 0x2e7f ? 1 : 0.55
  return width
}

/** As much of a text as fits into so many points at the usual size. */
export function fitted(text: string, width: number, size = TEXT_SIZE): string {
  if (widthOf(text) * size <= width) return text
  let kept = ''
  for (const sign of text) {
    if (widthOf(`${kept}${sign}…`) * size > width) break
    kept += sign
  }
  return `${kept}…`
}
