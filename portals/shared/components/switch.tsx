import classes from './switch.module.css'

/** Something that is on or off, and is turned at once. @param labelledBy id of what says what it is */
export function Switch({ isOn, isBusy = false, labelledBy, onTurn }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      className={classes.switch}
      aria-checked={isOn}
      aria-labelledby={labelledBy}
      aria-busy={isBusy}
      // It is not disabled meanwhile: it would lose the focus.
      onClick={() => !isBusy && onTurn(!isOn)}
    />
  )
}

type SwitchProps = { isOn: boolean; isBusy?: boolean; labelledBy: string; onTurn: (isOn: boolean) => void }
