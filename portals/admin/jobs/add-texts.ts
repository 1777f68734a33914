/** The texts of imports and exports come with their pages, not with the portal's first load. */
import { addTexts } from '../../shared/language.ts'
import { jobsDe, jobsEn } from '../texts/jobs.ts'

addTexts({ en: jobsEn, de: jobsDe })
