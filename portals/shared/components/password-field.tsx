/** A field for a password, with a word that shows and hides it. */
import { TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { CircleAlert } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useSay } from '../use-language.ts'
import classes from './password-field.module.css'

/** Draws it; what belongs to it, such as its rules, stands below. */
export function PasswordField(props: PasswordFieldProps) {
  const { id, label, autoComplete, value, cure, describedBy, hasFocus = false, onChange, children } = props
  const say = useSay()
  const [isShown, setShown] = useState(false)
  return (
    <div>
      <TextInput
        id={id}
        label={label}
        type={isShown ? 'text' : 'password'}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={
          cure && (
            <>
              <CircleAlert aria-hidden />
              <span>{cure.charAt(0).toUpperCase() + cure.slice(1)}</span>
            </>
          )
        }
        autoFocus={hasFocus}
        classNames={{ input: classes.input ?? '' }}
        rightSectionWidth="auto"
        rightSection={
          <button
            type="button"
            className={classes.show}
            aria-pressed={isShown}
            aria-controls={id}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? say('shared.hide') : say('shared.show')}
            <span className="unseen">: {label}</span>
          </button>
        }
        {...(describedBy ? { 'aria-describedby': cure ? `${id}-error ${describedBy}` : describedBy } : {})}
      />
      {children}
    </div>
  )
}

type PasswordFieldProps = {
  id: string
  label: string
  autoComplete: 'current-password' | 'new-password'
  value: string
  cure: string | undefined
  describedBy?: string
  hasFocus?: boolean
  onChange: (text: string) => void
  children?: ReactNode
}
