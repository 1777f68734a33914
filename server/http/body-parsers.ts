/**
 * Which bodies are read: JSON and HTML forms, and HTML where a route says so. A body that a browser may send to us from any page without asking
 * (text/plain) is refused, and an empty JSON body counts as none: SDKs send the header with every DELETE. What is not
 * UTF-8 (RFC 8259 §8.1; URL Standard §5.1) is refused, for each of its foreign letters would be stored as the same
 * replacement sign, or as it was escaped.
 */
import { isUtf8 } from 'node:buffer'
import { type ParsedUrlQuery, parse as parseForm } from 'node:querystring'
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
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else if (!isUtf8(body)) done(notUtf8())
    else parse(request, body.toString('utf8'), done)
  })
  app.addContentTypeParser<Buffer>('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (_, body, done) => {
    const fields = isUtf8(body) ? fieldsOf(body.toString('utf8')) : undefined
    if (fields) done(null, fields)
    else done(notUtf8())
  })
  app.addContentTypeParser<Buffer>('text/html', { parseAs: 'buffer' }, (request, body, done) => {
    if (!request.routeOptions.config.takesHtml) done(new ApiError('unsupported_media_type'))
    else if (!isUtf8(body)) done(notUtf8())
    else done(null, body.toString('utf8'))
  })
}

const LONE_PERCENT_SIGN = /%(?![\da-f]{2})/gi

/** The fields of a form; undefined where the bytes that its escapes stand for are not UTF-8. */
function fieldsOf(text: string): ParsedUrlQuery | undefined {
  let isReadable = true
  const decode = (escaped: string) => {
    try {
      return decodeURIComponent(escaped.replaceAll(LONE_PERCENT_SIGN, '%25'))
    } catch {
      isReadable = false
      return ''
    }
  }
  const fields = parseForm(text, '&', '=', { decodeURIComponent: decode, maxKeys: 0 })
  return isReadable ? fields : undefined
}

function notUtf8(): ApiError {
  return new ApiError('invalid_body', { with: { reason: 'The payload is not UTF-8.' } })
}
