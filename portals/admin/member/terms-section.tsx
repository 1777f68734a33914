/** What a member has said to the terms of the organization. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Moment } from '../../shared/components/moment.tsx'
import { Loaded } from '../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { useMay } from '../access.ts'
import type { Acceptance, Member } from '../api/types.ts'
import { useOrganizationName } from '../data.ts'
import { useAcceptances, useTermsTitles } from '../terms/data.ts'
import { useSay } from '../texts/texts.ts'
import classes from './member.module.css'

/** Draws it. */
export function TermsSection({ member: { user_id: id } }: { member: Member }) {
  const say = useSay()
  const organization = useOrganizationName()
  const query = useAcceptances(id)
  const titleOf = useTermsTitles()
  const all = query.data?.pages.flatMap(({ acceptances }) => acceptances)
  return (
    <RecordSection title={say('nav.terms')} note={say('terms.of_member_note', { organization })}>
      <Loaded
        query={{ data: all, error: query.error, refetch: query.refetch }}
        what={say('terms.of_member_what')}
        skeleton={<SkeletonLines count={2} />}
      >
        {(list) =>
          list.length === 0 ? (
            <p className={classes.quiet}>{say('terms.of_member_none')}</p>
          ) : (
            <>
              <Rows>
                {list.map((one) => (
                  <AcceptanceRow key={one.id} acceptance={one} title={titleOf(one)} />
                ))}
              </Rows>
              {query.hasNextPage && (
                <div className={classes.under}>
                  <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {say('terms.older')}
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </RecordSection>
  )
}

function AcceptanceRow({ acceptance, title }: { acceptance: Acceptance; title: string }) {
  const say = useSay()
  const may = useMay()
  const { terms_id: termsId, version, outcome, created_at: at } = acceptance
  return (
    <Row
      title={
        may('read:terms') ? (
          <Link to="/terms/$termsId" params={{ termsId }}>
            {title}
          </Link>
        ) : (
          title
        )
      }
      note={say(`terms.said_${outcome}`, { version })}
      time={<Moment at={at} />}
    />
  )
}
