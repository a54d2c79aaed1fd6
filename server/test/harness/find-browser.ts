import { existsSync } from 'node:fs'

/*
 * The tests in a browser use one that is installed already. Working on the server must not require one, so without it
 * they are left out; `.ci/run` installs one, and in CI a missing browser is a failure.
 */

/** Where the browser is; undefined where none is installed. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)

/** Whether the tests in a browser run. */
export const canBrowse = browserPath !== undefined || process.env.CI === 'true'
