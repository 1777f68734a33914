/** Figures of an organization with much to do, which no picture can wait for. */

/** After so many milliseconds a skeleton has shown itself. */
export const HOME_LATER = 700

const DAY_MS = 86_400_000

/** A summary as the API answers it: thirty days, one of them with many failures. */
export function busyDays(): object {
  const days = Array.from({ length: 30 }, (_, at) => ({
    day: new Date(Date.now() - (29 - at) * DAY_MS).toISOString().slice(0, 10),
    ok: at % 7 > 4 ? 20 + at : 130 + ((at * 37) % 40),
    failed: at === 18 ? 38 : at % 4,
  }))
  return {
    members: 1_284,
    blocked: 1,
    unverified: 3,
    active_30_days: 1_027,
    open_invitations: 6,
    with_factor: 809,
    sign_ins: days,
  }
}
