// What is said beside a field: code → [Chinese, English]. engine/forms.py has the Chinese as msgids; a test compares them.
export const messages = {
  required: ['请填写', 'Please fill in'],
  required_choice: ['请选择', 'Please choose'],
  required_tick: ['请勾选确认', 'Please tick to confirm'],
  required_signature: ['请签名', 'Please sign'],
  required_file: ['请上传', 'Please upload a file'],
  not_text: ['应为文字', 'Must be text'],
  too_long: ['不能超过{limit}个字', 'At most {limit} characters'],
  too_short: ['不能少于{limit}个字', 'At least {limit} characters'],
  bad_characters: ['含有不能使用的控制字符', 'Contains control characters'],
  bad_pattern: ['格式不对', 'Has the wrong format'],
  bad_email: ['电子邮箱格式不对', 'Not an e-mail address'],
  not_a_number: ['应为数字', 'Must be a number'],
  not_whole: ['应为整数', 'Must be a whole number'],
  too_many_decimals: ['小数不能超过{limit}位', 'At most {limit} decimals'],
  bad_step: ['应为{limit}的倍数', 'Must be a multiple of {limit}'],
  too_small: ['不能小于{limit}', 'Must be at least {limit}'],
  too_large: ['不能大于{limit}', 'Must be at most {limit}'],
  not_a_date: ['应为日期，如 2020-05-30', 'Must be a date, such as 2020-05-30'],
  not_a_time: ['应为时间，如 08:30', 'Must be a time, such as 08:30'],
  date_past: ['不能早于今天', 'Must not be in the past'],
  date_future: ['不能晚于今天', 'Must not be in the future'],
  not_boolean: ['应为是或否', 'Must be yes or no'],
  not_offered: ['不在可选项中', 'Is not among the options'],
  not_a_list: ['格式不对，应为列表', 'Must be a list'],
  not_an_object: ['格式不对', 'Has the wrong shape'],
  too_many: ['不能超过{limit}项', 'At most {limit} entries'],
  too_few: ['至少要有{limit}项', 'At least {limit} entries'],
  twice: ['重复选择', 'Chosen twice'],
  id_length: ['证件号码应为18位（残疾人证20或22位）', 'Must have 18 characters (20 or 22 for a disability certificate)'],
  id_characters: ['证件号码应为数字，末位可为X', 'Must be digits, the last may be X'],
  id_birth: ['证件号码中的出生日期不对', 'The birth date in the number is wrong'],
  id_check: ['证件号码校验位不对，请核对', 'The check digit is wrong: please compare'],
  id_twice: ['与第{other}位成员的证件号码重复', 'The same number as member {other}'],
  id_sex: ['性别与证件号码第17位不符', 'Sex and digit 17 of the number differ'],
  id_birth_differs: ['出生日期与证件号码不符', 'Birth date and ID number differ'],
  bad_phone: ['电话应为11位手机号，或带区号的固定电话', 'Must be an 11-digit mobile number, or a fixed line with area code'],
  money_decimals: ['金额最多两位小数', 'At most two decimals'],
  money_negative: ['金额不能为负数', 'Must not be negative'],
  head_missing: ['须有一位户主', 'One member must be the head'],
  head_twice: ['户主只能有一位，第{other}位成员已是户主', 'Only one head: member {other} is the head already'],
  member_unknown: ['不是已登记的成员，请填写证件号码', 'Is not a registered member: please fill in the ID number'],
  education_xor_student: ['文化程度和在校生状况只填一项', 'Fill in either education or school year'],
  healthy_alone: ['“健康”不能与其他状况同时选择', 'Healthy goes with nothing else'],
  work_both: ['务工地点和务工月数要么都填，要么都不填', 'Fill in both place and months of work, or neither'],
  bad_signature: ['签名数据不对，请重新签名', 'Not a signature: please sign again'],
  signature_large: ['签名笔画过多，请重新签名', 'Too many strokes: please sign again'],
  bad_file: ['文件信息不对，请重新上传', 'Not an uploaded file: please upload again'],
  bad_area: ['不是行政区划', 'Not an area'],
  answer_large: ['填写内容过大，请减少附件或文字', 'The answer is too large'],
};

/** A message in the page's language (`zh` or `en`). */
export function say({ code, params = {} }, language = 'zh') {
  const text = (messages[code] ?? messages.bad_pattern)[language === 'en' ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '');
}

// form-js says its verdicts in English only.
const formJs = [
  [/^Field is required/, 'required'],
  [/^Field must match pattern/, 'bad_pattern'],
  [/minimum value of (.*)\.$/, 'too_small'],
  [/maximum value of (.*)\.$/, 'too_large'],
  [/minimum length of (.*)\.$/, 'too_short'],
  [/maximum length of (.*)\.$/, 'too_long'],
  [/phone number/, 'bad_phone'],
  [/valid email/, 'bad_email'],
  [/not a number/, 'not_a_number'],
  [/be an integer/, 'not_whole'],
  [/at most (\d+) decimal/, 'too_many_decimals'],
  [/select a valid value/, 'bad_step'],
];

/** form-js's words for a fault as ours: `{code, params}`. */
export function understand(text, field) {
  for (const [pattern, code] of formJs) {
    const match = pattern.exec(text);
    if (match) return { code: code === 'required' ? requiredCode(field.type) : code, params: { limit: match[1] ?? field.increment } };
  }
  // What the drawing says itself (validate.patternErrorMessage) stays as it is drawn.
  return { code: 'bad_pattern', params: {} };
}

export function requiredCode(type) {
  if (['radio', 'select', 'checklist', 'taglist', 'area'].includes(type)) return 'required_choice';
  return { checkbox: 'required_tick', signature: 'required_signature', files: 'required_file' }[type] ?? 'required';
}
