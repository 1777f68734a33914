/** A page: its title, which takes the focus when one comes from another page, and what stands under it. */
import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { TENANT } from '../page-facts.ts'
import { usePortalName } from '../portal-name.ts'
import { Fault } from './fault.tsx'
import { OfflineBanner } from './offline-banner.tsx'
import classes from './page.module.css'
import { SignedOutBanner } from './signed-out-banner.tsx'

let isFirst = true

/** Draws it. @param acts what can be done on the page, at the right of its title */
export function Page({ title, lead, acts, children }: PageProps) {
  const heading = usePageTitle(title)
  return (
    <>
      <header className={classes.head}>
        <div className={classes.words}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {acts && <div className={classes.acts}>{acts}</div>}
      </header>
      <OfflineBanner />
      <SignedOutBanner />
      {children}
    </>
  )
}

/** Names the window after a page, and moves the focus to the heading that gets what it answers. */
export function usePageTitle(title: string): RefObject<HTMLHeadingElement | null> {
  const portal = usePortalName()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} – ${portal} – ${TENANT}`
  }, [title, portal])
  useEffect(() => {
    // The first page of a visit is read from its top, as any page of the web.
    if (!isFirst) heading.current?.focus({ preventScroll: true })
    isFirst = false
  }, [])
  return heading
}

type PageProps = { title: string; lead?: ReactNode; acts?: ReactNode; children?: ReactNode }

/** What a query says about what it asked for. */
type Asked<Data> = { data: Data | undefined; error: Error | null; refetch: () => unknown }

/** What was asked for, once it is there; its place, and what went wrong, until then. */
export function Loaded<Data>({ query, what, skeleton, children }: LoadedProps<Data>) {
  const { data, error, refetch } = query
  if (data !== undefined) return children(data)
  return error ? <Fault what={what} error={error} onRetry={refetch} /> : skeleton
}

type LoadedProps<Data> = {
  query: Asked<Data>
  what: string
  skeleton: ReactNode
  children: (data: Data) => ReactNode
}
