/** The released numbers, each beside the one that the manuscript prints. */
import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { formatNumber, withMinus } from '../../../lib/format.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { cellWords } from './cell-words.ts'
import { claimsOfPaste } from './claims-of-paste.ts'
import styles from './Reviews.module.css'
import { type OpenedPackage, useReviews } from './use-reviews.ts'

export function AttestedNumbers({ opened }: { readonly opened: OpenedPackage }) {
  const words = useWords()
  const t = words.reviews
  const locale = useLocale()
  const { claims, compared, claim } = useReviews()
  const { lines } = opened.report
  const verdictOf = (name: string) => compared.find((each) => each.name === name)?.verdict
  // What no number is called is said where it was typed.
  const elsewhere = compared.filter(
    ({ name, verdict }) => verdict !== 'no-such-cell' && !lines.some((line) => line.name === name),
  )
  return (
    <Panel title={t.numbers}>
      <Stack gap="sm">
        <ComparedSummary />
        <div className={styles.numbers} tabIndex={0} role="region" aria-label={t.numbers}>
          <table className={styles.table} data-testid="attested">
            <thead>
              <tr>
                <th scope="col">{t.cell}</th>
                <th scope="col" className={styles.number}>
                  {t.value}
                </th>
                <th scope="col" className={styles.number}>
                  {t.interval}
                </th>
                <th scope="col">{t.claimed}</th>
                <th scope="col">{t.compared}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ name, value, low, high }) => {
                const verdict = verdictOf(name)
                return (
                  <tr key={name}>
                    <td title={name}>{cellWords(name, words, locale)}</td>
                    <td className={styles.number}>{value === null ? t.withheld : withMinus(value)}</td>
                    <td className={styles.number}>{low === null ? '' : withMinus(`${low} – ${high}`)}</td>
                    <td>
                      <TextInput
                        size="xs"
                        className={styles.claim}
                        maxLength={40}
                        aria-label={t.claimedFor(cellWords(name, words, locale))}
                        value={claims[name] ?? ''}
                        onChange={({ currentTarget }) => claim(name, currentTarget.value)}
                      />
                    </td>
                    <td className={verdict === 'same' ? styles.good : styles.bad}>
                      {verdict !== undefined && t.comparedWords[verdict]}
                    </td>
                  </tr>
                )
              })}
              {elsewhere.map(({ name, value, attested, verdict }) => (
                <tr key={name}>
                  <td title={name}>{cellWords(name, words, locale)}</td>
                  <td className={styles.number}>{withMinus(attested ?? '')}</td>
                  <td />
                  <td>{value}</td>
                  <td className={verdict === 'same' ? styles.good : styles.bad}>
                    {t.comparedWords[verdict]}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <Paste names={lines.map(({ name }) => name)} />
      </Stack>
    </Panel>
  )
}

function Paste({ names }: { readonly names: readonly string[] }) {
  const t = useWords().reviews
  const { take, compared } = useReviews()
  const [text, setText] = useState('')
  const claims = claimsOfPaste(text, names)
  // A line without a number claims nothing: only those that get one are compared.
  const unknown = compared.filter(({ verdict }) => verdict === 'no-such-cell')
  const fillNames = () =>
    setText([...(text === '' ? [] : [text]), ...names.map((name) => `${name}\t`)].join('\n'))
  return (
    <Stack gap="xs">
      <Textarea
        label={t.paste}
        description={t.pasteHint}
        classNames={{ input: 'mono' }}
        autosize
        minRows={3}
        maxRows={12}
        value={text}
        spellCheck={false}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {unknown.length > 0 && (
        <Callout tone="bad" isLive title={t.unknownNames}>
          <ul className={styles.cells}>
            {unknown.map(({ name, value }) => (
              <li key={name}>{t.unknownName(name, value)}</li>
            ))}
          </ul>
        </Callout>
      )}
      <Group justify="flex-end">
        <Button variant="default" title={t.fillNamesHint} onClick={fillNames}>
          {t.fillNames}
        </Button>
        <Button
          variant="default"
          disabled={claims.length === 0}
          onClick={() => {
            take(claims)
              .then(() => setText(''))
              .catch(tellFailure)
          }}
        >
          {t.take}
        </Button>
      </Group>
    </Stack>
  )
}

/** How many of the manuscript's numbers are the attested ones. */
function ComparedSummary() {
  const t = useWords().reviews
  const locale = useLocale()
  const { compared, clear } = useReviews()
  if (compared.length === 0) return null
  const same = compared.filter(({ verdict }) => verdict === 'same').length
  return (
    <Group gap="md">
      <Callout tone={same === compared.length ? 'good' : 'bad'} isLive>
        {t.summary(formatNumber(same, locale), formatNumber(compared.length, locale))}
      </Callout>
      <Button size="compact-sm" variant="default" onClick={clear}>
        {t.clear}
      </Button>
    </Group>
  )
}
