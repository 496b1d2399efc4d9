// What we add to bpmn-js; `choices` are given by the page (web/studio/choices.py).
import { Extensions } from './extensions.js';
import { Insertion } from './insert.js';
import { NamesInReach } from './names.js';
import { Offered } from './palette.js';
import { StepProperties } from './properties.js';

export const drawingModule = (choices) => ({
  __init__: ['insertion', 'offered', 'stepProperties'],
  choices: ['value', choices],
  extensions: ['type', Extensions],
  insertion: ['type', Insertion],
  offered: ['type', Offered],
  stepProperties: ['type', StepProperties],
  variableResolver: ['type', NamesInReach]
});
