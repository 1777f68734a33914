import { Page } from '../../../shared/components/page.tsx'
import { useSay } from '../../texts/texts.ts'
import { ApplicationsSection } from './applications-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { SessionsSection } from './sessions-section.tsx'

/** How the person proves who it is, where the person is signed in, and what applications of others may do. */
export function Security() {
  const say = useSay()
  return (
    <Page title={say('nav.security')} lead={say('security.lead')}>
      <PasswordSection />
      <SessionsSection />
      <ApplicationsSection />
    </Page>
  )
}
