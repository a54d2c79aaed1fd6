import { encodeForm, type Language, prettyJson } from './language.ts'

export const go: Language = {
  id: 'go',
  name: 'Go',
  highlighting: 'go',
  write({ method, url, headers, body }) {
    const text =
      body === null ? null : body.type === 'json' ? prettyJson(body.value) : encodeForm(body.fields)
    const reader = text === null ? 'nil' : 'body'
    return `package main

import (
	"fmt"
	"io"
	"net/http"${text === null ? '' : '\n\t"strings"'}
)

func main() {
${text === null ? '' : `\tbody := strings.NewReader(${quoteBlock(text)})\n`}	request, err := http.NewRequest(${quote(method)}, ${quote(url)}, ${reader})
	if err != nil {
		panic(err)
	}
${headers.map(([name, value]) => `\trequest.Header.Set(${quote(name)}, ${quote(value)})\n`).join('')}	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(response.StatusCode, string(answer))
}`
  },
}

/** A raw text may hold everything but its own quote. */
const quoteBlock = (text: string): string => (text.includes('`') ? quote(text) : `\`${text}\``)

/** A text of JSON is one of the language. */
const quote = (text: string): string => JSON.stringify(text)
