/** A test of the table by its key, in the window's language. Pure. */
import type { Locale } from '../../../shared/contract/app.ts'
import { labTestByKey } from '../../../shared/domain/lab-tests.ts'

export function testName(key: string, locale: Locale): string {
  const test = labTestByKey(key)
  return test === null ? key : locale === 'en' ? test.en : test.zh
}
