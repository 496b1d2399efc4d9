// The server's check of a form: form-js's own conditions and validator, and our components' checks, as in the browser.
import { dateAndTime, parseDate } from 'feelin';
import { checkForm as walk } from '../../web/assets/forms/walk.js';

export { messages } from '../../web/assets/forms/messages.js';

/** `{data, errors}` of an answer; `now` is an ISO text in Asia/Shanghai. */
export function checkForm({ schema, answer, known, now }) {
  const functions = { now: () => dateAndTime(now), today: () => parseDate(now.split('T')[0]) };
  return walk(schema, answer, known, { now, functions });
}
