/** Text as it is compared: compatibility forms made one, case folded. Our own, for the database folds ASCII only. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC')
}
