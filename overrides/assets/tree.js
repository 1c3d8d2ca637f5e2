// Recomputes a driver tree while its numbers are changed. The formulas are those of driver_tree_values in charts.py.

import { live } from "./form.js"

const SHARES = new Set(["start", "finish", "pay"])

export function values(given) {
  const signups = given.visitors * given.start * given.finish
  const customers = signups * given.pay
  return { ...given, signups, customers, revenue: customers * given.price }
}

for (const place of document.querySelectorAll("[data-tree]")) {
  const form = place.querySelector("form")
  live(form, () => {
    const given = {}
    for (const { name, value } of form.elements) if (name) given[name] = Number(value) / (SHARES.has(name) ? 100 : 1)
    for (const [name, value] of Object.entries(values(given))) {
      const text = SHARES.has(name) ? `${+(value * 100).toPrecision(6)}%` : Math.round(value).toLocaleString("en-US")
      place.querySelector(`[data-node="${name}"]`).textContent = text
    }
  })
}
