// The page is whole without this: it shows what is typed, counts it, and gives the time of the reader's clock.
const field = document.getElementById('password')
const show = document.getElementById('show')
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
const length = document.querySelector('[data-least]')
if (length) {
  field.addEventListener('input', () => {
    length.className = [...field.value].length < Number(length.dataset.least) ? 'open' : 'kept'
  })
}
const time = document.querySelector('time')
time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, {
  dateStyle: 'medium',
  timeStyle: 'short',
})
