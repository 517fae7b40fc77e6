const root = document.documentElement
const base = root.dataset.root === '.' ? '' : `${root.dataset.root}/`

// Theme
const button = document.getElementById('theme')
const dark = () => (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
const label = () => (button.textContent = dark() ? 'Light' : 'Dark')
button.addEventListener('click', () => {
  root.dataset.theme = dark() ? 'light' : 'dark'
  try {
    localStorage.setItem('ops-docs-theme', root.dataset.theme)
  } catch {}
  label()
})
label()

// Menu of narrow windows
const menu = document.getElementById('menu')
menu.addEventListener('click', () => {
  const open = menu.getAttribute('aria-expanded') !== 'true'
  menu.setAttribute('aria-expanded', String(open))
  document.body.classList.toggle('menu-open', open)
})
document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'center' })

// Search over the headings: every word has to occur; what begins with them comes first.
const input = document.getElementById('search')
const list = document.getElementById('found')
let chosen = -1
input.addEventListener('input', () => show(input.value.trim().toLowerCase()))
input.addEventListener('keydown', (event) => {
  const links = [...list.querySelectorAll('a')]
  if (event.key === 'Escape') close()
  else if (event.key === 'Enter' && links.length) links[Math.max(chosen, 0)].click()
  else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    choose(links, (chosen + (event.key === 'ArrowDown' ? 1 : links.length - 1) + links.length) % links.length)
  }
})
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.composedPath().some((each) => each instanceof HTMLElement && (each.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(each.tagName)))) return
  event.preventDefault()
  input.focus()
})
document.addEventListener('click', (event) => {
  if (!event.target.closest?.('.search')) close()
})

function show(text) {
  if (!text) return close()
  const words = text.split(/\s+/)
  const score = ([, page, heading]) => {
    const where = `${heading} ${page}`.toLowerCase()
    if (!words.every((word) => where.includes(word))) return 0
    return (heading.toLowerCase().startsWith(text) ? 4 : 0) + (heading.toLowerCase().includes(words[0]) ? 2 : 0) + 1
  }
  const found = window.opsDocs.map((entry) => [score(entry), entry]).filter(([points]) => points).sort(([a], [b]) => b - a).slice(0, 12)
  list.replaceChildren(...(found.length ? found.map(([, entry], index) => row(entry, index)) : [nothing(text)]))
  chosen = -1
  open(true)
}

function row([path, page, heading], index) {
  const item = document.createElement('li')
  item.id = `found-${index}`
  item.setAttribute('role', 'option')
  item.setAttribute('aria-selected', 'false')
  const link = document.createElement('a')
  link.href = base + path
  link.tabIndex = -1
  link.textContent = heading
  if (page !== heading) {
    const where = document.createElement('span')
    where.textContent = page
    link.append(' ', where)
  }
  item.append(link)
  return item
}

function nothing(text) {
  const item = document.createElement('li')
  item.setAttribute('role', 'option')
  item.setAttribute('aria-selected', 'false')
  item.textContent = `No heading has “${text}”`
  return item
}

function choose(links, index) {
  chosen = index
  for (const [at, link] of links.entries()) link.parentElement.setAttribute('aria-selected', String(at === index))
  input.setAttribute('aria-activedescendant', `found-${index}`)
  links[index]?.scrollIntoView({ block: 'nearest' })
}

function open(yes) {
  list.hidden = !yes
  input.setAttribute('aria-expanded', String(yes))
  if (!yes) input.removeAttribute('aria-activedescendant')
}

function close() {
  open(false)
}
