// Builds and updates the page. Text always goes in as text: nothing here reads HTML.

const svgNamespace = 'http://www.w3.org/2000/svg';
const svgTags = new Set(['svg', 'path', 'line', 'rect', 'circle', 'polygon', 'text', 'g']);

/** Makes an element: h('a.big', {href: '#/'}, 'text', child, [more]). Null and false children are left out. */
export function h(selector, attributes, ...children) {
  const [tag, ...classes] = selector.split('.');
  const element = svgTags.has(tag) ? document.createElementNS(svgNamespace, tag) : document.createElement(tag);
  if (classes.length) {
    element.setAttribute('class', classes.join(' '));
  }

  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, String(value));
    }
  }

  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) {
      add(element, child);
    } else if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
}

/** Makes the children of an element equal to the given ones and touches only what differs, so focus, selection and scrolling stay. */
export function render(parent, ...children) {
  const wanted = parent.cloneNode(false);
  add(wanted, children);
  updateChildren(parent, wanted);
}

const keyOf = node => node.nodeType === Node.ELEMENT_NODE ? node.getAttribute('data-key') : null;

function updateChildren(parent, wanted) {
  const keyed = new Map();
  for (const node of parent.childNodes) {
    const key = keyOf(node);
    if (key) {
      keyed.set(key, node);
    }
  }

  let current = parent.firstChild;
  for (const next of [...wanted.childNodes]) {
    const key = keyOf(next);
    const known = key ? keyed.get(key) : current && !keyOf(current) ? current : null;
    if (known && known.nodeName === next.nodeName) {
      if (known === current) {
        current = current.nextSibling;
      } else {
        parent.insertBefore(known, current);
      }

      update(known, next);
    } else {
      parent.insertBefore(next, current);
    }
  }

  while (current) {
    const rest = current.nextSibling;
    current.remove();
    current = rest;
  }
}

function update(node, next) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.data !== next.data) {
      node.data = next.data;
    }

    return;
  }

  for (const { name, value } of next.attributes) {
    if (node.getAttribute(name) !== value) {
      node.setAttribute(name, value);
    }
  }

  for (const { name } of [...node.attributes]) {
    if (!next.hasAttribute(name)) {
      node.removeAttribute(name);
    }
  }

  updateChildren(node, next);
}
