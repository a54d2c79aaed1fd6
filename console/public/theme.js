// A file of its own, because the policy of the page allows no inline script. It runs before the first paint, so that a
// reader in the dark sees no white flash.
try {
  const theme = localStorage.getItem('watchword.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Where storage is forbidden the theme of the system stays.
}
