/**
 * A mail server that takes every mail and forgets it, as cheaply as can be. A process of its own, started by `mail.ts`;
 * it says where it listens, keeps the last mail, and tells how many came when it is asked.
 */
import { createServer, type Socket } from 'node:net'

/** What it answers to any message. `last` is the last mail as it came. */
export type Count = { accepted: number; last: string }

const END = '\r\n.\r\n'

let accepted = 0
let last = ''

const server = createServer({ noDelay: true }, (socket) => {
  let text = ''
  let isMail = false
  socket.setEncoding('latin1')
  socket.on('error', () => {})
  socket.on('data', (part) => {
    text += part
    for (;;) {
      const end = isMail ? END : '\r\n'
      const at = text.indexOf(end)
      if (at < 0) return
      const said = text.slice(0, at)
      text = text.slice(at + end.length)
      if (isMail) take(said)
      isMail = answer(socket, isMail ? '' : said.toUpperCase())
    }
  })
  socket.write('220 bench\r\n')
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('message', () => process.send?.({ accepted, last } satisfies Count))
// Whoever measures has ended.
process.on('disconnect', () => process.exit())

function take(mail: string): void {
  accepted += 1
  last = mail
}

/** Answers a command, or a whole mail. Says whether a mail follows. */
function answer(socket: Socket, command: string): boolean {
  if (command === 'DATA') socket.write('354 go on\r\n')
  else if (command.startsWith('EHLO')) socket.write('250-bench\r\n250 8BITMIME\r\n')
  else socket.write('250 ok\r\n')
  return command === 'DATA'
}
