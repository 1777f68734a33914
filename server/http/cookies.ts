/** Cookies of our own pages, which no script reads. Those of a sign-in are oidc-provider's. */
import type { FastifyReply } from 'fastify'
import type { Config } from '../config.ts'

/** The value of a cookie in the header of a request, as it stands there. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(/;\s*/)
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

/** Sets one. @param place where it counts and how long, such as `Path=/; Max-Age=60` */
export function setCookie(
  { publicUrl }: Pick<Config, 'publicUrl'>,
  reply: FastifyReply,
  pair: string,
  place: string,
): void {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  reply.header('set-cookie', `${pair}; ${place}; HttpOnly; SameSite=Lax${secure}`)
}
