/** Own templates: one made of the form as it stands, renamed, ordered, deleted, given to others as a file. */
import { Button, Checkbox, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { node } from '../../../lib/node.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { templateFrom, withChanges } from './own-templates.ts'
import { TemplateFields } from './TemplateFields.tsx'
import { templateOf, type VisitTemplate } from './templates.ts'
import { useEntry } from './use-entry.ts'
import { useTemplates } from './use-templates.ts'
import styles from './Entry.module.css'

const NAME_MAX = 80

/** Only administrators write the hospital's templates. */
const useMayForHospital = (): boolean => useOpenSession()?.person.roles.includes('administrator') === true

export function OwnTemplates({ onClose }: { onClose(): void }) {
  const words = useWords()
  const t = words.entry.templates
  const own = useTemplates((templates) => templates.own)
  const left = useTemplates((templates) => templates.left)
  const show = useTemplates((templates) => templates.show)
  const [name, setName] = useState('')
  const [said, setSaid] = useState('')
  const mayForHospital = useMayForHospital()
  const [isForHospital, setForHospital] = useState(mayForHospital)
  const field = useRef<HTMLInputElement>(null)

  const create = async () => {
    const plain = name.trim().slice(0, NAME_MAX)
    if (plain === '') return void field.current?.focus()
    const { form, setTemplate } = useEntry.getState()
    const id = `own-${crypto.randomUUID()}`
    const answer = await node.templates.save(
      templateFrom(form, templateOf(form.template), { id, name: plain, isOwn: !isForHospital }),
    )
    if (answer.kind === 'too-many') return setSaid(t.tooMany)
    show(answer.templates)
    setTemplate(id)
    setName('')
    setSaid(t.saved(plain))
  }
  const bring = async () => {
    const answer = await node.templates.importFile({ isOwn: !isForHospital })
    if (answer.kind === 'saved') {
      show(answer.templates)
      setSaid(t.saved(answer.templates.find(({ id }) => id === answer.id)?.en ?? ''))
    } else if (answer.kind !== 'closed') setSaid(answer.kind === 'too-many' ? t.tooMany : t.notATemplate)
  }
  return (
    <div
      className={styles.templates}
      role="group"
      aria-label={t.title}
      data-testid="own-templates"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <p className="secondary">{t.what}</p>
      <div className={styles.templateLine}>
        <TextInput
          ref={field}
          className={styles.templateName}
          aria-label={t.name}
          placeholder={t.name}
          value={name}
          maxLength={NAME_MAX}
          data-autofocus
          autoFocus
          onChange={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            create().catch(tellFailure)
          }}
        />
        {mayForHospital && (
          <Checkbox
            size="xs"
            label={t.forHospital}
            checked={isForHospital}
            onChange={(event) => setForHospital(event.currentTarget.checked)}
          />
        )}
        <Button size="compact-sm" onClick={() => create().catch(tellFailure)}>
          {t.create}
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => bring().catch(tellFailure)}>
          {t.fromFile}
        </Button>
        <Button size="compact-sm" variant="subtle" onClick={onClose}>
          {words.shell.close}
        </Button>
      </div>
      <p role="status" className="secondary">
        {said}
      </p>
      {own.length === 0 && <p className="secondary">{t.none}</p>}
      {own.map((template) => (
        <OwnTemplate key={template.id} template={template} onSaid={setSaid} />
      ))}
      {left.map(({ id, en }) => (
        <div key={id} className={styles.templateLine} data-testid="left-template">
          <span>{en}</span>
          <span className="secondary">{t.ofLeft}</span>
          <RemoveTemplate id={id} name={en} onSaid={setSaid} />
        </div>
      ))}
    </div>
  )
}

function OwnTemplate({ template, onSaid }: { template: VisitTemplate; onSaid(text: string): void }) {
  const words = useWords()
  const t = words.entry.templates
  const show = useTemplates((templates) => templates.show)
  const [name, setName] = useState(template.en)
  const [isOrdering, setOrdering] = useState(false)
  const { id, version, en, departments } = template
  const isOwn = template.owner != null
  const mayForHospital = useMayForHospital()
  const mayChange = isOwn || mayForHospital
  const open = useRef<HTMLButtonElement>(null)
  const rename = async () => {
    const plain = name.trim().slice(0, NAME_MAX)
    if (plain === '' || plain === en) return setName(en)
    // As it is stored: this window may not know everything that a template of another version says.
    const stored = (await node.templates.list()).find((each) => each.id === id)
    if (stored === undefined) return
    const { version: _version, owner: _owner, ...rest } = stored
    const answer = await node.templates.save({ ...rest, en: plain, zh: plain, isOwn })
    if (answer.kind === 'saved') show(answer.templates)
  }
  const keep = async (changed: VisitTemplate) => {
    const stored = (await node.templates.list()).find((each) => each.id === id)
    if (stored === undefined) return
    const { version: _version, owner: _owner, ...rest } = withChanges(stored, changed)
    const answer = await node.templates.save({ ...rest, isOwn })
    if (answer.kind !== 'saved') return
    show(answer.templates)
    close()
    onSaid(t.saved(en))
  }
  const close = () => {
    setOrdering(false)
    open.current?.focus()
  }
  const give = async () => {
    const { path } = await node.templates.exportFile({ id })
    if (path !== null) onSaid(t.given(path))
  }
  return (
    <>
      <div className={styles.templateLine} data-testid="own-template">
        <TextInput
          className={styles.templateName}
          aria-label={t.rename(en)}
          value={name}
          maxLength={NAME_MAX}
          readOnly={!mayChange}
          onChange={(event) => setName(event.currentTarget.value)}
          onBlur={() => rename().catch(tellFailure)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            rename().catch(tellFailure)
          }}
        />
        <span className="secondary">
          {isOwn ? t.ofMine : t.ofHospital}, {t.facts(version, departments.join(', '))}
        </span>
        {mayChange && (
          <Button
            ref={open}
            size="compact-sm"
            variant="default"
            aria-label={`${t.fields}, ${en}`}
            aria-expanded={isOrdering}
            onClick={() => setOrdering(!isOrdering)}
          >
            {t.fields}
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`${t.toFile}, ${en}`}
          onClick={() => give().catch(tellFailure)}
        >
          {t.toFile}
        </Button>
        {mayChange && <RemoveTemplate id={id} name={en} onSaid={onSaid} />}
      </div>
      {isOrdering && (
        <TemplateFields
          template={template}
          onKeep={(changed) => keep(changed).catch(tellFailure)}
          onClose={close}
        />
      )}
    </>
  )
}

interface RemoveProps {
  readonly id: string
  readonly name: string
  onSaid(text: string): void
}

function RemoveTemplate({ id, name, onSaid }: RemoveProps) {
  const words = useWords()
  const t = words.entry.templates
  const show = useTemplates((templates) => templates.show)
  const [isAsking, setAsking] = useState(false)
  const remove = async () => {
    show(await node.templates.remove({ id }))
    const { form, setTemplate } = useEntry.getState()
    if (form.template === id) setTemplate('general')
    onSaid(t.removed(name))
  }
  if (!isAsking)
    return (
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        aria-label={`${t.remove}, ${name}`}
        onClick={() => setAsking(true)}
      >
        {t.remove}
      </Button>
    )
  return (
    <>
      <Button size="compact-sm" color="red.8" autoFocus onClick={() => remove().catch(tellFailure)}>
        {t.removeNow(name)}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
        {words.shell.cancel}
      </Button>
    </>
  )
}
