// form-js says the buttons of its lists in English and by icons only: here they get our words.
import { options } from 'preact';

let say = (text) => text;

const buttons = {
  'fjs-repeat-render-add': () => ({ children: `＋ ${say('添加一项')}` }),
  'fjs-repeat-row-remove': (label) => ({ children: say('删除'), 'aria-label': `${say('删除')} ${/\d+$/.exec(label ?? '')?.[0] ?? ''}` }),
};

const before = options.vnode;
options.vnode = (node) => {
  const words = node.type === 'button' && buttons[node.props.class];
  if (words) Object.assign(node.props, words(node.props['aria-label']));
  before?.(node);
};

/** The language of lists' buttons on this page. */
export function speakRows(speaker) {
  say = speaker;
}

/** The schema with lists that never fold: what is to be filled in must be seen. */
export function unfolded(schema) {
  const open = (field) => ({
    ...field, ...(field.type === 'dynamiclist' && { disableCollapse: true }), ...(field.components && { components: field.components.map(open) }),
  });
  return open(schema);
}
