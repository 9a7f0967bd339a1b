/** The search of the top bar: patients of this hospital, and blocks by number or hash. */
import { Combobox, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { Role } from '../../shared/contract/app.ts'
import { mayCall } from '../../shared/contract/rights.ts'
import type { BlockRow } from '../../shared/contract/chain.ts'
import type { Patient } from '../../shared/contract/patients.ts'
import { formatInstant, shortHash } from '../lib/format.ts'
import { useAsk } from '../lib/live.ts'
import { node } from '../lib/node.ts'
import { useOpenSession } from '../lib/session.ts'
import { go } from '../lib/router.ts'
import { useWords } from '../words/catalogue.ts'
import { SEARCH_ID } from './search-id.ts'

interface Hits {
  readonly text: string
  readonly patients: readonly Patient[]
  readonly blocks: readonly BlockRow[]
}

/** Blocks are meant by digits alone or by at least six hexadecimal digits. */
const looksLikeBlock = (text: string) => /^[0-9]{1,12}$/.test(text) || /^[0-9a-f]{6,64}$/i.test(text)

const NO_ROLES: readonly Role[] = []
const NOBODY: { patients: readonly Patient[] } = { patients: [] }

async function find(text: string, roles: readonly Role[]): Promise<Hits> {
  if (text === '') return { text, patients: [], blocks: [] }
  const [people, blocks] = await Promise.all([
    mayCall('patients.search', roles) ? node.patients.search({ text, limit: 6 }).catch(() => NOBODY) : NOBODY,
    looksLikeBlock(text) ? node.chain.find({ text }) : Promise.resolve([]),
  ])
  return { text, patients: people.patients, blocks: blocks.slice(0, 4) }
}

export function Search() {
  const t = useWords()
  const roles = useOpenSession()?.person.roles ?? NO_ROLES
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text.trim(), 80)
  const hits = useAsk(() => find(settled, roles), [settled, roles]).value
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const choose = (value: string) => {
    const [kind, id] = value.split(':')
    if (id === undefined) return
    if (kind === 'patient') go('patients', id)
    else go('chain', id)
    setText('')
    combobox.closeDropdown()
  }
  const isEmpty = hits && hits.text !== '' && hits.patients.length === 0 && hits.blocks.length === 0
  return (
    <search style={{ flex: '0 1 20rem', minWidth: '8rem' }}>
      <Combobox store={combobox} onOptionSubmit={choose} withinPortal>
        <Combobox.Target>
          <TextInput
            id={SEARCH_ID}
            aria-label={t.shell.search}
            placeholder={t.shell.searchHint}
            leftSection={<IconSearch size={15} aria-hidden />}
            rightSection={text === '' ? <span className="secondary">/</span> : undefined}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value)
              combobox.openDropdown()
              combobox.resetSelectedOption()
            }}
            onFocus={() => text !== '' && combobox.openDropdown()}
            onBlur={() => combobox.closeDropdown()}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                if (combobox.dropdownOpened) combobox.closeDropdown()
                else event.currentTarget.blur()
              } else if (event.key === 'Enter' && combobox.getSelectedOptionIndex() < 0) {
                const patient = hits?.patients[0]
                const block = hits?.blocks[0]
                if (hits?.text !== text.trim()) return
                if (patient) choose(`patient:${patient.patientId}`)
                else if (block) choose(`block:${block.index}`)
              }
            }}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={!hits || hits.text === ''}>
          <Combobox.Options>
            {hits && hits.patients.length > 0 && (
              <Combobox.Group label={t.shell.searchPatients}>
                {hits.patients.map((patient) => (
                  <Combobox.Option key={patient.patientId} value={`patient:${patient.patientId}`}>
                    {patient.name}{' '}
                    <span className="secondary">
                      {[t.clinical.sex[patient.sex], patient.birthDate, patient.medicalRecordNumber]
                        .filter((part) => part !== undefined)
                        .join(' · ')}
                    </span>
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            )}
            {hits && hits.blocks.length > 0 && (
              <Combobox.Group label={t.shell.searchBlocks}>
                {hits.blocks.map((block) => (
                  <Combobox.Option key={block.index} value={`block:${block.index}`}>
                    {t.chain.block(String(block.index))} <span className="mono">{shortHash(block.hash)}</span>{' '}
                    <span className="secondary">{formatInstant(block.timestamp)}</span>
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            )}
            {isEmpty && <Combobox.Empty>{t.shell.searchNothing(hits.text)}</Combobox.Empty>}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
    </search>
  )
}
