/** A text as `like` takes it for itself. */
export function likeText(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
