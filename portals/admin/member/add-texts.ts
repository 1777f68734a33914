/** The texts of a member's applications come with the page, not with the portal's first load. */
import { addTexts } from '../../shared/language.ts'
import { applicationAccessDe, applicationAccessEn } from '../texts/application-access.ts'

addTexts({ en: applicationAccessEn, de: applicationAccessDe })
