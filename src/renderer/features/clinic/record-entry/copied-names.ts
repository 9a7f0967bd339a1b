/** Copied codes that came without words, or with those of another language, get the list's when it has answered. */
import { formatCode } from '../../../lib/format.ts'
import { codeNames } from '../../../parts/code-names.ts'
import type { DiagnosisRow, MedicineRow, VisitForm } from './form.ts'

/**
 * @param now the form as it is when the lists have answered; null where another one is open
 * @param name called for each row that still has its code
 */
export async function nameCopiedRows(
  now: () => VisitForm | null,
  name: (section: 'diagnoses' | 'medicines', rowId: string, code: DiagnosisRow['code']) => void,
): Promise<void> {
  for (const section of ['diagnoses', 'medicines'] as const) {
    const copied = () =>
      ((now()?.[section] ?? []) as readonly (DiagnosisRow | MedicineRow)[]).flatMap(
        ({ id, isCopied, code: { code } }) => (isCopied && code !== null ? [{ id, code }] : []),
      )
    const nameOf = await codeNames(copied().map(({ code }) => code))
    for (const { id, code } of copied()) {
      const display = nameOf(code)
      if (display !== undefined && display !== code.display)
        name(section, id, { text: `${formatCode(code)} ${display}`, code: { ...code, display } })
    }
  }
}
