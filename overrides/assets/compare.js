// Sets two or three rows of the full table side by side: chosen by address (?a=cspo&b=pspo-1&c=…) or by checkbox.

const NAMES = ["a", "b", "c"]
const table = document.querySelector("[data-tools] table")
const place = document.getElementById("side-by-side")
const rows = new Map([...table.querySelectorAll("[data-item]")].map(row => [row.dataset.item, row]))

function chosen() {
  const address = new URLSearchParams(location.search)
  return [...new Set(NAMES.map(name => address.get(name)).filter(id => rows.has(id)))]
}

function choose(ids) {
  const address = new URL(location)
  NAMES.forEach((name, place) => ids[place] ? address.searchParams.set(name, ids[place]) : address.searchParams.delete(name))
  history.replaceState(history.state, "", address)
  show()
}

function cell(kind, ...content) {
  const element = document.createElement(kind)
  element.append(...content)
  return element
}

function show() {
  const ids = chosen()
  for (const [id, row] of rows) {
    const box = row.querySelector("input")
    box.checked = ids.includes(id)
    box.disabled = !box.checked && ids.length === NAMES.length
  }
  place.hidden = ids.length < 2
  if (place.hidden) return place.replaceChildren()
  const columns = ids.map(id => rows.get(id))
  const labels = [...new Set(columns.flatMap(row => [...row.querySelectorAll("td[data-label]")].map(td => td.dataset.label)))]
  const head = document.createElement("tr")
  head.append(cell("td"), ...columns.map(row => {
    const header = cell("th", row.querySelector("th a").cloneNode(true))
    header.scope = "col"
    return header
  }))
  const result = document.createElement("table")
  result.className = "kb-table kb-pair"
  result.createTHead().append(head)
  const body = result.createTBody()
  for (const label of labels) {
    const line = document.createElement("tr")
    const header = cell("th", label)
    header.scope = "row"
    line.append(header, ...columns.map(row => {
      const found = row.querySelector(`td[data-label="${label}"]`)
      const copy = cell("td", ...(found ? found.cloneNode(true).childNodes : ["–"]))
      copy.dataset.label = row.dataset.name
      return copy
    }))
    body.append(line)
  }
  const scope = cell("div", result)
  scope.className = "kb-scope"
  place.replaceChildren(cell("h2", "Side by side"), scope)
}

for (const [id, row] of rows) {
  const box = row.querySelector("input")
  box.parentElement.hidden = false
  box.addEventListener("change", () => {
    const ids = chosen()
    choose(box.checked ? [...ids, id] : ids.filter(other => other !== id))
  })
}
show()
