/** Roles that everybody gets who becomes a member. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { FormFoot } from '../../shared/components/form-foot.tsx'
import { FormPanel } from '../../shared/components/form-panel.tsx'
import { LeaveGuard } from '../../shared/components/leave-guard.tsx'
import { Line, Lines, RecordSection } from '../../shared/components/record-section.tsx'
import { EditButton } from '../../shared/fields/field-group.tsx'
import { useSave } from '../../shared/fields/use-save.ts'
import { useEditing } from '../../shared/use-editing.ts'
import { useMay, useOrganizationId } from '../access.ts'
import { organizations } from '../api/api.ts'
import type { OrganizationSettings, Role } from '../api/types.ts'
import { queries } from '../data.ts'
import { RoleBoxes } from '../invitations/role-boxes.tsx'
import { useSay } from '../texts/texts.ts'

type DefaultRolesProps = { settings: OrganizationSettings; roles: readonly Role[]; isEditable: boolean }

/** Draws them. */
export function DefaultRoles({ settings, roles, isEditable }: DefaultRolesProps) {
  const say = useSay()
  const may = useMay()
  const { isEditing, open, close, opener } = useEditing()
  const { default_role_ids: ids = [] } = settings
  const names = ids.map((id) => roles.find((role) => role.id === id)?.name ?? say('invitations.other_role'))
  const mayEdit = isEditable && may('create:organization_member_roles') && roles.length > 0
  return (
    <RecordSection title={say('settings.roles')} note={say('settings.roles_note')}>
      {isEditing ? (
        <RolesForm ids={ids} onClose={close} />
      ) : (
        <Lines act={mayEdit && <EditButton name={say('settings.roles')} opener={opener} onClick={open} />}>
          <Line name={say('nav.roles')}>{names.join(', ') || say('shared.none')}</Line>
        </Lines>
      )}
    </RecordSection>
  )
}

function RolesForm({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const say = useSay()
  const id = useOrganizationId()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(ids))
  const isChanged = chosen.size !== new Set(ids).size || ids.some((one) => !chosen.has(one))
  const { isSaving, save } = useSave(async (change) => {
    queries.setQueryData(['settings', id], await organizations.changeSettings(id, change))
  })
  const submit = async () => {
    const result = await save({
      change: { default_role_ids: [...chosen] },
      back: { default_role_ids: ids },
      names: ['default_role_ids'],
    })
    if (result.isSaved) onClose()
  }
  return (
    <FormPanel
      columns={1}
      problems={[]}
      onSubmit={() => void submit()}
      foot={
        <FormFoot>
          <Button variant="subtle" onClick={onClose}>
            {say('shared.discard')}
          </Button>
          <Button type="submit" variant="filled" loading={isSaving}>
            {say('shared.save')}
          </Button>
        </FormFoot>
      }
    >
      <LeaveGuard isUnsaved={isChanged} />
      <RoleBoxes chosen={chosen} onChoose={setChosen} />
    </FormPanel>
  )
}
