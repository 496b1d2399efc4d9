/** A fault that is told to the caller: a code (see engine/feel.py) and what it is about. */
export class Fault extends Error {
  constructor(code, details = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
