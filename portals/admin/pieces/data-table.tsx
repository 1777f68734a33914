/** A table of the ledger, with what it is sorted by; on narrow windows the same rows as cards. */
import { useMediaQuery } from '@mantine/hooks'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { useSay } from '../texts/texts.ts'
import classes from './data-table.module.css'

/** A column. With `sort` its head is a button; `end` stands at the right. */
export type Column<Row> = {
  id: string
  name: string
  sort?: string
  end?: boolean
  quiet?: boolean
  cell: (row: Row) => ReactNode
}

/** What is selected, by the rows' ids. */
export type Selection<Row> = { has: (id: string) => boolean; toggle: (rows: readonly Row[], isOn: boolean) => void }

const NARROW = '(max-width: 47.99rem)'

/** Whether the window is narrow. */
export function useNarrow(): boolean {
  return useMediaQuery(NARROW, false, { getInitialValueInEffect: false }) ?? false
}

/** Draws it. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const isNarrow = useNarrow()
  return isNarrow ? <Cards {...props} /> : <Table {...props} />
}

type DataTableProps<Row> = {
  name: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  idOf: (row: Row) => string
  nameOf: (row: Row) => string
  card: (row: Row) => ReactNode
  sort?: string | undefined
  onSort?: (sort: string) => void
  selection?: Selection<Row> | undefined
  isStale?: boolean
}

function Table<Row>({ name, rows, columns, idOf, nameOf, sort, onSort, selection, isStale }: DataTableProps<Row>) {
  const say = useSay()
  const [sorted, direction] = (sort ?? '').split(':')
  return (
    <div className={classes.panel} data-stale={isStale || undefined}>
      <table className={classes.table}>
        <caption className="unseen">{name}</caption>
        <thead>
          <tr>
            {selection && (
              <th className={classes.box}>
                <SelectAll rows={rows} idOf={idOf} selection={selection} />
              </th>
            )}
            {columns.map((column) => {
              const isSorted = column.sort !== undefined && column.sort === sorted
              return (
                <th
                  key={column.id}
                  className={column.end ? classes.end : undefined}
                  {...(isSorted ? { 'aria-sort': direction === '1' ? 'ascending' : 'descending' } : {})}
                >
                  {column.sort && onSort ? (
                    <button
                      type="button"
                      className={classes.sort}
                      onClick={() => onSort(`${column.sort}:${isSorted && direction === '1' ? '-1' : '1'}`)}
                      aria-label={say('list.sort', { name: column.name })}
                    >
                      {column.name}
                      {isSorted && (direction === '1' ? <ArrowUp aria-hidden /> : <ArrowDown aria-hidden />)}
                    </button>
                  ) : (
                    column.name
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const id = idOf(row)
            const isSelected = selection?.has(id) ?? false
            return (
              <tr key={id} data-row data-selected={isSelected || undefined}>
                {selection && (
                  <td className={classes.box}>
                    <SelectOne name={nameOf(row)} isOn={isSelected} onTurn={(isOn) => selection.toggle([row], isOn)} />
                  </td>
                )}
                {columns.map(({ id: column, end, quiet, cell }) => (
                  <td key={column} className={[end && classes.end, quiet && classes.quiet].filter(Boolean).join(' ')}>
                    <Cell content={cell(row)} />
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** Text of any length takes a few lines; all of it is told by whatever shows titles. */
function Cell({ content }: { content: ReactNode }) {
  if (typeof content !== 'string') return content
  return (
    <span className="few-lines" title={content}>
      {content}
    </span>
  )
}

function Cards<Row>({ name, rows, idOf, nameOf, card, selection, isStale }: DataTableProps<Row>) {
  return (
    <ul className={classes.cards} aria-label={name} data-stale={isStale || undefined}>
      {rows.map((row) => {
        const id = idOf(row)
        const isSelected = selection?.has(id) ?? false
        return (
          <li key={id} data-row data-selected={isSelected || undefined}>
            {selection && (
              <SelectOne name={nameOf(row)} isOn={isSelected} onTurn={(isOn) => selection.toggle([row], isOn)} />
            )}
            <div className={classes.card}>{card(row)}</div>
          </li>
        )
      })}
    </ul>
  )
}

function SelectAll<Row>({
  rows,
  idOf,
  selection,
}: Pick<DataTableProps<Row>, 'rows' | 'idOf'> & { selection: Selection<Row> }) {
  const say = useSay()
  const count = rows.filter((row) => selection.has(idOf(row))).length
  return (
    <label className={classes.select}>
      <span className="unseen">{say('members.select_page')}</span>
      <input
        type="checkbox"
        checked={count > 0 && count === rows.length}
        ref={(box) => {
          if (box) box.indeterminate = count > 0 && count < rows.length
        }}
        onChange={(event) => selection.toggle(rows, event.currentTarget.checked)}
      />
    </label>
  )
}

function SelectOne({ name, isOn, onTurn }: { name: string; isOn: boolean; onTurn: (isOn: boolean) => void }) {
  const say = useSay()
  return (
    <label className={classes.select}>
      <span className="unseen">{say('members.select_row', { name })}</span>
      <input type="checkbox" checked={isOn} onChange={(event) => onTurn(event.currentTarget.checked)} />
    </label>
  )
}
