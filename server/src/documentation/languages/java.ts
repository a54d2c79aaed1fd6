import { encodeForm, indent, type Language, prettyJson } from './language.ts'

export const java: Language = {
  id: 'java',
  name: 'Java',
  highlighting: 'java',
  write({ method, url, headers, body }) {
    const publisher =
      body === null
        ? 'HttpRequest.BodyPublishers.noBody()'
        : `HttpRequest.BodyPublishers.ofString(${
            body.type === 'json'
              ? indent(quoteBlock(prettyJson(body.value)), 16)
              : quote(encodeForm(body.fields))
          })`
    return `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Example {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(${quote(url)}))
${headers.map(([name, value]) => `            .header(${quote(name)}, ${quote(value)})\n`).join('')}            .method(${quote(method)}, ${publisher})
            .build();
        var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(response.statusCode() + " " + response.body());
    }
}`
  },
}

/** A text block; the backslash keeps its meaning in it, and three quotes end it. */
const quoteBlock = (text: string): string =>
  `"""\n${text.replaceAll('\\', '\\\\').replaceAll('"""', '\\"""')}"""`

/** A text of JSON is one of the language. */
const quote = (text: string): string => JSON.stringify(text)
