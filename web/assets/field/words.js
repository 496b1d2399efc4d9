/** A sentence of the page with its {n} and {all} filled in. */
export const numbered = (text, numbers) => Object.entries(numbers).reduce((made, [name, value]) => made.replace(`{${name}}`, value), text);
