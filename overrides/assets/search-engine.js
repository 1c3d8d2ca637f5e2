// Ranks the documents of the site for a query.
//
// A query is a list of words. Each word stands for itself, for what it abbreviates, for other spellings, for words that it
// begins (the last word, while one types), and, if the site knows none of these, for the nearest words that it knows.

const FIELDS = [["t", 6, 0.3], ["a", 6, 0.4], ["x", 1, 0.75]] // field, weight, how much length counts
const KINDS = { Section: 0.9, Figures: 0.6, Resource: 0.7, Evidence: 0.6, Opinion: 0.6, Term: 0.85, Pilot: 0.85 } // others: 1
const SATURATION = 1.2
const MOST = 25 // results; and ways in which a word that is being typed may end
const SLICE = 200 // documents that are read before the next query gets its turn

// ---------------------------------------------------------------------------------------------------------- words

const ACCENTS = /[\u0300-\u036f’']/g
const split = text => (/^[\x00-\x26\x28-\x7f]*$/.test(text) ? text : text.normalize("NFKD").replace(ACCENTS, ""))
  .toLowerCase().match(/[a-z0-9]+/g) ?? []

const stems = new Map()
function stem(word) {
  if (!stems.has(word)) stems.set(word, cut(word))
  return stems.get(word)
}

function cut(word) {
  if (word.length < 4 || /\d/.test(word)) return word
  let root = word.replace(/ies$/, "y").replace(/(ss|us|..is)$/, "$1\u0000").replace(/s$/, "").replace("\u0000", "")
  if (root.length > 5) root = root.replace(/(.)\1ing$/, "$1").replace(/ing$/, "").replace(/(.)\1ed$/, "$1").replace(/ed$/, "")
  return root.length > 4 ? root.replace(/e$/, "") : root
}

// Edits between two words (a swap of neighbors is one), or more than `most`.
function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before = []
  let row = Array.from({ length: b.length + 1 }, (_, place) => place)
  for (let i = 1; i <= a.length; i++) {
    const last = row
    row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, before[j - 2] + 1)
      row[j] = edits
      if (edits < least) least = edits
    }
    if (least > most) return most + 1
    before = last
  }
  return row[b.length]
}

// The letters of a word as bits. Words that differ in more than two letters for each edit are too far apart.
function letters(word) {
  let bits = 0
  for (let place = 0; place < word.length; place++) bits |= 1 << (word.charCodeAt(place) % 32)
  return bits
}

function ones(bits) {
  let count = 0
  for (; bits; bits &= bits - 1) count++
  return count
}

// ---------------------------------------------------------------------------------------------------------- index

class Engine {
  // Reads the names and, if they are there, the texts; a slice at a time, so that queries do not wait for it.
  static async over(names, texts) {
    const engine = new Engine(names, texts)
    for (let place = 0; place < engine.docs.length; place++) {
      if (place % SLICE === SLICE - 1) await new Promise(resume => setTimeout(resume))
      engine.read(place)
    }
    engine.mean = engine.lengths.map(lengths => lengths.reduce((sum, length) => sum + length, 0) / engine.docs.length || 1)
    engine.sizes = engine.telling.map(roots => roots.reduce((sum, root) => sum + engine.rare(root), 0))
    engine.sorted = [...engine.postings.keys()].sort()
    engine.letters = Int32Array.from(engine.sorted, letters)
    return engine
  }

  constructor({ docs, stop, spelled, short }, texts) {
    this.docs = docs
    this.texts = texts
    this.stop = new Set(stop)
    this.spelled = new Map(Object.entries(spelled))
    this.short = new Map(Object.entries(short))
    this.postings = new Map() // stem -> [doc, field, times, …]
    this.written = new Map() // stem -> a word as it is written, for "did you mean"
    this.having = new Map() // stem -> number of documents
    this.lengths = FIELDS.map(() => new Float32Array(docs.length))
    this.titles = new Map() // a whole name, as stems -> documents
    this.names = new Map() // stem -> [name, …]: names of documents, a question that one answers included
    this.named = [] // name -> document
    this.telling = [] // name -> its telling words
    this.sizes = []
    const pages = new Map()
    this.page = Uint32Array.from(docs, ({ k, l }) => {
      const page = k === "Section" ? l.split("#")[0] : l
      if (!pages.has(page)) pages.set(page, pages.size)
      return pages.get(page)
    })
    this.whole = new Map() // page -> the document that is the page and not a part of it
    docs.forEach(({ l }, place) => { if (!l.includes("#")) this.whole.set(this.page[place], place) })
  }

  // How much a word tells: the fewer documents have it, the more.
  rare(root) {
    const having = this.having.get(root) ?? 0
    return Math.log(1 + (this.docs.length - having + 0.5) / (having + 0.5))
  }

  text(place) {
    return this.texts?.[place] ?? ""
  }

  read(place) {
    const doc = this.docs[place]
    const names = [doc.t, ...(doc.a ?? [])].map(split)
    for (const words of names) {
      const roots = words.map(stem)
      const whole = roots.join(" ")
      if (!this.titles.has(whole)) this.titles.set(whole, new Set())
      this.titles.get(whole).add(place)
      const telling = new Set(roots.filter((_, at) => !this.stop.has(words[at])))
      for (const root of telling) {
        if (!this.names.has(root)) this.names.set(root, [])
        this.names.get(root).push(this.named.length)
      }
      this.named.push(place)
      this.telling.push([...telling])
    }
    const fields = { t: names[0], a: names.slice(1).flat(), x: split(this.text(place)) }
    FIELDS.forEach(([name], field) => {
      const times = new Map()
      for (const word of fields[name]) {
        const root = stem(word)
        times.set(root, (times.get(root) ?? 0) + 1)
        if (!this.written.has(root)) this.written.set(root, word)
      }
      for (const [root, count] of times) {
        if (!this.postings.has(root)) this.postings.set(root, [])
        const postings = this.postings.get(root)
        if (postings.at(-3) !== place) this.having.set(root, (this.having.get(root) ?? 0) + 1)
        postings.push(place, field, count)
      }
      this.lengths[field][place] = fields[name].length
    })
  }

  starting(prefix) {
    let low = 0
    let high = this.sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      this.sorted[middle] < prefix ? (low = middle + 1) : (high = middle)
    }
    const found = []
    while (low < this.sorted.length && this.sorted[low].startsWith(prefix) && found.length < MOST) found.push(this.sorted[low++])
    return found
  }

  nearest(word, most = word.length > 6 ? 2 : word.length > 3 ? 1 : 0) {
    let best = []
    let least = most + 1
    const cut = stem(word)
    const [whole, part] = [letters(word), letters(cut)]
    for (let place = 0; most && place < this.sorted.length; place++) {
      if (ones(whole ^ this.letters[place]) > 2 * most && ones(part ^ this.letters[place]) > 2 * most) continue
      const root = this.sorted[place]
      const edits = Math.min(distance(word, root, most), word === cut ? most + 1 : distance(cut, root, most))
      if (edits > most || edits > least) continue
      if (edits < least) [best, least] = [[], edits]
      best.push(root)
    }
    const known = root => this.postings.get(root).length * (root[0] === word[0] ? 2 : 1)
    return best.sort((a, b) => known(b) - known(a)).slice(0, 3)
  }

  // Words of the site that look like those of a query that found nothing; up to half of the letters may differ.
  near(words) {
    const found = words.flatMap(word => this.nearest(word, Math.floor(word.length / 2)))
    return [...new Set(found.map(root => this.written.get(root)))].slice(0, 5)
  }

  // What a word of the query stands for: stems with a weight; and the word it was taken for, if it was corrected.
  forms(word, last) {
    const forms = new Map()
    const add = (root, weight) => this.postings.has(root) && forms.set(root, Math.max(weight, forms.get(root) ?? 0))
    add(stem(word), 1)
    if (this.spelled.has(word)) add(stem(this.spelled.get(word)), 1)
    split(this.short.get(word) ?? "").filter(part => !this.stop.has(part)).forEach(part => add(stem(part), 0.5))
    if (last && word.length > 1) this.starting(word).forEach(root => add(root, 0.5))
    if (forms.size) return { forms }
    const near = this.nearest(word)
    near.forEach((root, place) => add(root, place ? 0.4 : 0.8))
    return { forms, corrected: near.length ? this.written.get(near[0]) : undefined }
  }

  query(text) {
    const wanted = { words: [], phrases: [], not: [], never: [], must: [], fields: [] }
    const rest = text.replace(/([+-]?)"([^"]+)"/g, (_, sign, phrase) => {
      wanted[sign === "-" ? "not" : "phrases"].push(split(phrase).join(" "))
      if (sign !== "-") wanted.words.push(...split(phrase))
      return " "
    })
    for (const part of rest.split(/\s+/)) {
      const [, sign, field, body] = part.match(/^([+-]?)(?:(title|text):)?(.*)$/)
      const words = split(body)
      if (sign === "-" && words.length) wanted.never.push(...words.map(stem))
      else {
        wanted.words.push(...words)
        if (sign === "+") wanted.must.push(...words.map(stem))
        if (field) wanted.fields.push(...words.map(word => [field === "title" ? "t" : "x", stem(word)]))
      }
    }
    const telling = wanted.words.filter(word => !this.stop.has(word))
    const typing = /[\p{L}\p{N}]$/u.test(text)
    wanted.telling = telling.length ? telling : wanted.words
    wanted.typing = typing
    return wanted
  }

  search(text) {
    const wanted = this.query(text)
    const size = this.docs.length
    const scores = new Float32Array(size)
    const seen = new Uint32Array(size) // which words of the query a document has, a bit for each
    const weights = []
    const corrections = []
    const known = wanted.telling.map((word, place) => {
      const { forms, corrected } = this.forms(word, wanted.typing && place === wanted.telling.length - 1)
      if (corrected) corrections.push([word, corrected])
      return forms
    })
    for (const [number, forms] of known.slice(0, 30).entries()) {
      const best = new Map()
      let rarest = 0
      for (const [root, weight] of forms) {
        const postings = this.postings.get(root)
        const rare = this.rare(root)
        rarest = Math.max(rarest, rare * weight)
        const here = new Map()
        for (let at = 0; at < postings.length; at += 3) {
          const [place, field, count] = [postings[at], postings[at + 1], postings[at + 2]]
          const [, boost, length] = FIELDS[field]
          const norm = 1 - length + length * this.lengths[field][place] / this.mean[field]
          here.set(place, (here.get(place) ?? 0) + boost * count / norm)
        }
        for (const [place, frequency] of here) {
          const score = weight * rare * frequency / (SATURATION + frequency)
          if (score > (best.get(place) ?? 0)) best.set(place, score)
        }
      }
      weights.push(rarest || 4) // a word that nobody knows counts against every document alike
      for (const [place, score] of best) {
        scores[place] += score
        seen[place] |= 1 << number
      }
    }
    const exact = this.titles.get(wanted.words.map(stem).join(" ")) ?? this.titles.get(wanted.telling.map(stem).join(" "))
    const asked = new Set(known.map((forms, place) => [...forms.keys()][0] ?? wanted.telling[place])).size // different words
    // A section that lacks a word which its page has elsewhere is better than one that lacks it for good.
    const whole = new Uint32Array(size) // page -> which words it has
    for (let place = 0; place < size; place++) whole[this.page[place]] |= seen[place]
    const all = weights.reduce((sum, weight) => sum + weight, 0)
    const cover = bits => weights.reduce((sum, weight, number) => sum + (bits & (1 << number) ? weight : 0), 0) / all
    const likeness = this.likeness(known, weights, all)
    const found = []
    for (let place = 0; place < size; place++) {
      if (!scores[place] || !this.allowed(place, wanted)) continue
      const doc = this.docs[place]
      const share = 0.6 * cover(seen[place]) ** 2 + 0.4 * cover(whole[this.page[place]]) ** 2
      let score = scores[place] * share * (KINDS[doc.k] ?? 1)
      if (exact?.has(place)) score *= doc.k === "Section" ? 3 : 4
      else if (asked > 1) score *= (1 + 2.5 * (likeness.get(place) ?? 0)) * (doc.k === "Term" && asked > 2 ? 0.75 : 1)
      found.push([place, score])
    }
    const items = this.groups(found.sort((a, b) => b[1] - a[1]), known)
    return { items, corrections, near: items.length ? [] : this.near(wanted.telling) }
  }

  // How nearly the query is one of the names or questions of a document: shared words, of the words of both, rare words
  // counting more. 1 is the same words.
  likeness(known, weights, all) {
    const shared = new Map()
    const count = new Map()
    known.slice(0, 30).forEach((forms, number) => {
      const best = new Map()
      for (const [root, weight] of forms) {
        for (const name of this.names.get(root) ?? []) if (weight > (best.get(name) ?? 0)) best.set(name, weight)
      }
      for (const [name, weight] of best) {
        shared.set(name, (shared.get(name) ?? 0) + weight * weights[number])
        count.set(name, (count.get(name) ?? 0) + 1)
      }
    })
    const found = new Map()
    for (const [name, weight] of shared) {
      if (count.get(name) < 2) continue
      const like = 0.5 * weight / all + 0.5 * weight / Math.max(weight, this.sizes[name] + all - weight)
      const place = this.named[name]
      if (like > (found.get(place) ?? 0)) found.set(place, like)
    }
    return found
  }

  // Whether a query has a phrase, a sign or a field: words that must or must not be there.
  demands(query) {
    const { phrases, not, never, must, fields } = typeof query === "string" ? this.query(query) : query
    return [phrases, not, never, must, fields].some(list => list.length)
  }

  allowed(place, wanted) {
    if (!this.demands(wanted)) return true
    const { phrases, not, never, must, fields } = wanted
    const doc = this.docs[place]
    const words = split(`${doc.t} ${(doc.a ?? []).join(" ")} ${this.text(place)}`)
    const whole = ` ${words.join(" ")} `
    const roots = new Set(words.map(stem))
    return phrases.every(phrase => whole.includes(` ${phrase} `)) && !not.some(phrase => whole.includes(` ${phrase} `)) &&
      !never.some(root => roots.has(root)) && must.every(root => roots.has(root)) &&
      fields.every(([field, root]) => split(field === "t" ? doc.t : this.text(place)).map(stem).includes(root))
  }

  // Results page by page; where records share a page, each record is a result of its own.
  groups(found, known) {
    const groups = new Map()
    const roots = known.flatMap(forms => [...forms.keys()])
    for (const [place, score] of found.slice(0, 300)) {
      const doc = this.docs[place]
      const page = this.page[place]
      if (!groups.has(page)) groups.set(page, [])
      groups.get(page).push({ doc, score, place })
    }
    return [...groups.values()]
      .map(items => ({ items, score: items[0].score + 0.1 * items.slice(1, 4).reduce((sum, item) => sum + item.score, 0) }))
      .sort((a, b) => b.score - a.score).slice(0, MOST)
      .map(({ items }) => this.headed(items.slice(0, 4)).map(({ doc, score, place }) => ({
        location: doc.l, score, terms: {}, title: (doc.k === "Section" || doc.k === "Page" ? "" : `${doc.k}: `) + escape(doc.t),
        text: teaser(this.text(place), roots),
      })))
  }

  // The theme makes a heading of the item that is a whole page; where sections are all there is, the page comes with them.
  headed(items) {
    const place = this.whole.get(this.page[items[0].place])
    if (place !== undefined && items.every(({ doc }) => doc.l.includes("#"))) items[Math.min(items.length, 3)] = { doc: this.docs[place], score: 0, place }
    return items
  }
}

const escape = text => text.replace(/[&<>"]/g, sign => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign])

// The part of a text where most words of the query stand, with those words marked.
function teaser(text, roots) {
  const wanted = new Set(roots)
  const words = text.split(/\s+/)
  const hits = words.map(word => split(word).some(part => wanted.has(stem(part))))
  let best = 0
  let most = -1
  for (let start = 0, count = 0; start < words.length; start++) {
    count += hits[start] ? 1 : 0
    if (start >= 30) count -= hits[start - 30] ? 1 : 0
    if (count > most) [most, best] = [count, Math.max(0, start - 29)]
  }
  const part = words.slice(best, best + 30).map((word, place) => hits[best + place] ? `<mark>${escape(word)}</mark>` : escape(word))
  return (best ? "… " : "") + part.join(" ") + (best + 30 < words.length ? " …" : "")
}
