// The value lists of members, as the national system has them (2020). Browser and server read them here.
export const sexes = ['男', '女'];
export const relations = ['户主', '配偶', '之子', '之女', '之儿媳', '之女婿', '之孙子', '之孙女', '之外孙子', '之外孙女',
  '之父', '之母', '之岳父', '之岳母', '之公公', '之婆婆', '之祖父', '之祖母', '之外祖父', '之外祖母', '之兄弟姐妹',
  '之曾孙子', '之曾孙女', '之侄儿', '之侄女', '之兄弟媳妇', '之叔伯', '其他'];
export const educations = ['文盲或半文盲', '小学', '初中', '高中', '大专', '本科及以上'];
export const students = ['学龄前儿童', '学前教育', '小学', '七年级', '八年级', '九年级',
  '普通高中一年级', '普通高中二年级', '普通高中三年级', '中职一年级', '中职二年级', '中职三年级',
  '高职高专一年级', '高职高专二年级', '高职高专三年级', '技师学院一年级', '技师学院二年级', '技师学院三年级', '技师学院四年级',
  '本科一年级', '本科二年级', '本科三年级', '本科四年级', '本科五年级', '硕士研究生及以上'];
export const healths = ['健康', '长期慢性病', '患有大病', '残疾'];
export const labours = ['普通劳动力', '技能劳动力', '弱劳动力或半劳动力', '丧失劳动力', '无劳动力'];
export const insurances = ['城乡居民', '城镇职工', '未参加'];

/** The sheet's columns and rows, in the order in which they are shown. */
export const incomeColumns = { this_year: '本年', previous_year: '上年同期', forecast: '未来12个月预计' };
export const incomeRows = {
  wage: '工资性收入', operating: '生产经营性收入', property: '财产性收入', transfer: '转移性收入',
  operating_cost: '生产经营性支出', transfer_cost: '转移性支出', self_paid: '刚性支出自付', reimbursed: '理赔和救助',
};
