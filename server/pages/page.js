// Pages are whole without this. It shows what is typed, marks rules as they are kept, counts down a wait, sends a form
// once for two taps, and gives times of the reader's clock.
const { lang } = document.documentElement
// The name in the place of a logo that does not come: the browser would show as much of it as has room in the logo.
const logo = document.querySelector('.brand img')
const nameInstead = () => logo.replaceWith(logo.alt)
// A drawing without a size of its own has no width either.
if (logo?.complete && logo.naturalWidth === 0) logo.decode().catch(nameInstead)
else logo?.addEventListener('error', nameInstead)
const field = document.getElementById('password')
const show = document.getElementById('show')
if (field && show) {
  show.hidden = false
  show.addEventListener('click', () => {
    const seen = field.type === 'password'
    field.type = seen ? 'text' : 'password'
    show.textContent = seen ? show.dataset.hide : show.dataset.show
    field.focus()
  })
  field.form.addEventListener('submit', () => {
    field.type = 'password'
  })
}
const kinds = {
  lowerCase: /\p{Ll}/u,
  upperCase: /\p{Lu}/u,
  numbers: /\p{Nd}/u,
  specialCharacters: /[^\p{L}\p{M}\p{Nd}]/u,
}
const kept = ({ least, most, of, kinds: names }, typed) => {
  if (least) return [...typed].length >= Number(least)
  if (most) return typed !== '' && !/(.)\1\1/su.test(typed)
  return names.split(' ').filter((name) => kinds[name].test(typed)).length >= Number(of)
}
for (const rule of document.querySelectorAll('.rules li')) {
  const { least, most, of } = rule.dataset
  const isKnown = least || most || of
  field.addEventListener('input', () => {
    // The others are judged when the form is sent; what was said of the last password is not said of this one.
    rule.className = isKnown && kept(rule.dataset, field.value) ? 'kept' : 'open'
    rule.querySelector('.unseen')?.remove()
  })
}
for (const button of document.querySelectorAll('[data-wait]')) {
  const label = button.textContent
  let left = Number(button.dataset.wait)
  const tick = () => {
    button.disabled = left > 0
    button.textContent = left > 0 ? `${label} (${left})` : label
    if (left > 0) setTimeout(tick, 1000)
    left -= 1
  }
  tick()
}
// The answer to a second tap would take the place of the first one's, and say that the link is used up or that there is
// such an account. Whoever has waited in vain may send again.
const TAPS_MILLISECONDS = 5000
let sentAt = Number.NEGATIVE_INFINITY
addEventListener('submit', (event) => {
  if (event.timeStamp - sentAt < TAPS_MILLISECONDS) event.preventDefault()
  else sentAt = event.timeStamp
})
// Back from the next page: this one stands as it was left.
addEventListener('pageshow', () => {
  sentAt = Number.NEGATIVE_INFINITY
})
// As the browser's own region writes it in the language of the page.
const locale = navigator.languages.find((tag) => tag.slice(0, 2) === lang) ?? (lang === 'en' ? 'en-GB' : lang)
for (const time of document.querySelectorAll('time')) {
  time.textContent = new Date(time.dateTime).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })
}
