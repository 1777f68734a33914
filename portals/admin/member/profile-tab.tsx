/** The profile: what the account says, what the organization says of the member, and the terms the member has accepted. */
import { FieldGroup } from '../../shared/fields/field-group.tsx'
import type { FieldChange } from '../../shared/fields/use-save.ts'
import { useMay, useOrganizationId } from '../access.ts'
import { organizations, users } from '../api/api.ts'
import type { Member } from '../api/types.ts'
import { refresh, useOrganizationName } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import { useMemberRights } from './acts.tsx'
import { fieldsOf, MEMBERSHIP, PROFILE, profileChange, profileValues } from './fields.ts'
import { TermsSection } from './terms-section.tsx'

/** Draws it. */
export function ProfileTab({ member }: { member: Member }) {
  const say = useSay()
  const id = useOrganizationId()
  const organization = useOrganizationName()
  const may = useMay()
  const rights = useMemberRights(member)
  const { user_id: userId, membership } = member
  const storeProfile = async (change: FieldChange) => {
    await users.change(userId, profileChange(change))
    await refresh('member', 'members', 'member-logs')
  }
  const storeMembership = async (change: FieldChange) => {
    await organizations.changeMember(id, userId, { attributes: change })
    await refresh('member', 'members', 'member-logs')
  }
  return (
    <>
      <FieldGroup
        title={say('member.account')}
        note={say(membership?.managed ? 'member.account_managed' : 'member.account_own', { organization })}
        fields={fieldsOf(PROFILE, profileValues(member), {
          editable: rights.edit,
          // Once, beside the heading, and not on every line.
          note: '',
        })}
        store={storeProfile}
      />
      <FieldGroup
        title={say('member.at', { organization })}
        note={say('member.at_note')}
        fields={fieldsOf(MEMBERSHIP, membership?.attributes ?? {}, { editable: rights.change, note: '' })}
        store={storeMembership}
      />
      {may('read:terms_acceptances') && <TermsSection member={member} />}
    </>
  )
}
