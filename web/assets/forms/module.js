// What we add to form-js: our components, our validator, and what they need of the page.
import { Faults, FieldValidator } from './faults.js';
import { Area } from './fields/area.jsx';
import { Checkbox, Checklist, Datetime, Radio, Select, Taglist } from './fields/choice.jsx';
import { Facts } from './fields/facts.jsx';
import { Files } from './fields/files.jsx';
import { Income } from './fields/income.jsx';
import { Known } from './fields/known.jsx';
import { Members } from './fields/members.jsx';
import { Signature } from './fields/signature.jsx';
import { IdNumber, Money, Phone } from './fields/text.jsx';

const components = [Area, Checkbox, Checklist, Datetime, Facts, Files, IdNumber, Income, Known, Members, Money, Phone, Radio, Select, Signature, Taglist];

function register(formFields) {
  for (const component of components) formFields.register(component.config.type, component);
}
register.$inject = ['formFields'];

/** A form-js module; `page` is {language, say, now, upload, addressOf}. */
export function fangfanModule(page) {
  return {
    __init__: [register],
    page: ['value', page],
    faults: ['type', Faults],
    validator: ['type', FieldValidator],
  };
}
