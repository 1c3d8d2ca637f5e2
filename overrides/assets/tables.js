// Filters and sorts what stands in a [data-tools]: each [data-item] carries its values as data-<name> attributes.
// The filters stand in the address, so that a selection can be shared. Without this script, everything is shown.

import { live } from "./form.js"

function matches(item, control) {
  const wanted = control.value.trim()
  if (!wanted) return true
  const value = item.dataset[control.name] ?? ""
  if (control.type === "number") return value !== "" && Number(value) <= Number(wanted)
  return value.split(" ").includes(wanted)
}

function filters(tools) {
  const form = tools.querySelector("form")
  const items = [...tools.querySelectorAll("[data-item]")]
  const controls = [...form.elements].filter(control => control.name)

  function apply() {
    let shown = 0
    for (const item of items) {
      item.hidden = !controls.every(control => matches(item, control))
      shown += item.hidden ? 0 : 1
    }
    form.querySelector("output").textContent = `${shown} of ${items.length} shown`
    const address = new URL(location) // as it is now: other scripts write there, too
    for (const { name, value } of controls) value ? address.searchParams.set(name, value) : address.searchParams.delete(name)
    history.replaceState(history.state, "", address)
  }

  const given = new URLSearchParams(location.search)
  for (const control of controls) control.value = given.get(control.name) ?? control.value
  live(form, apply)
  // An anchor must land, whatever the filters say.
  addEventListener("hashchange", () => {
    const goal = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    const hidden = items.find(item => item.hidden && item.contains(goal))
    if (!hidden) return
    hidden.hidden = false
    goal.scrollIntoView()
  })
  if (controls.some(control => control.value) && !location.hash) apply()
}

function order(a, b, name) {
  const [one, two] = [a, b].map(row => row.dataset[name] ?? "")
  if (one === "" || two === "") return (one === "") - (two === "") // what was not found stands last
  return Number.isNaN(Number(one)) ? one.localeCompare(two) : Number(one) - Number(two)
}

function sorting(tools) {
  for (const header of tools.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "kb-sort"
    button.append(...header.childNodes)
    header.append(button)
    button.addEventListener("click", () => {
      const down = header.getAttribute("aria-sort") === "ascending"
      for (const other of tools.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort")
      header.setAttribute("aria-sort", down ? "descending" : "ascending")
      const body = tools.querySelector("tbody")
      const rows = [...body.rows].sort((a, b) => {
        const empty = [a, b].some(row => !row.dataset[header.dataset.sort])
        return order(a, b, header.dataset.sort) * (down && !empty ? -1 : 1)
      })
      body.append(...rows)
    })
  }
}

for (const tools of document.querySelectorAll("[data-tools]")) {
  filters(tools)
  sorting(tools)
}
