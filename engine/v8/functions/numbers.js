// 10.3.4.1 and 10.3.4.5 of the standard: numbers. Rounding goes by a number's decimal digits, not by its double.
import { define } from './define.js';

const [LEAST_SCALE, MOST_SCALE] = [-6111, 6176];
const number = ['n', 'number'];
const scale = ['scale', 'number'];
const fromText = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

define('number', [['from', 'string'], ['grouping separator', 'string?'], ['decimal separator', 'string?']], (from, grouping, decimal) => {
  if (grouping !== null && ![' ', '.', ','].includes(grouping)) return null;
  if (decimal !== null && (!['.', ','].includes(decimal) || decimal === grouping)) return null;
  if (grouping === '.' && decimal === null) return null;
  const plain = (grouping ? from.replaceAll(grouping, '') : from).replace(decimal ?? '.', '.');
  return fromText.test(plain) ? Number(plain) : null;
});

function rounding(name, round, optional = false) {
  define(name, [number, optional ? ['scale', 'number?'] : scale], (n, digits) => {
    const places = digits ?? 0;
    if (!Number.isInteger(places) && places !== Math.trunc(places)) return null;
    return places < LEAST_SCALE || places > MOST_SCALE ? null : rounded(n, Math.trunc(places), round);
  });
}

// 1.005 is 1.005 and not the double just below: the shift is one of the decimal point in its text.
function rounded(n, places, round) {
  if (!Number.isFinite(n) || places > 300) return n;
  if (places < -300) return 0;
  const shifted = shift(n, places);
  return Number.isFinite(shifted) ? shift(round(shifted), -places) + 0 : n;
}

function shift(n, by) {
  const [digits, exponent = '0'] = String(n).split('e');
  return Number(`${digits}e${Number(exponent) + by}`);
}

const half = (n) => Math.abs(n % 1) === 0.5;
const up = (n) => Math.sign(n) * Math.ceil(Math.abs(n));
const down = (n) => Math.trunc(n);
const nearest = (n) => Math.sign(n) * Math.round(Math.abs(n));
const even = (n) => (half(n) ? 2 * Math.round(n / 2) : nearest(n));

rounding('decimal', even);
rounding('floor', Math.floor, true);
rounding('ceiling', Math.ceil, true);
rounding('round up', up);
rounding('round down', down);
rounding('round half up', nearest);
rounding('round half down', (n) => (half(n) ? down(n) : nearest(n)));

define('modulo', [['dividend', 'number'], ['divisor', 'number']], (dividend, divisor) => {
  if (divisor === 0) return null;
  const places = Math.max(fraction(dividend), fraction(divisor));
  const [a, b] = [shift(dividend, places), shift(divisor, places)];
  return shift(((a % b) + b) % b, -places) + 0;
});

function fraction(n) {
  const [digits, exponent = '0'] = String(n).split('e');
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent));
}

define('sqrt', [['number', 'number']], (n) => (n < 0 ? null : Math.sqrt(n)));
define('log', [['number', 'number']], (n) => (n <= 0 ? null : Math.log(n)));
define('exp', [['number', 'number']], Math.exp);
define('odd', [['number', 'number']], (n) => Math.abs(n % 2) === 1);
define('even', [['number', 'number']], (n) => n % 2 === 0);
