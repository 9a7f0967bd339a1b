/** How a code of a list is shown wherever one is looked for: its name in the reader's language, the other language below. */
import type { CodeHit } from '../../shared/contract/codes.ts'
import { formatCode } from '../lib/format.ts'
import type { PickerOption } from '../ui/Picker.tsx'
import { useLocale } from '../words/catalogue.ts'

export function useHitName(): (hit: CodeHit) => string {
  const locale = useLocale()
  return (hit) => (locale === 'zh-Hant' ? hit.zh || hit.en : hit.en)
}

export function useHitOption(): (hit: CodeHit) => PickerOption<CodeHit> {
  const locale = useLocale()
  const nameOf = useHitName()
  return (hit) => {
    const other = locale === 'zh-Hant' ? hit.en : hit.zh
    return {
      id: `${hit.system}|${hit.code}`,
      value: hit,
      main: (
        <>
          <strong>{formatCode(hit)}</strong> {nameOf(hit)}
        </>
      ),
      below:
        other === nameOf(hit) ? undefined : (
          <span lang={locale === 'zh-Hant' ? 'en' : 'zh-Hant'}>{other}</span>
        ),
    }
  }
}
