/**
 * A query as a condition on `users u`. What other tables decide becomes, where it is demanded, a set of ids that
 * PostgreSQL starts from; an OR with such parts becomes one set of ids, each part found by its own index, for an OR over
 * several tables would read every user. What is negated is asked of each user in turn.
 */
import { sql } from 'kysely'
import type { FieldName, Query, Value } from '../../lucene/query.ts'
import type { Condition, Found, Sql } from './condition.ts'
import { DEFAULT_FIELDS, type Field, fieldOf } from './fields.ts'

/** The field of a name. @throws QueryFault when there is none */
export type Fields = (field: FieldName) => Field

/** Sets of ids in one query; planning a join takes time that grows with the tables in it. */
const MOST_SETS = 4

/** A query whose fields are known. */
type Plan = { kind: 'leaf'; condition: Condition } | { kind: 'and' | 'or'; of: Plan[] } | { kind: 'not'; of: Plan }

/**
 * The condition of a query.
 * @param fields what can be asked; everything, unless it is said
 * @throws QueryFault for a field that is not there, or a value that it does not take
 */
export function conditionOf(query: Query, fields: Fields = fieldOf): Sql {
  const budget = { sets: MOST_SETS }
  return demanded(planOf(query, fields), budget)
}

function planOf(query: Query, fields: Fields): Plan {
  if (query.kind === 'everything') return leaf({ row: sql`true` })
  if (query.kind === 'exists') return leaf(fields(query.field).exists())
  if (query.kind === 'not') return negated(planOf(query.of, fields))
  if (query.kind === 'and') return { kind: 'and', of: query.of.map((part) => planOf(part, fields)) }
  const alternatives = alternativesOf(query.kind === 'or' ? query : { kind: 'or', of: [query] })
  return { kind: 'or', of: gathered(alternatives, fields) }
}

function negated(plan: Plan): Plan {
  const { opposite, found } = plan.kind === 'leaf' ? plan.condition : {}
  if (!opposite) return { kind: 'not', of: plan }
  return leaf({ row: opposite, ...(found ? { found: { ...found, where: opposite } } : {}) })
}

function leaf(condition: Condition): Plan {
  return { kind: 'leaf', condition }
}

/** What an OR is made of, ORs within it included; a value without a field is one of several. */
function alternativesOf(query: Query): Query[] {
  if (query.kind === 'or') return query.of.flatMap(alternativesOf)
  if (query.kind !== 'term' || query.field) return [query]
  const { value } = query
  return DEFAULT_FIELDS.map((name) => ({ kind: 'term', field: { name, at: value.at }, value }))
}

/** Texts asked of the same field become one condition. */
function gathered(alternatives: readonly Query[], fields: Fields): Plan[] {
  const texts = new Map<string, { field: FieldName; texts: string[] }>()
  const plans: Plan[] = []
  for (const query of alternatives) {
    const single = textOf(query)
    if (!single || !fields(single.field).isOneOf) {
      plans.push(query.kind === 'term' ? termPlan(query.field, query.value, fields) : planOf(query, fields))
    } else {
      const known = texts.get(single.field.name) ?? { field: single.field, texts: [] }
      known.texts.push(single.text)
      texts.set(single.field.name, known)
    }
  }
  for (const { field, texts: all } of texts.values()) {
    const condition = fields(field).isOneOf?.(all)
    if (condition) plans.push(leaf(condition))
  }
  return plans
}

function textOf(query: Query): { field: FieldName; text: string } | undefined {
  if (query.kind !== 'term' || !query.field || query.value.kind !== 'text') return undefined
  return { field: query.field, text: query.value.text }
}

function termPlan(field: FieldName | undefined, value: Value, fields: Fields): Plan {
  if (!field) throw new Error('A value without a field is taken apart before.')
  return leaf(fields(field).fits(value))
}

/** The condition where users are found by it. */
function demanded(plan: Plan, budget: { sets: number }): Sql {
  if (plan.kind === 'not') return sql`${asked(plan.of)} is not true`
  if (plan.kind === 'and')
    return joined(
      plan.of.map((part) => demanded(part, budget)),
      'and',
    )
  if (budget.sets === 0 || !hasSets(plan)) return asked(plan)
  budget.sets -= 1
  if (plan.kind === 'leaf') return sql`u.user_id in (${idsOf(plan)})`
  const [sets, rows] = [plan.of.filter(hasSets), plan.of.filter((part) => !hasSets(part))]
  const selects = [
    ...(rows.length > 0 ? [sql`select u.user_id from users u where ${joined(rows.map(asked), 'or')}`] : []),
    ...setsOf(sets),
  ]
  return sql`u.user_id in (${sql.join(selects, sql` union all `)})`
}

/** The sets of an OR: what is found in the same table becomes one. */
function setsOf(plans: readonly Plan[]) {
  const tables = new Map<string, Found[]>()
  const others: Plan[] = []
  for (const plan of plans) {
    const found = plan.kind === 'leaf' ? plan.condition.found : undefined
    if (!found) others.push(plan)
    else tables.set(found.table, [...(tables.get(found.table) ?? []), found])
  }
  const joint = [...tables.values()].flatMap((all) => {
    const where = joined(
      all.map((found) => found.where),
      'or',
    )
    return all.slice(0, 1).map((found) => foundSql({ ...found, where }))
  })
  return [...joint, ...others.map(idsOf)]
}

function foundSql({ table, alias, where }: Found) {
  return sql`select ${sql.raw(alias)}.user_id from ${sql.raw(table)} where ${where}`
}

function idsOf(plan: Plan) {
  if (plan.kind === 'leaf' && plan.condition.found) return foundSql(plan.condition.found)
  return sql`select u.user_id from users u where ${demanded(plan, { sets: 1 })}`
}

/** Whether something in it that is demanded is found from another table. */
function hasSets(plan: Plan): boolean {
  if (plan.kind === 'leaf') return plan.condition.found !== undefined
  return plan.kind !== 'not' && plan.of.some(hasSets)
}

/** The condition where it is asked of one user at a time. */
function asked(plan: Plan): Sql {
  if (plan.kind === 'leaf') return sql`(${plan.condition.row})`
  if (plan.kind === 'not') return sql`(${asked(plan.of)} is not true)`
  return joined(plan.of.map(asked), plan.kind)
}

function joined(conditions: readonly Sql[], by: 'and' | 'or'): Sql {
  return sql`(${sql.join(conditions, by === 'and' ? sql` and ` : sql` or `)})`
}
