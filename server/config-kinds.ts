import { isIP } from 'node:net'

/** A kind of setting: what its value may be. */
export type SettingKind =
  | 'port'
  | 'text'
  | 'url'
  | 'database-url'
  | 'smtp-url'
  | 'sender'
  | 'folder'
  | 'on-off'
  | 'tls'
  | 'proxy'
  | 'key'
  | 'level'
  | 'count'
  | 'workers'
  | 'bucket'

/** TABLE: what would be right instead of a value, by the kind of its setting; undefined when it is right. */
export const WHAT_IS_RIGHT: Record<SettingKind, (text: string) => string | undefined> = {
  port: (text) => (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535 ? undefined : 'a port number from 1 to 65535'),
  text: () => undefined,
  url: (text) => (isOrigin(text) ? asBrowsersWrite(text) : 'an address such as https://id.example.com, without a path'),
  'database-url': (text) =>
    /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
      ? undefined
      : 'an address such as postgres://user:password@host:5432/database',
  'smtp-url': (text) =>
    /^smtps?:\/\//.test(text) && URL.canParse(text) && new URL(text).hostname !== ''
      ? undefined
      : 'an address such as smtp://user:password@mail.example.com:587',
  sender: (text) =>
    /^(?:[^<>]*<[^\s@<>,]+@[^\s@<>,]+>|[^\s@<>,]+@[^\s@<>,]+)$/.test(text)
      ? undefined
      : 'an address such as id@example.com, or a name with one: Acme <id@example.com>',
  folder: () => undefined,
  'on-off': (text) => (text === 'on' || text === 'off' ? undefined : 'on or off'),
  tls: (text) =>
    text === 'off' || text === 'self-signed' || text.split(',').filter((part) => part.trim()).length === 2
      ? undefined
      : 'off, self-signed, or two files: certificate.pem,key.pem',
  proxy: (text) =>
    text.split(',').every((part) => isNetwork(part.trim()))
      ? undefined
      : 'addresses or networks such as 10.0.0.5,192.168.0.0/16',
  key: (text) =>
    Buffer.from(text, 'base64').length === 32 ? undefined : '32 bytes in base64, as `openssl rand -base64 32` prints',
  level: (text) => (/^(debug|info|warn|error)$/.test(text) ? undefined : 'debug, info, warn or error'),
  bucket: (text) =>
    /^[1-9]\d{0,6}\/[1-9]\d{0,6}$/.test(text)
      ? undefined
      : 'two whole numbers such as 1000/500: requests at once, and more of them each second',
  count: (text) => (/^[1-9]\d{0,3}$/.test(text) ? undefined : 'a whole number from 1 to 9999'),
  workers: (text) => (/^(?:[1-9]|[1-5]\d|6[0-4])$/.test(text) ? undefined : 'a whole number from 1 to 64'),
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username
}

/** The address in a browser's words, where it is in others: the portals compare their own with it. */
function asBrowsersWrite(text: string): string | undefined {
  const { origin } = new URL(text)
  return text.replace(/\/$/, '') === origin ? undefined : `written as browsers write it: ${origin}`
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const kind = isIP(address)
  if (kind === 0 || more.length > 0) return false
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128))
}

/** Whether a host name or address means this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i.test(host)
}
