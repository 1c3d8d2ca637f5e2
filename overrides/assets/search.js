// Beside the search box: fetches the index when search is first wanted, and says what was corrected or not found.

const root = new URL("../", import.meta.url)
const input = document.querySelector(".md-search__input")
const meta = document.querySelector(".md-search-result__meta")

if (input && meta) {
  const fetched = name => fetch(new URL(`search/${name}`, root))
  const early = () => fetched("names.json").then(answer => answer.json()).then(({ texts }) => fetched(texts)).catch(() => {})
  input.addEventListener("focus", early, { once: true })
  const note = document.createElement("p")
  note.className = "kb-search-note"
  note.setAttribute("role", "status")
  meta.after(note)
  const link = (text, href) => Object.assign(document.createElement("a"), { textContent: text, href })
  const search = text => link(text, new URL(`?q=${encodeURIComponent(text)}`, root))

  // A form that is filled in with the question; where the site does not know its repository, the page that says how.
  function missing(question) {
    const form = document.querySelector("meta[name=new-issue]")?.content
    if (!form) return new URL("about/contributing/#missing", root)
    return `${form}?${new URLSearchParams({ template: "question.yml", title: `Question: ${question}`, question })}`
  }

  function say({ query, corrections = [], near = [], empty, failed }) {
    note.replaceChildren()
    if (failed) note.append("The index could not be loaded. ")
    else if (corrections.length) {
      const right = corrections.reduce((text, [wrong, word]) =>
        text.replace(new RegExp(`(?<![a-z0-9])${wrong}(?![a-z0-9])`, "i"), word), query)
      return note.append("Did you mean ", search(right), "?")
    } else if (empty) {
      note.append("Nothing found. ")
      if (near.length) note.append("Near it: ", ...near.flatMap((word, place) => [place ? ", " : "", search(word)]), ". ")
    } else return
    note.append(link("Every page and heading", new URL("about/headings/", root)), " · ", link("Say what is missing", missing(query)))
  }

  // The theme passes on what the worker answers.
  window.component$?.subscribe(({ ref, note }) => { if (note && ref?.dataset.mdComponent === "search-result") say(note) })
}
