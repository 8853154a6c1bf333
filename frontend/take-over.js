// Hydrates the page that the server rendered. Extensions and translators change pages. If the page is not as the server
// sent it, or hydration fails, the app renders it instead, with the data that came with it.
import * as app from './rollcall.js';
import { FIELDS, isBox, isChanged } from './fields.js';
import './unsaved.js';
import './place.js';
import './pressed.js';

const WASM = new URL('./rollcall.wasm', import.meta.url);

const { address, language, texts, stopped, reload } = document.documentElement.dataset;
/** Table of the texts of the page, loading; null if it cannot be loaded. English is part of the app. */
const table = texts ? fetchTexts(texts) : Promise.resolve('');
// The app renders the page of the URL in the address bar.
if (address) history.replaceState(null, '', address);
addEventListener('rollcall-panic', showBanner, { once: true });
takeOver();

async function takeOver() {
  await app.default({ module_or_path: WASM });
  // Without its texts or its module, the page works as it does without scripts.
  if (!(await speak(app)) || !(await app.load())) return;
  if (isIntact()) await hydrate();
  else await render(app);
  // For the developer tools of the browser, and for tests.
  performance.mark('hydrated');
}

async function fetchTexts(url) {
  try {
    const response = await fetch(url);
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Sets the language of an instance of the app. Returns whether its texts could be loaded. Translators change `lang`. */
async function speak(instance) {
  const loaded = await table;
  return loaded !== null && instance.speak(language, loaded);
}

/** Compares the body with the one that the server sent: see server/src/fingerprint.rs. Additional nodes at the end are harmless. */
function isIntact() {
  const [count, sent] = (document.body.dataset.nodes ?? '').split(' ').map(Number);
  const walker = document.createTreeWalker(document.body);
  let hash = 0;
  for (let number = 0; number < count; number += 1) {
    const name = walker.nextNode()?.nodeName.toLowerCase() ?? '';
    for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
  }
  return hash >>> 0 === sent;
}

/** Hydrates the page. A failed instance of the app cannot continue, so another instance renders the page. */
async function hydrate() {
  const stopNoting = noteListeners();
  try {
    app.hydrate();
    stopNoting();
  } catch (error) {
    console.error(error);
    await renderAgain(stopNoting);
  }
}

/** Records listeners on the window and the document. Returns a function that stops recording and returns them. */
function noteListeners() {
  const noted = [];
  for (const target of [window, document]) {
    target.addEventListener = (...listener) => {
      noted.push([target, listener]);
      EventTarget.prototype.addEventListener.apply(target, listener);
    };
  }
  return () => {
    delete window.addEventListener;
    delete document.addEventListener;
    return noted;
  };
}

/** Renders the page with a new instance of the app. Browsers run a module once per URL, so the new one comes from a copy. */
async function renderAgain(stopNoting) {
  try {
    const copy = await import('./again/rollcall.js');
    await copy.default({ module_or_path: WASM });
    await speak(copy);
    // The listeners of the failed instance would handle events too.
    for (const [target, listener] of stopNoting()) target.removeEventListener(...listener);
    if (await copy.load()) return await render(copy);
  } catch (error) {
    console.error(error);
  }
  showBanner();
}

/** Renders the page in place of the body. Typed text and the focus are preserved. */
async function render(instance) {
  performance.mark('rendered');
  const before = [...fields()];
  const focused = before.find(([, field]) => field === document.activeElement)?.[0];
  const changed = before.filter(([, field]) => isChanged(field));
  document.body.replaceChildren();
  await instance.render();
  const after = fields();
  for (const [place, field] of changed) {
    if (after.has(place)) copyState(field, after.get(place));
  }
  after.get(focused)?.focus();
}

/** Copies the state of the previous field to the new one, and dispatches events so that the app reads it. */
function copyState(from, to) {
  if (to.value === from.value && to.checked === from.checked) return;
  to.value = from.value;
  to.checked = from.checked;
  for (const event of ['input', 'change']) to.dispatchEvent(new Event(event, { bubbles: true }));
}

/** Returns the fields of the page by position: form, name, and number among the fields of that name. */
function fields() {
  const found = new Map();
  for (const field of document.body.querySelectorAll(FIELDS)) {
    const ticked = isBox(field) ? field.value : '';
    const name = [field.form?.getAttribute('action'), field.name, ticked].join(' ');
    let number = 0;
    while (found.has(`${name} ${number}`)) number += 1;
    found.set(`${name} ${number}`, field);
  }
  return found;
}

/** Shows after a panic that the page has stopped working, with a link to load it again. */
function showBanner() {
  const element = (name, text, attributes) => {
    const created = document.createElement(name);
    created.textContent = text;
    for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
    return created;
  };
  const banner = element('aside', '', { class: 'banner tone-danger', role: 'alert' });
  const text = element('p', stopped, {});
  // The router no longer works after a panic, so it must leave this link to the browser.
  const link = element('a', reload, { class: 'button', href: '', rel: 'external' });
  banner.append(text, link);
  document.body.append(banner);
}
