import { expect, it } from 'vitest'
import { isMarkable, marked, markLine } from './release-mark.ts'

const source = { institution: '北區醫院', study: 'ab'.repeat(32), upTo: 17 }

it('names the institution, the study and the state in both languages, and only what there is', () => {
  expect(markLine(source, 'en')).toContain('within 北區醫院 only')
  expect(markLine(source, 'en')).toContain('Study abababab…abababab, records up to block 17.')
  expect(markLine(source, 'zh-Hant')).toContain('研究 abababab…abababab，紀錄截至區塊 17。')
  expect(markLine({ ...source, study: null }, 'en')).not.toContain('Study')
})

it('says first of the demonstration that its patients are made up, as the banner does', () => {
  const answer = { epsilon: '0.26', attested: 3, gateways: 4, snapshotHeight: 12 }
  const made = { ...source, isDemonstration: true, answer }
  expect(markLine(made, 'en')).toMatch(/^Synthetic data: none of these patients exist\. Answer of/)
  expect(markLine(made, 'zh-Hant')).toMatch(/^模擬資料：這些病人都不是真實人物。聯盟閘道的答案/)
  expect(markLine({ ...source, isDemonstration: false }, 'en')).toBe(markLine(source, 'en'))
})

it('stands in every format, as text that cannot become markup', () => {
  const line = 'a < "b" & c'
  const safe = 'a &lt; &quot;b&quot; &amp; c'
  expect(marked('<svg width="1"><g/></svg>', 'svg', line)).toBe(
    `<svg width="1"><metadata>${safe}</metadata><g/></svg>`,
  )
  expect(marked('<html><body><p>x</p></body></html>', 'html', line)).toContain(
    `<p class="mark">${safe}</p></body>`,
  )
  expect(marked('x\r\n', 'csv', line)).toBe('x\r\n"# a < ""b"" & c"\r\n')
  expect(marked('x\n\n\n', 'text', line)).toBe(`x\n\n${line}\n`)
  // A dollar sign is no pattern.
  expect(marked('<svg></svg>', 'svg', '$& $1')).toContain('$&amp; $1')
})

it('refuses what has no place for it, and what could run', () => {
  expect(isMarkable('<svg></svg>', 'svg')).toBe(true)
  for (const content of ['<g/>', '<svg><script>x</script></svg>', '<svg onload="x"></svg>'])
    expect(isMarkable(content, 'svg'), content).toBe(false)
  expect(isMarkable('<p>no body</p>', 'html')).toBe(false)
})

it('says of an answer of the gateways how it was protected and who attested it', () => {
  const answer = { epsilon: '0.26', attested: 3, gateways: 4, snapshotHeight: 12 }
  expect(markLine({ ...source, answer }, 'en')).toBe(
    'Answer of the consortium’s gateways, with noise (privacy loss ε = 0.26 at δ = 10⁻⁶), attested by 3 of 4. Request abababab…abababab, snapshot at height 12.',
  )
  expect(markLine({ ...source, answer }, 'zh-Hant')).toContain('由 4 個閘道中的 3 個證明')
  const byRule = { ...answer, epsilon: null, snapshotHeight: null }
  expect(markLine({ ...source, answer: byRule }, 'en')).toContain(
    'checked by rule, not differentially private',
  )
  expect(markLine({ ...source, answer: byRule }, 'zh-Hant')).toContain('經規則檢查，非差分隱私')
})
