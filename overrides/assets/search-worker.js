// Answers the search box, in place of the theme's worker: the same messages. Runs in a web worker and sends nothing anywhere.
// Nothing is loaded before the first query. Then come the engine and search/names.json (titles and what people ask), and an
// answer from these; then search/texts.json, and the answer once more.

let loading
let engine
let last // the query that was answered last

async function load() {
  const read = async name => (await fetch(new URL(`../search/${name}.json`, self.location))).json()
  importScripts(new URL("search-engine.js", self.location))
  const names = await read("names")
  engine = await Engine.over(names)
  read("texts").then(texts => Engine.over(names, texts)).then(whole => {
    engine = whole
    if (last) answer(last)
  })
}

const talk = new BroadcastChannel("fieldbook-search")

function answer(query) {
  last = query
  const { items, corrections, wanted } = engine.search(query)
  postMessage({ type: 3, data: { items } })
  const near = items.length ? [] : wanted.telling.flatMap(word => engine.nearest(word).map(root => engine.written.get(root)))
  talk.postMessage({ text: query.trim(), corrections, empty: !items.length && !!engine.texts, near: [...new Set(near)].slice(0, 5) })
}

addEventListener("message", async ({ data: { type, data } }) => {
  if (type === 0) return postMessage({ type: 1 })
  last = undefined
  if (!data.trim()) return postMessage({ type: 3, data: { items: [] } })
  await (loading ??= load())
  answer(data)
})
