/** The person's fields, as the API lists them, in their groups; and what applications keep beside them. */
import { Loaded, Page } from '../../../shared/components/page.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { FieldGroup } from '../../../shared/fields/field-group.tsx'
import { TENANT } from '../../../shared/page-facts.ts'
import type { ProfileField } from '../../api.ts'
import { saveProfile, useProfile } from '../../profile.ts'
import { type TextKey, useSay } from '../../texts/texts.ts'
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
              <Group key={group} group={group} fields={members} />
            ))}
            <MoreAboutYou metadata={user_metadata} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

/** TABLE: what the groups are called. A group that is not here is shown by its own name. */
const WORDS: Readonly<Record<string, { title: TextKey; note?: TextKey }>> = {
  identity: { title: 'group.identity' },
  contact: { title: 'group.contact', note: 'group.contact_note' },
  preferences: { title: 'group.preferences', note: 'group.preferences_note' },
}

function Group({ group, fields }: { group: string; fields: readonly ProfileField[] }) {
  const say = useSay()
  const { title, note } = WORDS[group] ?? {}
  return <FieldGroup title={title ? say(title) : group} note={note && say(note)} fields={fields} store={saveProfile} />
}

/** In the order in which the API names them first. */
function groupsOf(fields: readonly ProfileField[]): [string, ProfileField[]][] {
  return [...Map.groupBy(fields, ({ group }) => group)]
}
