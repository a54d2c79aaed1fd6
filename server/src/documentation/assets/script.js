/*
 * What the pages do besides being read: copy, remember the language, search, and in development send a request. Without
 * this script every page can be read and every example selected.
 */

const root = new URL(document.documentElement.dataset.root ?? './', location.href)
document.documentElement.classList.add('scripted')

addCopyButtons(document)
rememberLanguage()
openSearch()
openTrials()
showCurrentPage()

/** The list begins where the current page stands in it. */
function showCurrentPage() {
  const list = document.querySelector('#list')
  const current = list.querySelector('[aria-current]')
  if (current !== null && current.offsetTop > list.clientHeight - 64) list.scrollTop = current.offsetTop - 160
}

/** Every block of code gets a button; it says for a moment what it has done. */
function addCopyButtons(parent) {
  for (const figure of parent.querySelectorAll('figure.code')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.setAttribute('aria-label', `Copy: ${figure.querySelector('figcaption').textContent}`)
    button.addEventListener('click', async () => {
      const done = await copy(figure.querySelector('code'))
      button.textContent = done ? 'Copied' : 'Selected'
      setTimeout(() => {
        button.textContent = 'Copy'
      }, 1500)
    })
    figure.querySelector('figcaption').append(button)
  }
}

/** Only a secure origin has the clipboard; elsewhere the block is selected for the keyboard. */
async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent)
    return true
  } catch {
    getSelection().selectAllChildren(code)
    return false
  }
}

/** The language of one example is that of all, on every page. */
function rememberLanguage() {
  const key = 'watchword-language'
  const show = (language) => {
    for (const input of document.querySelectorAll('.languages > input')) {
      if (input.value === language) input.checked = true
    }
  }
  show(readStored(key))
  addEventListener('storage', (event) => {
    if (event.key === key) show(event.newValue)
  })
  for (const tabs of document.querySelectorAll('.languages')) {
    tabs.addEventListener('change', ({ target }) => {
      const { top } = target.getBoundingClientRect()
      show(target.value)
      // The examples above may be longer or shorter now; what the reader looks at stays where it is.
      scrollBy({ top: target.getBoundingClientRect().top - top, behavior: 'instant' })
      try {
        localStorage.setItem(key, target.value)
      } catch {
        // A browser that stores nothing has the choice for this page.
      }
    })
  }
}

function readStored(key) {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Answers as one types, from an index that is loaded when the field is first used. */
function openSearch() {
  const form = document.querySelector('.search')
  const input = form.querySelector('input')
  const results = form.querySelector('.results')
  const found = form.querySelector('.found')
  let index = null

  const load = () => {
    index ??= fetch(new URL('docs/search.json', root))
      .then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status))
        return answer.json()
      })
      .then(prepare)
      .catch(() => {
        index = null
        return null
      })
    return index
  }
  const close = () => {
    results.hidden = true
    results.replaceChildren()
    found.textContent = ''
  }
  const show = async () => {
    const words = wordsOf(input.value)
    if (words.length === 0) return close()
    const entries = await load()
    // The reader may have typed on while the index was loading.
    if (wordsOf(input.value).join(' ') !== words.join(' ')) return
    const hits = entries === null ? [] : search(entries, words)
    results.replaceChildren(renderHits(hits, words, entries === null))
    results.hidden = false
    found.textContent = hits.length === 0 ? 'Nothing found' : `${hits.length} found`
  }

  input.addEventListener('focus', load, { once: true })
  input.addEventListener('input', show)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    results.querySelector('a')?.click()
  })
  form.addEventListener('focusout', ({ relatedTarget }) => {
    if (!form.contains(relatedTarget)) close()
  })
  form.addEventListener('focusin', ({ target }) => {
    if (target === input && results.hidden) show()
  })
  form.addEventListener('click', ({ target }) => {
    if (target.closest('.results a')) close()
  })
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      close()
      return input.blur()
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const stops = [input, ...results.querySelectorAll('a')]
    stops[stops.indexOf(document.activeElement) + step]?.focus()
  })
  addEventListener('keydown', (event) => {
    const isTyping = event.target.closest?.('input, textarea, select, [contenteditable]')
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return
    event.preventDefault()
    input.focus()
    input.select()
  })
}

const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

const wordsOf = (text) => fold(text).split(/\s+/).filter(Boolean)

/** The texts are folded once, so that a keystroke only looks through them. */
const prepare = (entries) =>
  entries.map((entry) => ({ ...entry, title: fold(entry.t), heading: fold(entry.h), text: fold(entry.x) }))

const hitsMax = 20

/** Every word must be there; a word in a title or heading counts more than one in the text. */
function search(entries, words) {
  const scored = []
  const phrase = words.join(' ')
  for (const entry of entries) {
    let score = entry.k === 'reference' ? 2 : 0
    for (const word of words) {
      // "a" begins a word of almost every heading, which says nothing.
      const ofHeading = word.length < 3 ? 1 : 10
      const points =
        ofHeading * beginsWord(entry.heading, word) +
        (ofHeading / 2) * beginsWord(entry.title, word) +
        beginsWord(entry.text, word)
      if (points === 0) {
        score = 0
        break
      }
      score += points
    }
    if (score <= 2) continue
    // Who pastes a message looks for the page that has all of it.
    if (words.length > 1 && (entry.heading.includes(phrase) || entry.text.includes(phrase))) score += 20
    scored.push({ entry, score })
  }
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, hitsMax)
    .map(({ entry }) => entry)
}

/** 1 where a word of the text begins with the given one, 0.4 where it is within a word, else 0. */
function beginsWord(text, word) {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return 1
  }
  return text.includes(word) ? 0.4 : 0
}

function renderHits(hits, words, isMissing) {
  if (hits.length === 0) {
    const sentence = document.createElement('p')
    sentence.textContent = isMissing
      ? 'The search could not be loaded. Reload the page to try again.'
      : 'Nothing found. Try fewer or shorter words.'
    return sentence
  }
  const list = document.createElement('ul')
  for (const { t, h, a, x } of hits) {
    const link = document.createElement('a')
    link.href = new URL(a, root)
    const page = document.createElement('span')
    page.className = 'page'
    page.textContent = h === '' ? '' : ` ${t}`
    const excerpt = document.createElement('span')
    excerpt.className = 'excerpt'
    excerpt.append(...marked(excerptOf(x, words), words))
    link.append(...marked(h === '' ? t : h, words), page, excerpt)
    const item = document.createElement('li')
    item.append(link)
    list.append(item)
  }
  return list
}

/** The text from a little before all words in a row, or before the longest one, which says most about what was found. */
function excerptOf(text, words) {
  const folded = fold(text)
  const [longest = ''] = [...words].sort((a, b) => b.length - a.length)
  const inARow = folded.indexOf(words.join(' '))
  const at = inARow === -1 ? folded.indexOf(longest) : inARow
  const begin = at < 30 ? 0 : text.lastIndexOf(' ', at - 20) + 1
  return (begin === 0 ? '' : '… ') + text.slice(begin, begin + 160)
}

/** The text in pieces, of which the found ones are marked. */
function marked(text, words) {
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return text.split(new RegExp(`(${escaped.join('|')})`, 'i')).map((piece, index) => {
    if (index % 2 === 0) return piece
    const mark = document.createElement('mark')
    mark.textContent = piece
    return mark
  })
}

/** The forms of development. */
function openTrials() {
  for (const trial of document.querySelectorAll('.trial')) {
    trial.hidden = false
    const form = trial.matches('form') ? trial : trial.querySelector('form')
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void send(form)
    })
    form.addEventListener('input', ({ target }) => {
      if (target.dataset.same !== undefined) fillIn(target.dataset.same, target.value)
    })
  }
}

async function send(form) {
  const button = form.querySelector('button')
  const output = form.querySelector('output')
  button.disabled = true
  const startedAt = performance.now()
  try {
    const answer = await fetch(...requestOf(form))
    const text = await answer.text()
    const milliseconds = Math.round(performance.now() - startedAt)
    renderOutput(output, form, { answer, text, milliseconds })
  } catch (error) {
    output.replaceChildren(paragraph(`The request was not answered: ${error.message}`))
  } finally {
    button.disabled = false
  }
}

/** The address and options of the request that a form describes. */
function requestOf(form) {
  let path = form.dataset.path
  const query = new URLSearchParams()
  const headers = { accept: 'application/json' }
  const fields = {}
  for (const input of form.querySelectorAll('input')) {
    const [kind, name] = input.name.split(/:(.*)/)
    if (kind === 'path') path = path.replace(`{${name}}`, encodeURIComponent(input.value))
    if (input.value === '') continue
    if (kind === 'query') query.append(name, input.value)
    if (kind === 'header') headers[name] = input.value
    if (kind === 'body') fields[name] = input.value
  }
  const url = new URL(path.slice(1), root)
  for (const [name, value] of query) url.searchParams.append(name, value)
  const text = form.querySelector('textarea')?.value
  const isFilledIn = Object.keys(fields).length > 0
  const body = isFilledIn ? JSON.stringify({ ...JSON.parse(text), ...fields }) : text
  return [url, { method: form.dataset.method, headers, ...(body === undefined ? {} : { body }) }]
}

function renderOutput(output, form, { answer, text, milliseconds }) {
  const value = parseJson(text)
  if (form.dataset.path === '/dev/inbox' && answer.ok) return renderFound(output, value)
  const status = paragraph(`${answer.status} ${answer.statusText} in ${milliseconds} ms`)
  status.className = `status ${answer.ok ? 'good' : 'bad'}`
  const figure = document.createElement('figure')
  figure.className = 'code'
  const caption = document.createElement('figcaption')
  caption.textContent = 'Answer'
  const pre = document.createElement('pre')
  pre.tabIndex = 0
  const block = document.createElement('code')
  block.textContent = value === undefined ? text || '(no body)' : JSON.stringify(value, null, 2)
  pre.append(block)
  figure.append(caption, pre)
  output.replaceChildren(status, figure)
  addCopyButtons(output)
}

function paragraph(text, className) {
  const element = document.createElement('p')
  element.textContent = text
  if (className) element.className = className
  return element
}

function parseJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Shows the newest code of the inbox, and puts it where it is checked. */
function renderFound(output, messages) {
  const code = messages.find((message) => message.code !== null)?.code
  if (code === undefined) {
    output.replaceChildren(paragraph('No code has arrived yet. Send one first.'))
    return
  }
  output.replaceChildren(paragraph(code, 'big-code'))
  fillIn('code', code)
}

/** Puts a value into every field that shares it. */
function fillIn(name, value) {
  for (const input of document.querySelectorAll(`[data-same="${name}"]`)) input.value = value
}
