/** Text in Big5, for files as Taiwanese systems write them: the runtime decodes the encoding and does not write it. */
/** Three visits of people who do not exist; two cells of the last two are wrong on purpose. */
const HEADER = '病歷號,姓名,性別,生日,就診日期,就診時間,類別,主診斷,收縮壓,舒張壓,糖化血色素\n'
export const big5Table = (): Buffer =>
  toBig5(
    HEADER +
      '0012345,范例一,女,46/03/02,112/05/03,09:30,門診,E11.9,128,82,7.0\n' +
      '0012346,范例二,男,51/11/20,112/05/04,10:00,急診,I10,1200,82,6.1\n' +
      '0012347,范例三,男,51/13/20,112/05/05,10:15,門診,1E+10,120,80,5.9\n',
  )

let bytesOf: ReadonlyMap<string, number> | null = null

export function toBig5(text: string): Buffer {
  bytesOf ??= everyLetter()
  const bytes: number[] = []
  for (const letter of text) {
    const code = letter.codePointAt(0)!
    if (code < 0x80) bytes.push(code)
    else {
      const pair = bytesOf.get(letter)
      if (pair === undefined) throw new Error(`Big5 has no ${letter}`)
      bytes.push(pair >> 8, pair & 0xff)
    }
  }
  return Buffer.from(bytes)
}

function everyLetter(): Map<string, number> {
  const decoder = new TextDecoder('big5')
  const found = new Map<string, number>()
  for (let lead = 0xa1; lead <= 0xf9; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail > 0x7e && trail < 0xa1) continue
      const letter = decoder.decode(Buffer.from([lead, trail]))
      if ([...letter].length === 1 && letter !== '\ufffd' && !found.has(letter))
        found.set(letter, lead * 256 + trail)
    }
  }
  return found
}
