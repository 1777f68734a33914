import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { THEME } from '../../test/sdk/theme.ts'
import { pageSandboxOf } from '../liquid/sandbox.ts'

const TEMPLATE = '/api/v2/branding/templates/universal-login'
const THEMES = '/api/v2/branding/themes'
const FRAME = '<html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>'

describe('branding', async () => {
  const { call, tokenFor, db, server } = await startTestServer()
  const events = async () =>
    (await db.selectFrom('events').select('description').orderBy('log_id').execute()).map((event) => event.description)

  it('is empty at first; a change of one colour keeps the other, and null takes away', async () => {
    assert.deepEqual((await call('GET', '/api/v2/branding')).body, {})
    const logo_url = 'https://cdn.example/logo.png'
    const first = { colors: { primary: '#0059d6', page_background: '#fff' }, logo_url, font: { url: logo_url } }
    assert.deepEqual((await call('PATCH', '/api/v2/branding', { body: first })).body, first)
    const gradient = { type: 'linear-gradient', start: '#ffffff', end: '#000000', angle_deg: 35 }
    await call('PATCH', '/api/v2/branding', { body: { colors: { page_background: gradient }, font: null } })
    const { body } = await call('GET', '/api/v2/branding')
    assert.deepEqual(body, { colors: { primary: '#0059d6', page_background: gradient }, logo_url })
    await call('PATCH', '/api/v2/branding', { body: { colors: { primary: null }, logo_url: null } })
    assert.deepEqual((await call('GET', '/api/v2/branding')).body, { colors: { page_background: gradient } })
    assert.deepEqual((await call('PATCH', '/api/v2/branding', { body: { colors: null } })).body, {})
    assert.deepEqual((await call('GET', '/api/v2/branding')).body, {})
    await call('PATCH', '/api/v2/branding', { body: { colors: { page_background: gradient } } })
  })

  it('refuses what is no colour and no https address, and changes nothing', async () => {
    const before = (await call('GET', '/api/v2/branding')).body
    const recorded = (await events()).filter((text) => text === 'Update branding settings').length
    for (const body of [
      { colors: { primary: 'red' } },
      { colors: { primary: '#12345' } },
      { colors: {} },
      { logo_url: 'http://cdn.example/logo.png' },
      { logo_url: 'https://cdn.example/"><script>' },
      { logo_url: "https://cdn.example/x'); color:red" },
      { logo_url: 'https://[' },
      { logo_url: 'https://cdn.example:99999/logo.png' },
      { logo_url: 'https://*' },
      { favicon_url: 'https://cdn%3Bscript-src/icon.png' },
      { favicon_url: 'javascript:alert(1)' },
      { font: { url: 'data:font/woff2;base64,AA' } },
      { shadow: true },
    ]) {
      const { status, body: answer } = await call('PATCH', '/api/v2/branding', { body })
      assert.deepEqual([status, answer.errorCode], [400, 'invalid_body'], JSON.stringify(body))
    }
    assert.deepEqual((await call('GET', '/api/v2/branding')).body, before)
    assert.equal((await events()).filter((text) => text === 'Update branding settings').length, recorded)
  })

  it('has one theme at most: two made at once are one, and it is changed and removed by its id', async () => {
    const missing = await call('GET', `${THEMES}/default`)
    assert.deepEqual([missing.status, missing.body.errorCode], [404, 'theme_not_found'])
    const made = await Promise.all([1, 2, 3].map(() => call('POST', THEMES, { body: THEME })))
    assert.deepEqual(made.map(({ status }) => status).sort(), [200, 409, 409])
    const { themeId, ...said } = (await call('GET', `${THEMES}/default`)).body
    assert.match(themeId, /^[A-Za-z0-9]{32}$/)
    assert.deepEqual(said, THEME)
    const { displayName: _, ...unnamed } = THEME
    const changed = await call('PATCH', `${THEMES}/${themeId}`, {
      body: { ...unnamed, widget: { ...THEME.widget, logo_position: 'none' } },
    })
    assert.equal(changed.body.displayName, 'Harbour')
    assert.equal((await call('GET', `${THEMES}/${themeId}`)).body.widget.logo_position, 'none')
    const other = `${THEMES}/${'a'.repeat(32)}`
    for (const method of ['GET', 'DELETE']) assert.equal((await call(method, other)).status, 404)
    assert.equal((await call('PATCH', other, { body: THEME })).status, 404)
    assert.equal((await call('GET', `${THEMES}/short`)).body.errorCode, 'invalid_uri')
    assert.equal((await call('DELETE', `${THEMES}/${themeId}`)).status, 204)
    assert.equal((await call('GET', `${THEMES}/${themeId}`)).status, 404)
  })

  it('refuses a theme that lacks a part, or has a colour, an address or a number that cannot be', async () => {
    const { fonts: _, ...partial } = THEME
    for (const body of [
      partial,
      { ...THEME, colors: { ...THEME.colors, error: 'red' } },
      { ...THEME, widget: { ...THEME.widget, logo_url: 'https://x/");}body{display:none}' } },
      { ...THEME, widget: { ...THEME.widget, logo_url: 'https://[' } },
      { ...THEME, page_background: { ...THEME.page_background, background_image_url: 'http://x/a.png' } },
      { ...THEME, borders: { ...THEME.borders, widget_corner_radius: 51 } },
      { ...THEME, displayName: '<b>' },
    ]) {
      assert.equal((await call('POST', THEMES, { body })).status, 400)
    }
    assert.equal((await call('GET', `${THEMES}/default`)).status, 404)
  })

  it('keeps a page template sent as text, as HTML or in an object; the first is 201 and each later one 204', async () => {
    const missing = await call('GET', TEMPLATE)
    assert.deepEqual([missing.status, missing.body.errorCode], [404, 'inexistent_templates_universal_login'])
    const first = await call('PUT', TEMPLATE, { body: { template: FRAME } })
    assert.deepEqual([first.status, first.body], [201, {}])
    assert.equal((await call('PUT', TEMPLATE, { body: JSON.stringify(`${FRAME}<!-- 2 -->`) })).status, 204)
    assert.equal((await call('GET', TEMPLATE)).body.body, `${FRAME}<!-- 2 -->`)
    const html = await call('PUT', TEMPLATE, { body: `${FRAME}<!-- 3 -->`, headers: { 'content-type': 'text/html' } })
    assert.deepEqual([html.status, html.text], [204, ''])
    assert.equal((await call('GET', TEMPLATE)).body.body, `${FRAME}<!-- 3 -->`)
    // HTML is a body there alone.
    const elsewhere = await call('PATCH', '/api/v2/branding', { body: 'x', headers: { 'content-type': 'text/html' } })
    assert.equal(elsewhere.status, 415)
  })

  it('refuses a template without the two tags, with broken Liquid, that never ends, or that hides a tag', async () => {
    for (const template of [
      '<html>{%- auth0:head -%}</html>',
      '<html>{%- auth0:widget -%}</html>',
      `${FRAME}{% if %}`,
      `${FRAME}{% nonsense %}`,
      `{% for a in (1..100000000) %}{{ a }}{% endfor %}${FRAME}`,
      `{% if false %}${FRAME}{% endif %}`,
      'x'.repeat(102_401),
    ]) {
      const { status, body } = await call('PUT', TEMPLATE, { body: { template } })
      assert.deepEqual([status, body.errorCode], [400, 'invalid_body'], template.slice(0, 50))
    }
    const reasonFor = async (body: object) => (await call('PUT', TEMPLATE, { body })).body.message
    assert.match(
      await reasonFor({ template: 'x'.repeat(102_401) }),
      /too long \(102401 chars\).* on property template /,
    )
    assert.match(await reasonFor({}), /Missing required property: template/)
    assert.equal((await call('GET', TEMPLATE)).body.body, `${FRAME}<!-- 3 -->`)
    assert.equal((await call('DELETE', TEMPLATE)).status, 204)
    assert.equal((await call('DELETE', TEMPLATE)).status, 204)
    assert.equal((await call('GET', TEMPLATE)).status, 404)
  })

  it('refuses a template that hides the form or what it needs, and says where', async () => {
    const head = '<html><head>{%- auth0:head -%}'
    const widget = '{%- auth0:widget -%}'
    for (const [template, reason] of [
      [`${head}</head><body><!-- ${widget} --></body></html>`, 'it stands in a comment'],
      [
        `<html><head><!-- {%- auth0:head -%} --></head><body>${widget}`,
        'auth0:head is not shown: it stands in a comment',
      ],
      [`${head}</head><body><script>var x = \`${widget}\`</script>`, 'it stands in <script>'],
      [`${head}<body><textarea>${widget}</textarea>`, 'it stands in <textarea>'],
      [`${head}<body><template>${widget}</template>`, 'it stands in <template>'],
      [`${head}<body><noscript>${widget}</noscript>`, 'it stands in <noscript>'],
      [`${head}<body><div title="a > b ${widget}">`, 'it stands in the tag <div>'],
      [`${head}<body><DIV Hidden><p>x</p>${widget}</DIV>`, '<div> around it is hidden'],
      [`${head}<body><section inert>${widget}</section>`, '<section> around it is hidden'],
      [`${head}<body><details><summary>x</summary>${widget}</details>`, 'it stands in <details>'],
      [`${head}<body><form action="/x">${widget}</form>`, 'it stands in <form>'],
      [`${head}<style>form { display: none }</style><body>${widget}`, 'a style hides <form>'],
      [
        `${head}<style>a{} .box{color:red;Visibility:Hidden}</style><body><i class="x box">${widget}</i>`,
        'a style hides <i>',
      ],
      [`${head}<style>body{opacity:0}</style><body>${widget}`, 'a style hides <body>'],
      [`${head}<style>input{display:block}*{display:none!important}</style><body>${widget}`, 'a style hides <'],
      [`${head}<body>{% if prompt.name == 'signup' %}<div hidden>{% endif %}${widget}`, '<div> around it is hidden'],
    ] as const) {
      const { status, body } = await call('PUT', TEMPLATE, { body: { template } })
      assert.deepEqual([status, body.errorCode], [400, 'invalid_body'], template)
      assert.ok(body.message.includes(reason), body.message)
    }
    assert.equal((await call('GET', TEMPLATE)).status, 404)
  })

  it('takes a template in which what is hidden is something else', async () => {
    for (const body of [
      '<div hidden>x</div><!-- a --><script>if (1 < 2) "<div hidden>"</script>',
      '<details><p>more</details><form action="/search"><input></form><img hidden alt="a > b">',
      '<style>.menu{display:none}@media print{form{display:none}}form:empty{display:none}</style>',
      '<style>form{display:none}form{display:block}/* input{display:none} */</style><dialog open>',
      '<table><tr><td class="menu-item"><p><ul><li>',
    ]) {
      const template = `<html><head>{%- auth0:head -%}</head><body>${body}{%- auth0:widget -%}</body></html>`
      const { status, text } = await call('PUT', TEMPLATE, { body: { template } })
      assert.ok(status === 201 || status === 204, `${body}: ${text}`)
    }
    assert.equal((await call('DELETE', TEMPLATE)).status, 204)
  })

  it('asks whoever changes a template to try again while too many are tried', async () => {
    const slow = '{% for a in (1..9000) %}{% for b in (1..900) %}{% assign c = b %}{% endfor %}{% endfor %}'
    const sandbox = pageSandboxOf(server)
    const task = (body: string) => sandbox.render({ body, plain: {}, variables: {} })
    const waiting = Promise.allSettled([task(slow), ...Array.from({ length: 100 }, () => task('x'))])
    const { status, body, headers } = await call('PUT', TEMPLATE, { body: { template: FRAME } })
    assert.deepEqual([status, headers['retry-after']], [503, '2'])
    assert.match(body.message, /busy.*Nothing was changed/)
    assert.equal((await waiting)[0]?.status, 'rejected')
    assert.equal((await call('GET', TEMPLATE)).status, 404)
    assert.equal((await call('PUT', TEMPLATE, { body: { template: FRAME } })).status, 201)
    await call('DELETE', TEMPLATE)
  })

  it('is closed to a token without the scope, to none, and to one bound to an organization', async () => {
    const wrong = await tokenFor({ scopes: ['read:users'] })
    const bound = await tokenFor({ organizationId: 'org_0123456789abcdef' })
    const before = await db.selectFrom('branding').selectAll().execute()
    for (const [method, url, body] of [
      ['GET', '/api/v2/branding'],
      ['PATCH', '/api/v2/branding', {}],
      ['GET', TEMPLATE],
      ['PUT', TEMPLATE, { template: FRAME }],
      ['DELETE', TEMPLATE],
      ['POST', THEMES, THEME],
      ['GET', `${THEMES}/default`],
    ] as [string, string, object?][]) {
      assert.equal((await call(method, url, { as: wrong, body })).status, 403, `${method} ${url}`)
      assert.equal((await call(method, url, { as: bound, body })).status, 403, `${method} ${url}`)
      assert.equal((await call(method, url, { as: null, body })).status, 401, `${method} ${url}`)
    }
    assert.deepEqual(await db.selectFrom('branding').selectAll().execute(), before)
  })
})
