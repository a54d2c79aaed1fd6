/** A request as the examples write it: all are `POST` with JSON. */
export type ExampleRequest = { url: string; headers: Record<string, string>; body: string }

/** How a request is written in a language. */
export type Example = { id: string; name: string; render: (request: ExampleRequest) => string }

const allHeaders = ({ headers }: ExampleRequest): [string, string][] => [
  ['content-type', 'application/json'],
  ...Object.entries(headers),
]

/** The body in one line, where it can be read as JSON. */
function inOneLine(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body))
  } catch {
    return body
  }
}

const curl = (request: ExampleRequest): string => {
  // Within single quotes a shell interprets nothing but the single quote.
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  return [
    `curl ${quote(request.url)}`,
    ...allHeaders(request).map(([name, value]) => `  -H ${quote(`${name}: ${value}`)}`),
    `  -d ${quote(inOneLine(request.body))}`,
  ].join(' \\\n')
}

const indent = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`)

const typeScript = (
  request: ExampleRequest,
): string => `const answer = await fetch(${JSON.stringify(request.url)}, {
  method: 'POST',
  headers: {
${allHeaders(request)
  .map(([name, value]) => `    '${name}': ${JSON.stringify(value)},`)
  .join('\n')}
  },
  body: JSON.stringify(${indent(request.body, '  ')}),
})
console.log(answer.status, await answer.json())`

const python = (request: ExampleRequest): string =>
  `import requests

answer = requests.post(
    ${JSON.stringify(request.url)},
    headers={
${Object.entries(request.headers)
  .map(([name, value]) => `        "${name}": ${JSON.stringify(value)},`)
  .join('\n')}
    },
    json=${indent(pythonLiteral(request.body), '    ')},
)
print(answer.status_code, answer.json())`.replace(/ {4}headers=\{\n\n {4}\},\n/, '')

/** JSON is Python but for three words, which no value of a trial holds as text. */
const pythonLiteral = (body: string): string =>
  body
    .replace(/: true\b/g, ': True')
    .replace(/: false\b/g, ': False')
    .replace(/: null\b/g, ': None')

const php = (request: ExampleRequest): string => {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  return `$request = curl_init(${quote(request.url)});
curl_setopt_array($request, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [
${allHeaders(request)
  .map(([name, value]) => `        ${quote(`${name}: ${value}`)},`)
  .join('\n')}
    ],
    CURLOPT_POSTFIELDS => ${quote(inOneLine(request.body))},
]);
$answer = curl_exec($request);
echo curl_getinfo($request, CURLINFO_RESPONSE_CODE), ' ', $answer;`
}

const go = (request: ExampleRequest): string => `package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

func main() {
	body := strings.NewReader(${goText(inOneLine(request.body))})
	request, err := http.NewRequest("POST", ${JSON.stringify(request.url)}, body)
	if err != nil {
		panic(err)
	}
${allHeaders(request)
  .map(([name, value]) => `	request.Header.Set("${name}", ${JSON.stringify(value)})`)
  .join('\n')}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode, string(text))
}`

/** Between backquotes, where nothing is escaped, unless the text has one. */
const goText = (text: string): string => (text.includes('`') ? JSON.stringify(text) : `\`${text}\``)

const java = (request: ExampleRequest): string => `import java.net.URI;
import java.net.http.*;

class Example {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(${JSON.stringify(request.url)}))
${allHeaders(request)
  .map(([name, value]) => `            .header("${name}", ${JSON.stringify(value)})`)
  .join('\n')}
            .POST(HttpRequest.BodyPublishers.ofString(${JSON.stringify(inOneLine(request.body))}))
            .build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}`

/** Every language, in the order in which they are offered. */
export const examples: readonly Example[] = [
  { id: 'curl', name: 'curl', render: curl },
  { id: 'typescript', name: 'TypeScript', render: typeScript },
  { id: 'python', name: 'Python', render: python },
  { id: 'php', name: 'PHP', render: php },
  { id: 'go', name: 'Go', render: go },
  { id: 'java', name: 'Java', render: java },
]
