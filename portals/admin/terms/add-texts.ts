/** The texts of terms come with their pages, not with the portal's first load. */
import { addTexts } from '../../shared/language.ts'
import { termsDe, termsEn } from '../texts/terms.ts'

addTexts({ en: termsEn, de: termsDe })
