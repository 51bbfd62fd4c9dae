import { parseHtml } from './html.ts';

interface ShownButton {
  readonly text: string;
  readonly data: string;
}

/** A message of the bot as the owner sees it now. */
export interface ShownMessage {
  readonly chat: number;
  readonly id: number;
  html: string;
  /** without markup */
  text: string;
  buttons: ShownButton[];
  readonly silent: boolean;
  /** the PNG, where it is a photo */
  photo: Uint8Array | null;
  /** its texts before, oldest first */
  readonly edits: string[];
  deleted: boolean;
}

/** What the Bot API answers a request it understands and refuses. */
export class Refusal extends Error {
  readonly code: number;
  constructor(code: number, description: string) {
    super(description);
    this.code = code;
  }
}

export type Fields = Readonly<Record<string, unknown>>;

const MOST_TEXT = 4_096;
const MOST_CAPTION = 1_024;
const MOST_DATA = 64;
const PNG = [0x89, 0x50, 0x4e, 0x47];

/** The chats of the local Bot API server, with Telegram's own limits. */
export function createChats() {
  const messages: ShownMessage[] = [];
  let lastId = 1_000;

  const number = (fields: Fields, name: string): number => {
    const value = Number(fields[name]);
    if (!Number.isSafeInteger(value) || value === 0) throw new Refusal(400, `Bad Request: ${name} is invalid`);
    return value;
  };
  const contentOf = (fields: Fields, name: 'text' | 'caption', most: number): { html: string; text: string } => {
    const html = String(fields[name] ?? '');
    const parsed = fields.parse_mode === 'HTML' ? parseHtml(html) : { text: html };
    if ('problem' in parsed) throw new Refusal(400, `Bad Request: ${parsed.problem}`);
    if (name === 'text' && parsed.text.trim() === '') throw new Refusal(400, 'Bad Request: message text is empty');
    if (parsed.text.length > most)
      throw new Refusal(400, `Bad Request: message ${name === 'text' ? '' : 'caption '}is too long`);
    return { html, text: parsed.text };
  };
  const buttonsOf = (fields: Fields): ShownButton[] => {
    const given = fields.reply_markup;
    const markup = (typeof given === 'string' ? JSON.parse(given) : given) as
      | { inline_keyboard?: { text: string; callback_data: string }[][] }
      | undefined;
    return (markup?.inline_keyboard ?? []).flat().map((button) => {
      const data = button.callback_data;
      if (Buffer.byteLength(data) > MOST_DATA || data === '')
        throw new Refusal(400, 'Bad Request: BUTTON_DATA_INVALID');
      return { text: button.text, data };
    });
  };
  const add = (fields: Fields, content: { html: string; text: string }, photo: Uint8Array | null): ShownMessage => {
    const message = {
      chat: number(fields, 'chat_id'),
      id: ++lastId,
      ...content,
      buttons: buttonsOf(fields),
      silent: String(fields.disable_notification ?? false) === 'true',
      photo,
      edits: [],
      deleted: false,
    };
    messages.push(message);
    return message;
  };
  const find = (fields: Fields, what: string): ShownMessage => {
    const [chat, id] = [number(fields, 'chat_id'), number(fields, 'message_id')];
    const found = messages.find((message) => message.chat === chat && message.id === id && !message.deleted);
    if (found === undefined) throw new Refusal(400, `Bad Request: message to ${what} not found`);
    return found;
  };
  const photoIn = (fields: Fields): Uint8Array => {
    const { photo } = fields;
    if (!(photo instanceof Uint8Array)) throw new Refusal(400, 'Bad Request: there is no photo in the request');
    if (!PNG.every((byte, index) => photo[index] === byte)) throw new Refusal(400, 'Bad Request: IMAGE_PROCESS_FAILED');
    return photo;
  };
  const change = (message: ShownMessage, content: { html: string; text: string }, buttons: ShownButton[]): void => {
    if (message.html === content.html && JSON.stringify(message.buttons) === JSON.stringify(buttons)) {
      throw new Refusal(
        400,
        'Bad Request: message is not modified: specified new message content and reply markup are exactly the same',
      );
    }
    message.edits.push(message.text);
    Object.assign(message, content, { buttons });
  };
  const wire = (message: ShownMessage) => ({
    message_id: message.id,
    date: Math.floor(Date.now() / 1_000),
    chat: { id: message.chat, type: message.chat < 0 ? 'group' : 'private' },
    ...(message.photo === null
      ? { text: message.text }
      : { caption: message.text, photo: [{ file_id: `p${message.id}` }] }),
  });

  const methods: Readonly<Record<string, (fields: Fields) => unknown>> = {
    sendMessage: (fields) => wire(add(fields, contentOf(fields, 'text', MOST_TEXT), null)),
    sendPhoto: (fields) => wire(add(fields, contentOf(fields, 'caption', MOST_CAPTION), photoIn(fields))),
    sendDocument: (fields) => wire(add(fields, contentOf(fields, 'caption', MOST_CAPTION), null)),
    editMessageText: (fields) => {
      const message = find(fields, 'edit');
      if (message.photo !== null) throw new Refusal(400, 'Bad Request: there is no text in the message to edit');
      change(message, contentOf(fields, 'text', MOST_TEXT), buttonsOf(fields));
      return wire(message);
    },
    editMessageCaption: (fields) => {
      const message = find(fields, 'edit');
      change(message, contentOf(fields, 'caption', MOST_CAPTION), buttonsOf(fields));
      return wire(message);
    },
    editMessageMedia: (fields) => {
      const message = find(fields, 'edit');
      const given = fields.media;
      const media = (typeof given === 'string' ? JSON.parse(given) : given) as Fields;
      const attached = String(media.media).replace('attach://', '');
      message.photo = photoIn({ photo: fields[attached] });
      change(message, contentOf(media, 'caption', MOST_CAPTION), buttonsOf(fields));
      return wire(message);
    },
    editMessageReplyMarkup: (fields) => {
      const message = find(fields, 'edit');
      change(message, { html: message.html, text: message.text }, buttonsOf(fields));
      return wire(message);
    },
    deleteMessage: (fields) => {
      find(fields, 'delete').deleted = true;
      return true;
    },
    sendChatAction: () => true,
  };
  return { messages, methods };
}
