// A household's members: each by itself, and together (one head, no ID number twice).
import { fault, idnumber, isEmpty, isObject, phone, text } from './checks.js';
import { birthOf, isDate, sexOf } from './idnumber.js';
import { educations, healths, insurances, labours, relations, sexes, students } from './lists.js';

const required = ['name', 'sex', 'birth', 'relation', 'labour', 'medical_insurance'];
const offered = { sex: sexes, relation: relations, education: educations, student: students, labour: labours, medical_insurance: insurances };
const keys = ['key', 'name', 'sex', 'id_number', 'birth', 'relation', 'education', 'student', 'health', 'labour',
  'medical_insurance', 'work_place', 'work_months', 'phone'];

/** The faults of a list of members, paths like `[2].id_number`. */
export function membersFaults(value, field, context) {
  if (!Array.isArray(value)) return [fault('not_a_list')];
  const { minimum = 1, maximum = 30 } = field;
  if (value.length < minimum) return [fault('too_few', { limit: minimum })];
  if (value.length > maximum) return [fault('too_many', { limit: maximum })];
  const faults = value.flatMap((member, at) => (isObject(member)
    ? memberFaults(member, context).map((found) => ({ ...found, path: `[${at}].${found.path}` }))
    : [fault('not_an_object', {}, `[${at}]`)]));
  return [...faults, ...togetherFaults(value.map((member) => (isObject(member) ? member : {})))];
}

/** The faults of one member, paths like `id_number`. */
export function memberFaults(member, context) {
  const faults = [];
  const say = (path, code, params) => faults.push(fault(code, params, path));
  const within = (path, found) => found.forEach(({ code, params }) => say(path, code, params));
  for (const key of required) if (isEmpty(member[key])) say(key, offered[key] ? 'required_choice' : 'required');
  for (const [key, list] of Object.entries(offered)) if (!isEmpty(member[key]) && !list.includes(member[key])) say(key, 'not_offered');
  if (!isEmpty(member.name)) within('name', text(member.name, 50));
  if (!isEmpty(member.birth) && !isDate(member.birth)) say('birth', 'not_a_date');
  else if (!isEmpty(member.birth) && member.birth > context.now.slice(0, 10)) say('birth', 'date_future');
  idFaults(member, context, say, within);
  if (isEmpty(member.education) === isEmpty(member.student)) say('education', 'education_xor_student');
  healthFaults(member.health, say);
  workFaults(member, say, within);
  if (!isEmpty(member.phone)) within('phone', phone(member.phone));
  return faults;
}

function idFaults(member, context, say, within) {
  if (isEmpty(member.id_number)) {
    // The registry keeps the number of whom it knows.
    if (isEmpty(member.key)) say('id_number', 'required');
    else if (!knownKeys(context).includes(member.key)) say('id_number', 'member_unknown');
    return;
  }
  const found = idnumber(member.id_number);
  within('id_number', found);
  if (found.length) return;
  if (sexes.includes(member.sex) && sexOf(member.id_number) !== member.sex) say('sex', 'id_sex');
  if (isDate(member.birth ?? '') && birthOf(member.id_number) !== member.birth) say('birth', 'id_birth_differs');
}

function knownKeys({ known }) {
  const lists = [known?.members, known?.household?.members].filter(Array.isArray);
  return lists.flat().map((member) => member?.key).filter((key) => typeof key === 'string' && key);
}

function healthFaults(health, say) {
  if (isEmpty(health)) say('health', 'required_choice');
  else if (!Array.isArray(health)) say('health', 'not_a_list');
  else if (health.some((entry) => !healths.includes(entry))) say('health', 'not_offered');
  else if (new Set(health).size < health.length) say('health', 'twice');
  else if (health.includes('健康') && health.length > 1) say('health', 'healthy_alone');
}

function workFaults({ work_place: place, work_months: months }, say, within) {
  if (isEmpty(place) !== isEmpty(months)) say(isEmpty(place) ? 'work_place' : 'work_months', 'work_both');
  if (!isEmpty(place)) within('work_place', text(place, 100));
  if (isEmpty(months)) return;
  if (!Number.isInteger(months)) say('work_months', 'not_whole');
  else if (months < 0) say('work_months', 'too_small', { limit: 0 });
  else if (months > 12) say('work_months', 'too_large', { limit: 12 });
}

function togetherFaults(members) {
  const faults = [];
  const heads = members.flatMap((member, at) => (member.relation === '户主' ? [at] : []));
  if (!heads.length) faults.push(fault('head_missing'));
  for (const at of heads.slice(1)) faults.push(fault('head_twice', { other: heads[0] + 1 }, `[${at}].relation`));
  const seen = new Map();
  members.forEach(({ id_number: number }, at) => {
    if (isEmpty(number) || typeof number !== 'string') return;
    const id = number.slice(0, 18); // a certificate's number is the same person's
    if (seen.has(id)) faults.push(fault('id_twice', { other: seen.get(id) + 1 }, `[${at}].id_number`));
    else seen.set(id, at);
  });
  return faults;
}

/** Only what is asked of members, in its order; texts that are empty are null. */
export function memberShape(member) {
  return Object.fromEntries(keys.filter((key) => member[key] !== undefined).map((key) => [key, member[key] === '' ? null : member[key]]));
}
