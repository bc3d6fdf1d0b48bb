// While somebody types, what they see beside it follows. Without this, the button does.
const button = document.querySelector('[data-preview]')
if (button) {
  const show = () => button.form.requestSubmit(button)
  let waiting
  button.form.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(show, 300)
  })
  show()
}
