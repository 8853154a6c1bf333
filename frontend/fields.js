// State of form fields.

/** Selector of the fields that a user can change, except files, whose state cannot be copied. */
export const FIELDS = 'input:not([type=hidden], [type=file]), select, textarea';

/** Returns whether the state of a field is whether it is checked. */
export function isBox(field) {
  return field.type === 'checkbox' || field.type === 'radio';
}

/** Returns whether the state of a field differs from its initial state in the page. */
export function isChanged(field) {
  if (isBox(field)) return field.checked !== field.defaultChecked;
  if (field.options) return isOtherChoice(field);
  return field.value !== field.defaultValue;
}

/** Returns whether a list has another choice than initially. Without an initial choice the browser selects the first option. */
function isOtherChoice(list) {
  const options = [...list.options];
  if (list.multiple) return options.some((option) => option.selected !== option.defaultSelected);
  const initial = options.findIndex((option) => option.defaultSelected);
  return list.selectedIndex !== Math.max(initial, 0);
}
