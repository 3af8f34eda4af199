import { messageKeyOf } from '../realm/message-key.ts';
import type { Message } from '../theme/message.ts';
import { text } from './send-page.ts';

/** A text of an administrator, or the message that it names as `${key}`. */
export function localized(value: string): string | Message {
  const key = messageKeyOf(value);
  return key === undefined ? value : text(key);
}
