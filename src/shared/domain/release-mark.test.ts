import { expect, it } from 'vitest'
import { isMarkable, marked, markLine } from './release-mark.ts'

const source = { institution: '北區醫院', study: 'ab'.repeat(32), upTo: 17 }

it('names the institution, the study and the state in both languages, and only what there is', () => {
  expect(markLine(source, 'en')).toContain('within 北區醫院 only')
  expect(markLine(source, 'en')).toContain('Study abababab…abababab, records up to block 17.')
  expect(markLine(source, 'zh-Hant')).toContain('研究 abababab…abababab，紀錄截至區塊 17。')
  expect(markLine({ ...source, study: null }, 'en')).not.toContain('Study')
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
