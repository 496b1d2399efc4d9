// What the form's own controls say: Chinese → English. Chinese is what is written in the code.
const english = {
  更正: 'Correct', 完成: 'Done', 修改: 'Edit', 删除: 'Remove', 确认删除: 'Remove for good', 添加成员: 'Add a member', 添加一项: 'Add another', 第: 'Member ', 位: '',
  请选择: 'Please choose', 元: 'yuan', 重签: 'Sign again', '请在框内签名': 'Please sign inside the box', 已签名: 'Signed', 未签名: 'Not signed',
  选择文件: 'Choose files', 拍照: 'Take a photograph', 上传中: 'Uploading', 上传失败: 'Upload failed', 未填写: 'Not filled in', 有误: 'has faults',
  收入合计: 'Total income', 支出合计: 'Total expenses', 纯收入: 'Net income', 可支配收入: 'Disposable income',
  姓名: 'Name', 性别: 'Sex', 证件号码: 'ID number', 出生日期: 'Birth date', 与户主关系: 'Relation to the head', 文化程度: 'Education',
  在校生状况: 'School year (pupils)', 健康状况: 'Health', 劳动技能: 'Labour', 基本医疗保险: 'Medical insurance', 务工地点: 'Place of work',
  '务工月数': 'Months of work a year', 联系电话: 'Phone', 岁: ' years old', 共: 'Members: ', 人: '', '已登记，如需更正请填写': 'On record; fill in only to correct it',
  县区: 'County', 乡镇: 'Township', 村: 'Village', 下载: 'Download', 本年: 'This year', 上年同期: 'Same period of last year', 未来12个月预计: 'Forecast, next 12 months',
  工资性收入: 'Wages', 生产经营性收入: 'Business income', 财产性收入: 'Property income', 转移性收入: 'Transfers received', 生产经营性支出: 'Business costs',
  转移性支出: 'Transfers paid', 刚性支出自付: 'Unavoidable expense, own part', 理赔和救助: 'Insurance and relief received', 是: 'Yes', 否: 'No',
};

/** A function that says a Chinese text in the page's language. */
export function speaker(language) {
  return language === 'en' ? (text) => english[text] ?? text : (text) => text;
}
