/**
 * Which bodies are read: JSON and HTML forms, and HTML where a route says so. A body that a browser may send to us from any page without asking
 * (text/plain) is refused, and an empty JSON body counts as none: SDKs send the header with every DELETE.
 */
import type { FastifyInstance } from 'fastify'
import { ApiError } from './errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a body of `text/html` is read. */
    takesHtml?: boolean
  }
}

/** Installs them. Properties named `__proto__` or `constructor` are an error, not a trap. */
export function installBodyParsers(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['text/plain', 'application/json'])
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, String(body), done)
  })
  app.addContentTypeParser('text/html', { parseAs: 'string' }, (request, body, done) => {
    if (request.routeOptions.config.takesHtml) done(null, body)
    else done(new ApiError('unsupported_media_type'))
  })
}
