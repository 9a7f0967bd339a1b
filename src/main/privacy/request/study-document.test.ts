import { describe, expect, it } from 'vitest'
import { encode } from '../../node/chain/codec.ts'
import { encodeDocument, readDocument, type StudyDocument } from './study-document.ts'

const document: StudyDocument = {
  salt: new Uint8Array(32).fill(7),
  lane: 'noise',
  requestBytes: encode(['any', 1]),
  cohortText: '{"schema":"cohort/1"}',
  cleaningText: null,
  followUpText: null,
  studyText: null,
  purpose: 'research',
  title: '糖尿病人數',
}

describe('the document of a study', () => {
  it('comes back as it was', () => {
    expect(readDocument(encodeDocument(document))).toEqual(document)
    const byRule: StudyDocument = { ...document, lane: 'rule', cohortText: null, studyText: '{}' }
    expect(readDocument(encodeDocument(byRule))).toEqual(byRule)
  })
  it.each([
    ['an empty title', { title: '' }],
    ['a title that is too long', { title: 'x'.repeat(201) }],
    ['no purpose', { purpose: '' }],
    ['a short salt', { salt: new Uint8Array(31) }],
    ['a request that is too long', { requestBytes: new Uint8Array(16_385) }],
    ['an empty text', { cohortText: '' }],
  ])('refuses %s', (_, change) => {
    expect(readDocument(encodeDocument({ ...document, ...change }))).toBeNull()
  })
  it('refuses another version, another lane and other bytes', () => {
    const bytes = encodeDocument(document)
    expect(readDocument(bytes.subarray(1))).toBeNull()
    expect(readDocument(new Uint8Array([...bytes, 0]))).toBeNull()
    const slots = [1, document.salt, 3, document.requestBytes, null, null, null, null, 'research', 'x']
    expect(readDocument(encode(slots))).toBeNull()
    expect(readDocument(encode(slots.with(2, 2)))).not.toBeNull()
    expect(readDocument(encode(slots.with(2, 2).with(0, 2)))).toBeNull()
  })
})
