// A form that scripts answer: hidden where none run (the style sheet shows it at once where they do), never sent, and
// `update` runs at each change.

export function live(form, update) {
  form.hidden = false
  form.addEventListener("input", update)
  form.addEventListener("submit", event => event.preventDefault())
  form.addEventListener("reset", () => setTimeout(update)) // the values are those from before, until the event is over
}
