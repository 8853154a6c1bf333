// Delays the end of an input in a text field until the click that has left the field is over. The error message of the field
// moves what is below it: the button would be released over something else than it was pressed on, and nothing be clicked.
import { isBox } from './fields.js';

/** Fields that were left by the current press, or null if no button is pressed. */
let left = null;

addEventListener('mousedown', () => { left ??= []; }, true);
addEventListener('change', holdChange, true);
for (const type of ['mouseup', 'dragend', 'keydown']) addEventListener(type, release, true);

function holdChange(event) {
  const { isTrusted, target } = event;
  if (!left || !isTrusted || target.options || isBox(target)) return;
  event.stopImmediatePropagation();
  left.push(target);
}

/** Sends the events that were held, after the click that follows the release of the button. */
function release() {
  const fields = left ?? [];
  left = null;
  if (fields.length === 0) return;
  setTimeout(() => {
    for (const field of fields) field.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
