// Elements from text that may be anybody's: nothing is ever read as markup.
const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return node;
}

/** An element; attributes that are functions listen (onclick), false ones are left out. */
export const el = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);

export const svg = (name, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, name), attributes, children);

/** A picture of the sprite that stands at the top of the page. */
export const mark = (name, attributes = {}) =>
  svg("svg", { "aria-hidden": "true", ...attributes }, svg("use", { href: `#${name}` }));

/** Somebody's words, kept apart from the direction of ours. */
export const theirs = (text) => el("bdi", {}, text);

/** A paragraph of small print. */
export const fine = (...children) => el("p", { class: "fine" }, ...children);

export const link = (href, ...children) => el("a", { href }, ...children);

export const button = (word, onclick, attributes = {}) =>
  el("button", { type: "button", ...attributes, onclick }, word);

/** Hand a file to the guest: nothing leaves the browser. */
export function save(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
