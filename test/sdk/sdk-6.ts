/** `auth0` 6: the generation that has the methods of 7 and still its own client of the Authentication API. */
import * as auth0 from 'auth0-6'
import { type Modern, modernPackage } from './sdk-7.ts'

// The classes are not those of 7, whose types stand for both; the methods that the journey calls are the same.
/** `auth0` 6. */
export const sdk6 = modernPackage(auth0 as unknown as Modern)
