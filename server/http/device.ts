/** From where a session or a refresh token was begun and used last, as the Management API shows it. */
import { type Static, Type } from 'typebox'

const text = Type.Optional(Type.String())

/** On the wire; what is not known is left out. */
export const Device = Type.Object({
  initial_ip: text,
  initial_user_agent: text,
  last_ip: text,
  last_user_agent: text,
})

/** As it is stored. */
export type DeviceColumns = Record<keyof Static<typeof Device>, string | null>

/** The wire form. */
export function deviceWire({
  initial_ip,
  initial_user_agent,
  last_ip,
  last_user_agent,
}: DeviceColumns): Static<typeof Device> {
  const device = { initial_ip, initial_user_agent, last_ip, last_user_agent }
  return Object.fromEntries(Object.entries(device).filter(([, value]) => value !== null))
}
