// The calculators of the certificate pages. The formulas are those of scripts/kb/cost.py; a test holds the two equal.

import { live } from "./form.js"

const MONTHS = 60

export function renewals(months) {
  return months === null ? 0 : Math.floor((MONTHS - 1) / months)
}

export function retakes(passChance, included) {
  let allFail = 1
  for (let attempt = 0; attempt < included; attempt++) allFail *= 1 - passChance
  return allFail / passChance
}

export function fiveYears(plan, reader) {
  const times = renewals(plan.renewal_months)
  const again = plan.retake_fee === null ? 0 : retakes(reader.pass_chance, plan.attempts_included)
  const result = { cash: null, own_cash: null, hours: null, own_hours: null, total: null }
  if (plan.first_cost !== null && !(times && plan.renewal_fee === null)) {
    result.cash = [plan.first_cost, plan.first_cost_to ?? plan.first_cost]
      .map(first => first + again * (plan.retake_fee ?? 0) + times * (plan.renewal_fee ?? 0))
    result.own_cash = result.cash
      .map(fees => Math.max(0, fees * (1 - reader.employer_share) + reader.other_cash - reader.grants))
  }
  if (plan.first_hours !== null && !(times && plan.renewal_hours === null)) {
    const renew = times * (plan.renewal_hours ?? 0)
    const study = [plan.first_hours, plan.first_hours_to ?? plan.first_hours]
    result.hours = study.map(first => first + renew)
    result.own_hours = study.map(first => first + renew * (1 - reader.overlap))
  }
  if (result.own_cash && result.own_hours) {
    result.total = [0, 1].map(end =>
      result.own_cash[end] + result.own_hours[end] * reader.hour_value + reader.forgone_pay)
  }
  return result
}

export function breakEven({ cost, forgone_pay, raise_per_year, tax, growth }, limit = 40) {
  let left = cost + forgone_pay
  let gain = raise_per_year * (1 - tax)
  for (let year = 0; year < limit; year++) {
    if (left <= gain) return year + (left > 0 ? left / gain : 0)
    left -= gain
    gain *= 1 + growth
  }
  return null
}

// ------------------------------------------------------------------------------------------------------ in the page

const SIGNS = { USD: "$", EUR: "€" }
const SHARES = new Set(["employer_share", "pass_chance", "overlap", "tax", "growth"])

function inputs(form) {
  const values = {}
  for (const { name, value, defaultValue, min, max } of form.elements) {
    if (!name) continue
    let number = Number(value === "" ? defaultValue || 0 : value)
    if (min !== "") number = Math.max(number, Number(min))
    if (max !== "") number = Math.min(number, Number(max))
    values[name] = SHARES.has(name) ? number / 100 : number
  }
  return values
}

function span(range, sign) {
  const [low, high] = range.map(end => Math.round(end).toLocaleString("en-US"))
  return sign + (low === high ? low : `${low}–${high}`)
}

for (const place of document.querySelectorAll("[data-cost]")) {
  const form = place.querySelector("form")
  live(form, () => {
    const reader = inputs(form)
    for (const row of place.querySelectorAll("[data-plan]")) {
      const plan = JSON.parse(row.dataset.plan)
      const cost = fiveYears(plan, reader)
      for (const cell of row.querySelectorAll("[data-out]")) {
        const range = cost[cell.dataset.out]
        if (range) cell.textContent = span(range, /cash|total/.test(cell.dataset.out) ? SIGNS[plan.unit] : "")
        else if (cell.dataset.out === "total") cell.textContent = "hours not found"
      }
    }
    const counted = reader.hour_value > 0 || reader.forgone_pay > 0
    for (const cell of place.querySelectorAll("[data-total]")) cell.hidden = !counted
    form.querySelector("output").textContent = counted ? "The last figures hold your hours and pay." : ""
  })
}

for (const place of document.querySelectorAll("[data-break-even]")) {
  const form = place.querySelector("form")
  live(form, () => {
    const values = inputs(form)
    const years = breakEven(values)
    const text = number => number.toLocaleString("en-US")
    const result = document.createElement("output")
    const bold = document.createElement("b")
    bold.textContent = years === null ? "more than 40 years" : `${years.toFixed(1)} years`
    result.append(bold)
    place.querySelector("p").replaceChildren(
      `With your numbers: cost ${text(values.cost)} and pay given up ${text(values.forgone_pay)}, against a raise of ` +
      `${text(values.raise_per_year)} a year, taxed at ${text(values.tax * 100)}% and growing ` +
      `${text(values.growth * 100)}% a year: paid back after `, result, ".")
  })
}
