import type { Message } from '../messenger.ts';

/** Telegram takes so many characters of text, as the reader sees them. */
const LONGEST = 4_096;

/** A message without markup, which Telegram cannot misread. */
export function plain(message: Message): Message {
  const text = message.html.replace(/<[^>]*>/g, '');
  return { ...message, html: shorten(text) };
}

/** Cuts between characters, never inside an entity such as `&amp;`. */
function shorten(text: string): string {
  const units = text.match(/&(?:lt|gt|amp|quot|#\d+);|[\s\S]/gu) ?? [];
  return units.length <= LONGEST ? text : `${units.slice(0, LONGEST - 1).join('')}…`;
}
