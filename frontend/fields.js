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
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}
