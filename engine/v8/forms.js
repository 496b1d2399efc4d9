// The server's check of a form: form-js's own conditions and validator, and our components' checks, as in the browser.
import { checkForm as walk } from '../../web/assets/forms/walk.js';
import { prepare } from './conditions.js';

export { messages } from '../../web/assets/forms/messages.js';

/** `{data, errors}` of an answer; `now` is an ISO text in Asia/Shanghai. */
export function checkForm({ schema, answer, known, now }) {
  const functions = prepare([known, answer], now);
  return walk(schema, answer, known, { now, functions });
}
