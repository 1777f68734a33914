/** What an organization sets up first, and how far it has come. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Circle, CircleCheck } from 'lucide-react'
import { useMay } from '../access.ts'
import type { Summary } from '../api/types.ts'
import { useMembers, useOrganization, useSettings } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import classes from './home.module.css'

type Step = { key: 'team' | 'look' | 'second' | 'contact'; isDone: boolean; note: string; to: string; search?: object }

/** Draws it. */
export function SetUp({ summary }: { summary: Summary }) {
  const say = useSay()
  const steps = useSteps(summary)
  const done = steps.filter(({ isDone }) => isDone).length
  return (
    <section aria-labelledby="set-up">
      <div className={classes.head}>
        <h2 id="set-up">{say('home.set_up')}</h2>
        <span>{say('home.steps_done', { count: done, total: steps.length })}</span>
      </div>
      <ul className={classes.steps}>
        {steps.map(({ key, isDone, note, to, search = {} }) => (
          <li key={key} className={isDone ? classes.isDone : undefined}>
            {isDone ? <CircleCheck aria-hidden /> : <Circle aria-hidden />}
            <div className={classes.step}>
              <p>
                {say(`home.step_${key}`)}
                <span className="unseen">: {say(isDone ? 'home.done' : 'home.to_do')}</span>
              </p>
              <small>{note}</small>
            </div>
            {!isDone && (
              <Button
                aria-label={`${say('home.start')}: ${say(`home.step_${key}`)}`}
                renderRoot={(props) => <Link to={to} search={search as never} {...props} />}
              >
                {say('home.start')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function useSteps({ members, open_invitations: open }: Summary): Step[] {
  const say = useSay()
  const may = useMay()
  const { data: organization } = useOrganization()
  const { data: settings } = useSettings()
  const administrators = useMembers(
    { q: 'roles:"Administrator" AND blocked:false', page: 0, perPage: 5 },
    may('read:users'),
  )
  const names = (administrators.data?.users ?? []).map(({ name, email, user_id: id }) => name || email || id)
  const contact = settings?.support_contact?.email || settings?.support_contact?.url || ''
  const { logo_url: logo, colors } = organization?.branding ?? {}
  const steps: (Step | false)[] = [
    may('create:organization_invitations') && {
      key: 'team',
      isDone: members > 1,
      note:
        members > 1
          ? say('members.count', { count: members })
          : open > 0
            ? say('home.invited', { count: open })
            : say('home.alone'),
      to: '/invitations',
      search: { invite: 'many' },
    },
    may('update:organizations') && {
      key: 'look',
      isDone: Boolean(logo || colors?.primary),
      note: say(logo || colors?.primary ? 'home.look_done' : 'home.look_note'),
      to: '/branding',
    },
    may('create:organization_member_roles') && {
      key: 'second',
      isDone: (administrators.data?.total ?? 0) > 1,
      note: names.join(', ') || say('home.second_note'),
      to: '/members',
    },
    may('update:organizations') && {
      key: 'contact',
      isDone: contact !== '',
      note: contact || say('home.contact_note'),
      to: '/settings',
    },
  ]
  return steps.filter((step) => step !== false)
}
