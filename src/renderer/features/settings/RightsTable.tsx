/** Who may do what: the very table that main refuses by, in lines that a person reads. */
import { role } from '../../../shared/contract/app.ts'
import { rightGroups } from '../../../shared/contract/right-groups.ts'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/catalogue.ts'
import styles from './Rights.module.css'

export function RightsTable() {
  const words = useWords()
  const t = words.accounts.matrix
  return (
    <Panel title={t.title}>
      <p className="secondary">{t.body}</p>
      {/* A table that is wider than a narrow window is scrolled by the keyboard too. */}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t.title}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t.operation}</th>
              {role.options.map((each) => (
                <th scope="col" key={each} className={styles.role}>
                  {words.clinical.roleNames[each]}
                </th>
              ))}
              <th scope="col">{t.asks}</th>
              <th scope="col">{t.audited}</th>
            </tr>
          </thead>
          <tbody>
            {rightGroups.map((group) => (
              <tr key={group.key}>
                <th scope="row" title={group.operations.join(', ')}>
                  {t.groups[group.key]}
                  {typeof group.who === 'string' && (
                    <div className="secondary">{group.who === 'anyone' ? t.everyone : t.person}</div>
                  )}
                </th>
                {role.options.map((each) => {
                  const isAllowed = group.roles.includes(each)
                  return (
                    <td key={each} className={isAllowed ? styles.may : styles.mayNot}>
                      <span aria-hidden>{isAllowed ? '✓' : '–'}</span>
                      <span className="visually-hidden">{isAllowed ? t.may : t.mayNot}</span>
                    </td>
                  )
                })}
                <td>{group.isAsking ? t.sometimes : ''}</td>
                <td>{group.isAudited ? t.yes : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
