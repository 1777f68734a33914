/** What the palette offers: a field, and a list below it in which arrows move and Enter chooses. */
import { useNavigate } from '@tanstack/react-router'
import { FilePlus, Languages, ListFilter, LogOut, MailPlus, UserPlus } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react'
import { Avatar } from '../../shared/components/avatar.tsx'
import { chooseLanguage, LANGUAGES } from '../../shared/language.ts'
import { useLanguage } from '../../shared/use-language.ts'
import { useMay } from '../access.ts'
import type { Member } from '../api/types.ts'
import { signOut } from '../auth.ts'
import { nameOf, useCanCreate, useMembers } from '../data.ts'
import { textQuery } from '../members/query.ts'
import { PAGES } from '../pages.ts'
import { useSettled } from '../pieces/use-settled.ts'
import { useSay } from '../texts/texts.ts'
import classes from './palette.module.css'

/** Something that can be chosen. */
type Choice = { id: string; icon: ReactNode; name: string; note?: string | undefined; choose: () => void }

type Group = { name: string; choices: Choice[] }

const MOST_MEMBERS = 6

/** Draws it. */
export function PaletteList({ onDone }: { onDone: () => void }) {
  const say = useSay()
  const id = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const groups = useGroups(text)
  const all = groups.flatMap(({ choices }) => choices)
  const current = all[Math.min(at, all.length - 1)]
  useEffect(() => {
    if (current) document.getElementById(`${id}-${current.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [current, id])
  const choose = (choice: Choice) => {
    onDone()
    choice.choose()
  }
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((Math.min(at, all.length - 1) + step + all.length) % Math.max(all.length, 1))
    }
    if (event.key === 'Enter' && current) {
      event.preventDefault()
      choose(current)
    }
  }
  return (
    <>
      <div className={classes.head}>
        <input
          className={classes.input}
          role="combobox"
          aria-label={say('palette.title')}
          aria-expanded={all.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={current && `${id}-${current.id}`}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here.
          autoFocus
          value={text}
          placeholder={say('palette.hint')}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={onKey}
        />
        <button type="button" className={classes.close} onClick={onDone} aria-label={say('shared.close')}>
          <kbd>Esc</kbd>
        </button>
      </div>
      <div id={`${id}-list`} className={classes.list} role="listbox" aria-label={say('palette.title')}>
        {groups.map(({ name, choices }) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of a list box.
          <div key={name} role="group" aria-label={name}>
            <div className={classes.group} aria-hidden="true">
              {name}
            </div>
            {choices.map((choice) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names what is current.
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys.
              <div
                key={choice.id}
                id={`${id}-${choice.id}`}
                role="option"
                aria-selected={choice === current}
                className={classes.choice}
                onClick={() => choose(choice)}
                onMouseMove={() => setAt(all.indexOf(choice))}
              >
                <span className={classes.icon}>{choice.icon}</span>
                <span className={classes.name}>{choice.name}</span>
                {choice.note && <span className={classes.note}>{choice.note}</span>}
              </div>
            ))}
          </div>
        ))}
      </div>
      {all.length === 0 && <p className={classes.none}>{say('palette.none')}</p>}
      <p className="unseen" role="status">
        {say('palette.count', { count: all.length })}
      </p>
    </>
  )
}

function useGroups(text: string): Group[] {
  const say = useSay()
  const fits = (name: string) => name.toLowerCase().includes(text.trim().toLowerCase())
  const groups = [
    { name: say('nav.members'), choices: useMemberChoices(text) },
    { name: say('palette.pages'), choices: usePageChoices().filter(({ name }) => fits(name)) },
    { name: say('palette.acts'), choices: useActs(text).filter(({ id, name }) => id === 'filter' || fits(name)) },
  ]
  return groups.filter(({ choices }) => choices.length > 0)
}

function useMemberChoices(text: string): Choice[] {
  const may = useMay()
  const navigate = useNavigate()
  const settled = useSettled(text.trim())
  const isAsked = settled !== '' && may('read:users')
  const { data } = useMembers({ q: textQuery(settled), page: 0, perPage: MOST_MEMBERS }, isAsked)
  if (!isAsked || text.trim() === '') return []
  return (data?.users ?? []).map((member: Member) => ({
    id: `member-${member.user_id}`,
    icon: <Avatar name={nameOf(member)} size="small" />,
    name: nameOf(member),
    note: member.membership?.roles.map(({ name }) => name).join(', ') || member.email,
    choose: () => void navigate({ to: '/members/$userId', params: { userId: member.user_id } }),
  }))
}

function usePageChoices(): Choice[] {
  const say = useSay()
  const may = useMay()
  const navigate = useNavigate()
  return PAGES.filter(({ rights }) => may(...rights)).map(({ to, key, icon: Icon }) => ({
    id: `page-${to.slice(1)}`,
    icon: <Icon aria-hidden />,
    name: say(key),
    choose: () => void navigate({ to }),
  }))
}

function useActs(text: string): Choice[] {
  const say = useSay()
  const may = useMay()
  const canCreate = useCanCreate()
  const navigate = useNavigate()
  const language = useLanguage()
  const other = language === 'en' ? 'de' : 'en'
  const asked = text.trim()
  const acts: (Choice | false)[] = [
    asked !== '' &&
      may('read:users') && {
        id: 'filter',
        icon: <ListFilter aria-hidden />,
        name: say('palette.members_with', { text: asked }),
        choose: () => void navigate({ to: '/members', search: { text: asked } as never }),
      },
    may('create:organization_invitations') && {
      id: 'invite',
      icon: <MailPlus aria-hidden />,
      name: say('invitations.invite_somebody'),
      choose: () => void navigate({ to: '/invitations', search: { invite: 'one' } as never }),
    },
    canCreate && {
      id: 'create',
      icon: <UserPlus aria-hidden />,
      name: say('new.title'),
      choose: () => void navigate({ to: '/members/new' }),
    },
    may('create:terms') && {
      id: 'terms',
      icon: <FilePlus aria-hidden />,
      name: say('palette.new_terms'),
      choose: () => void navigate({ to: '/terms/new' }),
    },
    {
      id: 'language',
      icon: <Languages aria-hidden />,
      name: LANGUAGES[other],
      choose: () => chooseLanguage(other),
    },
    { id: 'out', icon: <LogOut aria-hidden />, name: say('shared.sign_out'), choose: () => void signOut() },
  ]
  return acts.filter((act) => act !== false)
}
