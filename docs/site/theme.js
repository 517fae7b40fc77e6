// Before the first paint, so that a chosen theme does not flash.
try {
  const theme = localStorage.getItem('ops-docs-theme')
  if (theme) document.documentElement.dataset.theme = theme
} catch {}
