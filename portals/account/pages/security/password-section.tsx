/** The password: since when it is, and the form for another one. */
import { Button } from '@mantine/core'
import { Moment } from '../../../shared/components/moment.tsx'
import { Loaded } from '../../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { useEditing } from '../../../shared/use-editing.ts'
import type { Password } from '../../api.ts'
import { usePassword, useProfile } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import { PasswordForm } from './password-form.tsx'
import classes from './security.module.css'

/** Draws it. */
export function PasswordSection() {
  const say = useSay()
  const password = usePassword()
  return (
    <RecordSection title={say('security.password')}>
      <Loaded query={password} what={say('security.password')} skeleton={<SkeletonLines count={1} />}>
        {(password) => <PasswordState password={password} />}
      </Loaded>
    </RecordSection>
  )
}

function PasswordState({ password }: { password: Password }) {
  const say = useSay()
  const { isEditing, open, close, opener } = useEditing()
  const { has_password: hasPassword, last_changed: lastChanged, connection = '', rules } = password
  if (!hasPassword) return <NoPassword connection={connection} />
  if (isEditing) return <PasswordForm rules={rules} onClose={close} />
  return (
    <Rows>
      <Row
        title={
          lastChanged ? (
            <span>
              {say('security.last_changed')} <Moment at={lastChanged} isDay />
            </span>
          ) : (
            say('security.never_changed')
          )
        }
        note={say('security.change_effect')}
        act={
          <Button ref={opener} onClick={open}>
            {say('security.change')}
          </Button>
        }
      />
    </Rows>
  )
}

/** Whose account is of a database of ours has not chosen one yet; others sign in where theirs is. */
function NoPassword({ connection }: { connection: string }) {
  const say = useSay()
  const { data: profile } = useProfile()
  if (!profile?.user_id.startsWith('auth0|')) {
    return <p className={classes.note}>{say('security.no_password', { connection })}</p>
  }
  const query = new URLSearchParams({ client_id: 'tenantry-account', connection })
  return (
    <p className={classes.note}>
      {say('security.password_unset')} <a href={`/u/reset-password/request?${query}`}>{say('security.password_ask')}</a>
    </p>
  )
}
