// New rows of a list appear by themselves: while somebody follows it, the page is read again and again, and rows that
// it has and this one has not are put on top. Without this script there is a link that does the same once.
(() => {
  'use strict'
  const list = document.querySelector('tbody[data-follow]')
  const button = document.getElementById('follow')
  if (!list || !button) return
  const newest = (rows) => Math.max(0, ...[...rows].map((row) => Number(row.dataset.seq)))
  const most = 500
  let timer

  const read = async () => {
    if (!document.hidden) {
      const answer = await fetch(list.dataset.follow, { headers: { accept: 'text/html' }, redirect: 'error' })
      if (!answer.ok) return stop()
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const last = newest(list.rows)
      const rows = [...page.querySelectorAll('tbody[data-follow] > tr')].filter((row) => Number(row.dataset.seq) > last)
      list.prepend(...rows.map((row) => document.importNode(row, true)))
      while (list.rows.length > most) list.rows[list.rows.length - 1].remove()
    }
    timer = setTimeout(() => read().catch(stop), 2000)
  }
  const stop = () => {
    clearTimeout(timer)
    button.setAttribute('aria-pressed', 'false')
  }
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-pressed') === 'true') return stop()
    button.setAttribute('aria-pressed', 'true')
    read().catch(stop)
  })
  button.hidden = false
})()
