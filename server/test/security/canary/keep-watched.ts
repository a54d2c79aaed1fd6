import { afterAll, inject } from 'vitest'
import { keepWatched, watch } from './watch.ts'

/*
 * Runs in every test file, after the file's own teardown. Files that share their imports share the watch as well, so it is
 * emptied for the next one: codes are searched in what their own file left behind.
 */

afterAll(() => {
  keepWatched(inject('canaryDirectory'), watch.watched())
  watch.forget()
})
