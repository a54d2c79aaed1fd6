import { encodeForm, indent, type ExampleBody, type Language } from './language.ts'

export const php: Language = {
  id: 'php',
  name: 'PHP',
  highlighting: 'php',
  write({ method, url, headers, body }) {
    const options = [
      ...(method === 'GET' ? [] : [`CURLOPT_CUSTOMREQUEST => ${quote(method)},`]),
      ...(headers.length === 0
        ? []
        : [
            `CURLOPT_HTTPHEADER => [\n${headers.map(([name, value]) => `        ${quote(`${name}: ${value}`)},`).join('\n')}\n    ],`,
          ]),
      ...(body === null ? [] : [`CURLOPT_POSTFIELDS => ${writeBody(body)},`]),
      'CURLOPT_RETURNTRANSFER => true,',
    ]
    return `<?php
$request = curl_init(${quote(url)});
curl_setopt_array($request, [
${options.map((option) => `    ${option}`).join('\n')}
]);
$answer = curl_exec($request);
echo curl_getinfo($request, CURLINFO_RESPONSE_CODE), ' ', $answer;`
  },
}

const writeBody = (body: ExampleBody): string =>
  body.type === 'json' ? `json_encode(${indent(writeValue(body.value), 4)})` : quote(encodeForm(body.fields))

function writeValue(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (value === null || typeof value !== 'object') return String(value)
  const members = Array.isArray(value)
    ? value.map(writeValue)
    : Object.entries(value).map(([name, member]) => `${quote(name)} => ${writeValue(member)}`)
  // An empty array of PHP becomes a list.
  if (members.length === 0) return Array.isArray(value) ? '[]' : '(object) []'
  return `[\n    ${members.map((member) => `${indent(member, 4)},`).join('\n    ')}\n]`
}

/**
 * Within single quotes PHP interprets the backslash and the single quote. A line break would be indented with the lines
 * around it, so a text that has one stands within double quotes, where PHP also reads the dollar.
 */
const quote = (text: string): string =>
  /\p{Cc}/u.test(text) ? JSON.stringify(text).replaceAll('$', '\\$') : `'${text.replace(/[\\']/g, '\\$&')}'`
