// What we add to bpmn-js; `choices` are given by the page (web/studio/choices.py).
import { Extensions } from './extensions.js';
import { NamesInReach } from './names.js';
import { Offered } from './palette.js';
import { StepProperties } from './properties.js';

export const drawingModule = (choices) => ({
  __init__: ['offered', 'stepProperties'],
  choices: ['value', choices],
  extensions: ['type', Extensions],
  offered: ['type', Offered],
  stepProperties: ['type', StepProperties],
  variableResolver: ['type', NamesInReach]
});
