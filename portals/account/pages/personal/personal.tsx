/** The person's fields, as the API lists them, in their groups; and what applications keep beside them. */
import { Loaded, Page } from '../../../shared/components/page.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { TENANT } from '../../../shared/page-facts.ts'
import type { Field } from '../../api.ts'
import { useProfile } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import { FieldGroup } from './field-group.tsx'
import { MoreAboutYou } from './more-about-you.tsx'

/** Draws them. */
export function Personal() {
  const say = useSay()
  const profile = useProfile()
  return (
    <Page title={say('nav.personal')} lead={say('personal.lead', { tenant: TENANT })}>
      <Loaded query={profile} what={say('overview.your_profile')} skeleton={<SkeletonLines count={8} />}>
        {({ fields, user_metadata }) => (
          <>
            {groupsOf(fields).map(([group, members]) => (
              <FieldGroup key={group} group={group} fields={members} />
            ))}
            <MoreAboutYou metadata={user_metadata} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** In the order in which the API names them first. */
function groupsOf(fields: readonly Field[]): [string, Field[]][] {
  return [...Map.groupBy(fields, ({ group }) => group)]
}
