import { curl } from './curl.ts'
import { go } from './go.ts'
import { java } from './java.ts'
import type { Language } from './language.ts'
import { php } from './php.ts'
import { python } from './python.ts'
import { typescript } from './typescript.ts'

/** The languages that every request is shown in. A new one is a file and a line. */
export const languages: readonly Language[] = [curl, typescript, python, php, go, java]
