/** The page about refusals: where the `type` of an error of the My Account API leads to (RFC 9457 §3.1.1). */
import type { ErrorRow } from '../http/error-table.ts'
import { each, type Html, h } from './html.ts'
import { STYLE } from './page.ts'

/** Draws the page. */
export function errorsPageOf(rows: Readonly<Record<string, ErrorRow>>): string {
  const inOrder = Object.entries(rows).toSorted(([a, { status: one }], [b, { status: other }]) =>
    one === other ? (a < b ? -1 : 1) : one - other,
  )
  return h`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Refusals · Tenantry</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<nav aria-label="Pages"><a class="home" href="/docs">Management API</a></nav>
<main>
<header><h1>Refusals</h1><p>What the server refuses, by status. Whatever is refused has changed nothing. Where a text has …, the
answer says more.</p></header>
<div class="table" tabindex="0" role="region" aria-label="Refusals"><table class="refusals">
<thead><tr><th scope="col">Name</th><th scope="col">Status</th><th scope="col">Text</th></tr></thead>
<tbody>${each(inOrder, rowOf)}</tbody>
</table></div>
</main>
</body>
</html>
`.html
}

function rowOf([name, { status, text }]: [string, ErrorRow]): Html {
  const told = text.replace(/\{\w+\}/g, '…')
  return h`<tr id="${name}"><th scope="row"><code>${name}</code></th><td class="status">${String(status)}</td><td>${told}</td></tr>`
}
