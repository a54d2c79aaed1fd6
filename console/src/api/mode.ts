/** Whether this server is one of development, which has an inbox and a demo key; the server writes it into the page. */
export const isDevelopment =
  document.querySelector('meta[name="watchword-mode"]')?.getAttribute('content') === 'development'
