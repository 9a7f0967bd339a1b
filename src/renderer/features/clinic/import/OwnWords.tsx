/** What the hospital's own words and spellings of units mean: those that a trial did not know, and any other. */
import { Autocomplete, Button, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { WORD_FIELDS } from '../../../../shared/domain/table-mapping.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { useWizard } from './use-wizard.ts'
import {
  KNOWN_UNITS,
  meaningOf,
  meaningsOf,
  wordsToSay,
  withMeaning,
  type OwnWord,
  type WordKind,
} from './own-words.ts'
import styles from './Wizard.module.css'

const KINDS: readonly WordKind[] = [...WORD_FIELDS, 'unit']

export function OwnWords() {
  const words = useWords()
  const t = words.tables.ownWords
  const locale = useLocale()
  const { answers, asked, change, askAbout } = useWizard()
  const [kind, setKind] = useState<WordKind>('visit.class')
  const [text, setText] = useState('')
  const rows = wordsToSay(answers, asked)
  const add = () => {
    if (text.trim() === '') return
    askAbout([{ kind, text: text.trim(), count: 0 }])
    setText('')
  }
  return (
    <>
      <h3 className={styles.heading}>{t.title}</h3>
      <p className="secondary">{t.why}</p>
      {rows.length > 0 && (
        <div className={styles.scroll}>
          <table className={styles.columns} aria-label={t.title}>
            <thead>
              <tr>
                <th scope="col">{t.word}</th>
                <th scope="col">{t.in}</th>
                <th scope="col">{words.tables.seen}</th>
                <th scope="col">{t.means}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((word) => (
                <tr key={`${word.kind}|${word.text}`}>
                  <th scope="row">{word.text}</th>
                  <td>{t.kinds[word.kind]}</td>
                  <td>{word.count === 0 ? '' : formatNumber(word.count, locale)}</td>
                  <td>
                    <Meaning
                      word={word}
                      value={meaningOf(answers, word)}
                      onSay={(to) => change(withMeaning(answers, word, to))}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <form
        className={styles.controls}
        onSubmit={(event) => {
          event.preventDefault()
          add()
        }}
      >
        <NativeSelect
          label={t.in}
          value={kind}
          data={KINDS.map((value) => ({ value, label: t.kinds[value] }))}
          onChange={(event) => setKind(event.currentTarget.value as WordKind)}
        />
        <TextInput
          label={t.word}
          value={text}
          maxLength={kind === 'unit' ? 64 : 200}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={text.trim() === ''}>
          {t.add}
        </Button>
      </form>
    </>
  )
}

interface MeaningProps {
  readonly word: OwnWord
  readonly value: string
  readonly onSay: (to: string) => void
}

function Meaning({ word, value, onSay }: MeaningProps) {
  const words = useWords()
  const t = words.tables.ownWords
  const label = t.meaningOf(word.text)
  if (word.kind === 'unit')
    return (
      <Autocomplete
        size="xs"
        w={180}
        aria-label={label}
        placeholder={t.asItIs}
        data={KNOWN_UNITS}
        limit={20}
        maxLength={64}
        value={value}
        onChange={onSay}
      />
    )
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      value={value}
      data={[{ value: '', label: t.asItIs }, ...meaningsOf(word.kind, words.clinical)]}
      onChange={(event) => onSay(event.currentTarget.value)}
    />
  )
}
