// Answers the search box, in place of the theme's worker: the same messages. Runs in a web worker and sends nothing
// anywhere. Nothing is loaded before the first query. Then come the engine and search/names.json (titles and what people
// ask), and an answer from these; then the texts, and the answer once more.

let engine
let loading
let turn = 0 // of the query that came last: who waited for the index may have been overtaken

async function read(name, options) {
  const answer = await fetch(new URL(`../search/${name}`, self.location), options)
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`)
  return answer.json()
}

// Reads the names, which `engine` then has, and goes on to the texts; `texts` is there when these are.
async function load() {
  const reading = read("names.json")
  if (typeof Engine === "undefined") importScripts(new URL("search-engine.js", self.location))
  let names = await reading
  engine ??= await Engine.over(names)
  const texts = read(names.texts)
    .catch(async () => { // of another build than the names that were kept
      names = await read("names.json", { cache: "reload" })
      return read(names.texts)
    })
    .then(async texts => { engine = await Engine.over(names, texts) })
  texts.catch(() => { loading = undefined })
  return { texts }
}

addEventListener("message", async ({ data: { type, data: query } }) => {
  if (type === 0) return postMessage({ type: 1 })
  const mine = ++turn
  let answered = false
  const answer = (items, note) => {
    answered = true
    if (mine === turn) postMessage({ type: 3, data: { items, note: { query: query.trim(), ...note } } })
  }
  if (!query.trim()) return answer([], {})
  const now = () => {
    const { items, corrections, near } = engine.search(query)
    answer(items, engine.texts ? { corrections, near, empty: !items.length } : {})
  }
  try {
    const { texts } = await (loading ??= load())
    if (engine.texts) return now()
    if (!engine.demands(query)) now() // only the texts can tell what a phrase or a sign leaves out
    await texts
    now()
  } catch {
    loading = undefined // the next query tries again
    if (!answered) answer([], { failed: true })
  }
})
