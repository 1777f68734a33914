/** The list of common passwords: about 49,000, most common first. Read at the first use, then kept. */

let ranks: Promise<ReadonlyMap<string, number>> | undefined

/**
 * How common a password is, in any case of letters: 0 for the most common one; undefined for one not on the list.
 *
 * @param password folded as `foldPassword` does
 */
export async function rankOfPassword(password: string): Promise<number | undefined> {
  ranks ??= readRanks()
  return (await ranks).get(password)
}

/** What is compared with lists and personal data: compatible forms and cases of letters made alike. */
export function foldPassword(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

async function readRanks(): Promise<ReadonlyMap<string, number>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const found = new Map<string, number>()
  for (const [rank, password] of dictionary['passwords-common'].entries()) {
    const folded = foldPassword(password)
    if (!found.has(folded)) found.set(folded, rank)
  }
  return found
}
