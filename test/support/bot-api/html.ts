/** Telegram's HTML subset, judged as the Bot API judges it. */
const TAGS: ReadonlySet<string> = new Set(['b', 'i', 'u', 's', 'code', 'pre', 'a', 'blockquote', 'tg-spoiler']);

/** @returns the text without markup, or why Telegram would refuse it */
export function parseHtml(html: string): { readonly text: string } | { readonly problem: string } {
  const open: string[] = [];
  let text = '';
  for (let at = 0; at < html.length; ) {
    const char = html[at]!;
    if (char === '<') {
      const tag = /^<(\/?)([a-z-]+)((?:\s+[a-z-]+="[^"<>]*")*)>/.exec(html.slice(at));
      if (tag === null) return { problem: `can't parse entities: unsupported start tag at byte offset ${at}` };
      const [whole, closing, name = ''] = tag;
      if (!TAGS.has(name)) return { problem: `can't parse entities: unsupported tag "${name}"` };
      if (closing === '') open.push(name);
      else if (open.pop() !== name) return { problem: `can't parse entities: unexpected end tag "${name}"` };
      at += whole.length;
    } else if (char === '&') {
      const entity = /^&(lt|gt|amp|quot|#\d+);/.exec(html.slice(at));
      if (entity === null) {
        text += char;
        at += 1;
        continue;
      }
      text += { lt: '<', gt: '>', amp: '&', quot: '"' }[entity[1]!] ?? '?';
      at += entity[0].length;
    } else {
      text += char;
      at += 1;
    }
  }
  return open.length > 0 ? { problem: `can't find end tag corresponding to start tag "${open.at(-1)}"` } : { text };
}
