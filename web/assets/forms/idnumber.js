// Resident ID numbers by GB 11643: 6 digits of area, 8 of birth, 3 of order (odd: male), a check digit.
// A disability certificate adds 2 digits (20), and 2 more when it was issued anew (22).
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';

/** The fault's code, or null for a valid number. */
export function idFault(number) {
  if (![18, 20, 22].includes(number.length)) return 'id_length';
  if (!/^\d{17}[\dX]\d*$/.test(number)) return 'id_characters';
  if (birthOf(number) === null) return 'id_birth';
  return checkDigit(number) === number[17] ? null : 'id_check';
}

/** The check digit that the first 17 digits ask for. */
export function checkDigit(number) {
  return checkDigits[weights.reduce((sum, weight, at) => sum + weight * Number(number[at]), 0) % 11];
}

/** The birth date in a number as ISO text; null where there is no such day. */
export function birthOf(number) {
  const [, year, month, day] = /^\d{6}(\d{4})(\d{2})(\d{2})/.exec(number) ?? [];
  const date = `${year}-${month}-${day}`;
  return isDate(date) && year >= '1850' ? date : null;
}

/** 男 or 女, by digit 17. */
export function sexOf(number) {
  return Number(number[16]) % 2 ? '男' : '女';
}

/** Whether a text is a day of the calendar, as ISO 8601 writes it. */
export function isDate(text) {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (!year) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
