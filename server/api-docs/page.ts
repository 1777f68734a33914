/** The page about the API: plain HTML that needs no script, found in by the browser's own search. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MANAGEMENT_PREFIX } from '../http/auth0-operations.ts'
import { OPENAPI_PATH } from '../http/openapi.ts'
import { BASE_STYLE, compactStyle } from '../pages/base-style.ts'
import { each, type Html, h } from './html.ts'
import type { Field, Group, Operation } from './operations.ts'

/** The style of the page, which stands in it. */
export const STYLE = BASE_STYLE + compactStyle(readFileSync(join(import.meta.dirname, 'style.css'), 'utf8'))

/** Draws the page. @param issuer where tokens come from */
export function pageOf(groups: readonly Group[], issuer: string): string {
  const count = groups.reduce((sum, { operations }) => sum + operations.length, 0)
  return h`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Management API · Tenantry</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<a class="skip" href="#operations">To the operations</a>
<nav aria-label="Nouns"><a class="home" href="#top">Management API</a><ul>${each(groups, navOf)}</ul></nav>
<main id="top">
<header>
<h1>Management API</h1>
<p>${String(count)} operations on the wire of Auth0’s Management API v2, so its SDKs work as they are. This page and
<a href="${OPENAPI_PATH}">openapi.json</a> are made from the server’s own routes.</p>
<h2>A token</h2>
<pre tabindex="0"><code>curl ${issuer}oauth/token \\
  -d grant_type=client_credentials -d client_id=… -d client_secret=… \\
  -d audience=${issuer.replace(/\/$/, '')}${MANAGEMENT_PREFIX}/</code></pre>
<p>Send it as <code>Authorization: Bearer …</code>. What is sent as JSON may be sent as a form as well. A refusal is JSON with
<code>statusCode</code>, <code>error</code>, <code>message</code> and mostly <code>errorCode</code>; it has changed nothing. <a href="/docs/errors">All refusals</a>.</p>
</header>
<div id="operations">${each(groups, sectionOf)}</div>
</main>
</body>
</html>
`.html
}

function navOf({ noun, operations }: Group): Html {
  return h`<li><a href="#${noun}">${noun}</a> <span>${String(operations.length)}</span></li>`
}

function sectionOf({ noun, operations }: Group): Html {
  return h`<section id="${noun}"><h2>${noun}</h2>${each(operations, operationOf)}</section>`
}

function operationOf(operation: Operation): Html {
  const { id, method, path, summary, note, scopes, parameters, body, answer } = operation
  return h`
<details id="${id}">
<summary><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code> <span class="what">${summary}</span></summary>
<p>${note}</p>
<p>${scopes.length > 1 ? 'One of these scopes: ' : 'Scope: '}${each(scopes, (scope) => h`<code class="scope">${scope}</code> `)}</p>
${tableOf('Parameters', parameters, true)}
${tableOf('Body', body)}
${tableOf(`Answer ${answer.status}`, answer.fields)}
</details>`
}

function tableOf(title: string, fields: readonly Field[], hasPlace = false): Html {
  if (fields.length === 0) return h``
  return h`<h3>${title}</h3>
<div class="table" tabindex="0" role="region" aria-label="${title}"><table>
<thead><tr><th scope="col">Name</th>${hasPlace ? h`<th scope="col">In</th>` : h``}<th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
<tbody>${each(fields, (field) => rowOf(field, hasPlace))}</tbody>
</table></div>`
}

function rowOf({ name, place, type, isRequired, meaning }: Field, hasPlace: boolean): Html {
  const need = isRequired && place !== 'answer' ? h` <span class="need">required</span>` : h``
  return h`<tr><th scope="row"><code>${name}</code>${need}</th>${hasPlace ? h`<td>${place}</td>` : h``}<td>${type}</td><td>${meaning}</td></tr>`
}
