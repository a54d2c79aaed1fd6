import { afterAll, inject } from 'vitest'
import { keepWatched, watch } from './watch.ts'

/*
 * Runs in every test file, after everything that the file itself does at its end. Files that share their imports share the
 * watch as well, so it begins empty for the next one: codes are searched in what their own file left behind.
 */

afterAll(() => {
  keepWatched(inject('canaryDirectory'), watch.watched())
  watch.forget()
})
