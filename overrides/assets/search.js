// Beside the search box: fetches the index when search is first wanted, and says what was corrected or not found.

const root = new URL("../", import.meta.url)
const input = document.querySelector(".md-search__input")
const meta = document.querySelector(".md-search-result__meta")

if (input && meta) {
  const fetched = name => fetch(new URL(`search/${name}.json`, root)).then(answer => answer.text())
  input.addEventListener("focus", () => fetched("names").then(() => fetched("texts")), { once: true })
  const note = document.createElement("p")
  note.className = "kb-search-note"
  note.setAttribute("role", "status")
  meta.after(note)
  const link = (text, href) => Object.assign(document.createElement("a"), { textContent: text, href })
  const search = text => link(text, new URL(`?q=${encodeURIComponent(text)}`, root))

  new BroadcastChannel("fieldbook-search").addEventListener("message", ({ data }) => {
    if (data.text !== input.value.trim()) return // of another page that is open, or of a query that has changed since
    note.replaceChildren()
    if (data.corrections.length) {
      const right = data.corrections.reduce((text, [wrong, word]) =>
        text.replace(new RegExp(`(?<![a-z0-9])${wrong}(?![a-z0-9])`, "i"), word), data.text)
      note.append("Did you mean ", search(right), "?")
    } else if (data.empty) {
      note.append("Nothing found. ")
      if (data.near.length) note.append("Near it: ", ...data.near.flatMap((word, place) => [place ? ", " : "", search(word)]), ". ")
      note.append(link("Everything, A to Z", new URL("about/headings/", root)), " · ",
        link("Say what is missing", new URL("about/contributing/#missing", root)))
    }
  })
}
