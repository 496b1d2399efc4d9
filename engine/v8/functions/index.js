// Every builtin function that feelin has not, or not as the standard has it.
import './numbers.js';
import './texts.js';
import './lists.js';
import './moments.js';
import './ranges.js';
import './contexts.js';
