import { WifiOff } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { useSay } from '../use-language.ts'
import classes from './offline-banner.module.css'

/** Says that there is no connection, while there is none. */
export function OfflineBanner() {
  const say = useSay()
  const isOnline = useOnline()
  return (
    <div role="status">
      {!isOnline && (
        <p className={classes.banner}>
          <WifiOff aria-hidden />
          <span>
            <strong>{say('shared.offline_title')}</strong> {say('shared.offline')}
          </span>
        </p>
      )}
    </div>
  )
}

/** Whether the browser has a connection. */
export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine)
}

function subscribe(onChange: () => void): () => void {
  const controller = new AbortController()
  for (const name of ['online', 'offline']) window.addEventListener(name, onChange, { signal: controller.signal })
  return () => controller.abort()
}
