// Asks before typed text is lost: before a dialog closes or a link leads to another page, except by Back. Before the page is
// unloaded the browser asks. A dialog with a one-time link or token closes only after it was copied, or by the link below it.
import { FIELDS, isChanged } from './fields.js';
import { isPlainClick } from './place.js';

/** Forms that can contain typed text. The forms of lists and of menus contain none. */
const FORMS = 'dialog form[method=post], form.form[method=post]';
/** Selector of a one-time link or token that was not copied yet. */
const ONCE = '[data-once]';

/** Forms with an input by the user. */
const edited = new WeakSet();
/** Forms that the browser has submitted. Those that the app submits are busy. */
const submitted = new WeakSet();
/** The open question, or null. */
let question = null;
/** Element that had the focus before the question. */
let focused = null;

addEventListener('input', noteInput, true);
addEventListener('submit', ({ defaultPrevented, target }) => defaultPrevented || submitted.add(target));
addEventListener('copy', ({ target }) => target.closest?.(ONCE)?.removeAttribute('data-once'), true);
addEventListener('click', followLink, true);
addEventListener('keydown', pressEscape, true);
addEventListener('cancel', cancelDialog, true);
addEventListener('popstate', closeQuestion);
addEventListener('beforeunload', (event) => {
  // Without an interaction browsers do not ask, and report that as an error.
  if (navigator.userActivation?.hasBeenActive === false) return;
  if (unsavedForm(document) || document.querySelector(ONCE)) event.preventDefault();
});

function noteInput({ target }) {
  if (!target.form) return;
  edited.add(target.form);
  // The page is still there, so what is typed after the form was submitted was not sent.
  submitted.delete(target.form);
}

/** Returns the first form with changes that were not sent. Signing in is no change. */
function unsavedForm(root) {
  return [...root.querySelectorAll(FORMS)].find(isUnsaved);
}

function isUnsaved(form) {
  if (!edited.has(form) || submitted.has(form) || form.hidden) return false;
  if (form.getAttribute('aria-busy') === 'true' || form.getAttribute('action') === '/login') return false;
  // A field without a name is not sent: it searches among the other fields.
  return [...form.querySelectorAll(FIELDS)].some((field) => field.name && isChanged(field));
}

function followLink(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || !isPlainClick(event) || link.target || link.hasAttribute('download')) return;
  const dialog = link.closest('dialog');
  const once = dialog?.querySelector(ONCE);
  if (once) once.removeAttribute('data-once');
  // Before it loads another page, the browser asks.
  const isExternal = link.relList.contains('external') && !link.matches('.dialog-foot a');
  if (once || isExternal || link.getAttribute('href').startsWith('#')) return;
  const form = unsavedForm(dialog ?? document);
  if (!form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(form, link);
}

/** Handles Escape before the browser does, which closes a dialog unconditionally when Escape is pressed twice. */
function pressEscape(event) {
  if (event.key !== 'Escape' || event.isComposing) return;
  if (question) {
    event.preventDefault();
    closeQuestion();
    return;
  }
  const dialog = [...document.querySelectorAll('dialog:modal')].at(-1);
  if (dialog && staysOpen(dialog)) event.preventDefault();
}

/** Handles other requests to close a dialog, such as the Back gesture of a phone. */
function cancelDialog(event) {
  if (event.target.localName !== 'dialog' || event.target === question || !staysOpen(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Returns whether a dialog must not close yet, and asks, or moves the focus to the button that copies. */
function staysOpen(dialog) {
  if (dialog.querySelector(ONCE)) {
    dialog.querySelector('.dialog-foot button[type=button]')?.focus();
    return true;
  }
  const form = unsavedForm(dialog);
  if (form) ask(form, dialog.querySelector('.dialog-foot a'));
  return Boolean(form);
}

/** Asks whether to discard the changes of a form, and then follows the link. */
function ask(form, link) {
  if (question) return;
  focused = document.activeElement;
  const { unsaved, stay, discard } = document.documentElement.dataset;
  const element = (name, text, attributes) => {
    const created = document.createElement(name);
    created.textContent = text;
    for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
    return created;
  };
  const labelled = { class: 'dialog', role: 'alertdialog', 'aria-labelledby': 'unsaved-title' };
  question = element('dialog', '', labelled);
  const body = element('div', '', { class: 'dialog-body' });
  body.append(element('h2', unsaved, { id: 'unsaved-title' }));
  const foot = element('footer', '', { class: 'dialog-foot' });
  const stayButton = element('button', stay, { class: 'button', type: 'button', autofocus: '' });
  const discardButton = element('button', discard, { class: 'button button-danger', type: 'button' });
  stayButton.addEventListener('click', closeQuestion);
  discardButton.addEventListener('click', () => {
    closeQuestion();
    form.reset();
    link?.click();
  });
  foot.append(stayButton, discardButton);
  question.append(body, foot);
  question.addEventListener('close', closeQuestion);
  document.body.append(question);
  question.showModal();
}

/** Closes the question. The focus returns to where it was. */
function closeQuestion() {
  if (!question) return;
  const open = question;
  question = null;
  open.close();
  open.remove();
  // Not every browser does so by itself, if the question is removed with the focus.
  focused?.focus();
}
