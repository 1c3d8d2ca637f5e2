// A form that scripts answer: hidden without them (the style sheet makes room for it where they run), never sent, and `update` runs at each change.

export function live(form, update) {
  form.hidden = false
  form.addEventListener("input", update)
  form.addEventListener("submit", event => event.preventDefault())
  form.addEventListener("reset", () => setTimeout(update)) // the values are those from before, until the event is over
}
