import { afterAll, inject } from 'vitest'
import { keepWatched, watch } from './watch.ts'

/* Runs in every test file, after everything that the file itself does at its end. */

afterAll(() => keepWatched(inject('canaryDirectory'), watch.watched()))
