// form-js looks at a document while it loads, though its checks need none.
const nothing = () => ({ style: {}, setAttribute() {}, appendChild() {}, addEventListener() {}, querySelectorAll: () => [], content: {}, classList: { add() {} } });

globalThis.window ??= globalThis;
globalThis.self ??= globalThis;
globalThis.document ??= { createElement: nothing, createElementNS: nothing, addEventListener() {}, documentElement: nothing(), body: nothing(), querySelectorAll: () => [] };
globalThis.navigator ??= { userAgent: '', language: 'zh-CN' };
for (const name of ['HTMLElement', 'HTMLCollection', 'NodeList', 'Node', 'Element', 'Event', 'CustomEvent', 'KeyboardEvent', 'MouseEvent', 'DOMParser', 'ResizeObserver']) globalThis[name] ??= class {};
for (const name of ['addEventListener', 'removeEventListener', 'setTimeout', 'clearTimeout', 'requestAnimationFrame']) globalThis[name] ??= () => 0;
