// Pages in the pseudo-language: English with accents and 40 % longer. A text without accents is not translated, and a control
// that cuts off its text has no room for longer languages.
import { expect, type BrowserContext, type Page } from '@playwright/test';
import type { Database } from './database';
import { expectNoSidewaysScroll } from './page';

/** Any of the letters that the pseudo-language has instead of ASCII ones. Every word has such a letter. */
const ACCENTED = /[áçðéíñöšüý]/i;
/** Names in other scripts are data. */
const WORD = /\p{Script=Latin}{2,}/u;

/** Elements with data or markup, whose texts are the same in all languages. */
const DATA = `script, style, template, noscript, textarea, bdi, code, kbd, samp,
  select[name=language] option:not([value=auto])`;

const MONTH = '(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*';

/** Terms of the search such as `role:admin`, and permissions. */
const TERM = /(?<!\S)-?[a-z][\da-z-]*:\S+/g;

/** Other data that its form identifies. */
const FORMS = [
  /\bRollcall\b/g,
  // Email addresses, URLs, paths.
  /\S+@\S+/g,
  /\bhttps?:\S+/g,
  /(?<!\S)\/[\w/.:-]+/g,
  // UUIDs.
  /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g,
  // IPv6 addresses, times.
  /(?<![\da-z])[\da-f]{0,4}(?::[\da-f]{0,4}){3,7}(?![\da-z])/g,
  /\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?/g,
  // Version of the database.
  /\bPostgreSQL\b|\(Debian [^)]*\)/g,
  // Systems whose APIs the dialects are.
  /\b(?:LiteLLM|Maeser|Open WebUI|Tracker System)\b/g,
  // Time zones.
  /\b[A-Z]\w+(?:\/[\w+-]+)+/g,
  // Providers, file formats, settings, initials, AM and PM, UTC.
  /(?<!\p{L})\p{Lu}[\p{Lu}\d_]+(?!\p{L})/gu,
  // Dates.
  new RegExp(`\\b\\d{1,2} ${MONTH}\\b`, 'g'),
  new RegExp(`\\b${MONTH} \\d{1,2}\\b`, 'g'),
];

/** Chooses the pseudo-language for all pages of a browser context. */
export async function choosePseudoLanguage(context: BrowserContext, url: string): Promise<void> {
  await context.addCookies([{ name: 'rollcall_preferences', value: 'system.comfortable.open.en-XA', url }]);
}

/** Expects that the page is translated and has room for its texts. */
export async function expectTranslated(page: Page, database: Database): Promise<void> {
  const path = new URL(page.url()).pathname;
  await expect(page.locator('html')).toHaveAttribute('lang', 'en-XA');
  expect.soft(await plainTexts(page, database), `texts of ${path} that are not translated`).toEqual([]);
  expect.soft(await cutControls(page), `controls of ${path} that are cut off`).toEqual([]);
  await expectNoSidewaysScroll(page);
}

/** Returns the texts of the page in plain English, each with its element. Hidden texts count, because they can be shown. */
export async function plainTexts(page: Page, database: Database): Promise<string[]> {
  const inPath = decodeURIComponent(new URL(page.url()).pathname).split('/');
  const found = await texts(page);
  // The database has thousands of names, and a page few of them.
  const all = found.map(({ text }) => text).join('\n');
  const names = (await namesIn(database)).filter((name) => all.includes(name));
  const plain = found.filter(({ text }) => {
    if (inPath.includes(text)) return false;
    const rest = withoutData(text, names);
    return WORD.test(rest) && !ACCENTED.test(rest);
  });
  return [...new Set(plain.map(({ place, text }) => `${place}: ${text}`))];
}

/** Returns all names in the database, the longest first. */
function namesIn(database: Database): Promise<string[]> {
  return database.column(`
    select name from (
      select username from users union select display_name from users union select email from users
      union select unverified_email from users union select suspended_reason from users
      union select role from personas
      union select name from roles union select initcap(name) from roles
      union select name from groups union select description from groups union select name from clients
      union select name from resources union select kind from resources
      union select label from features union select description from features
      union select regexp_split_to_table(key, '\\.') from features
      union select upper(left(part, 1)) || replace(substr(part, 2), '_', ' ')
        from features, regexp_split_to_table(key, '\\.') part
      union select name from api_keys union select name from access_tokens union select prefix from access_tokens
      union select preset ->> 'note' from one_time_links
      union select device from sessions union select user_agent from sessions
      union select actor_label from audit_events union select target_label from audit_events
      union select reason from audit_events
      union select jsonb_path_query(changes::jsonb, '$.displayName[*]') #>> '{}' from audit_events
    ) data (name) where char_length(name) > 1 order by char_length(name) desc`);
}

function withoutData(text: string, names: string[]): string {
  // Before the names, because a term such as `features:read` can have one in it.
  if (!text.replace(TERM, '').trim()) return '';
  let rest = text;
  for (const name of names) if (rest.includes(name)) rest = withoutName(rest, name);
  rest = rest.replace(TERM, ' ');
  for (const form of FORMS) rest = rest.replace(form, ' ');
  return rest;
}

/** Removes a name where it is not part of a longer word. */
function withoutName(text: string, name: string): string {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\d])${escaped}(?![\\p{L}\\d])`, 'gu'), ' ');
}

/** Returns the texts of the page and of the attributes that are read or shown. */
const texts = (page: Page): Promise<{ place: string; text: string }[]> =>
  page.evaluate((DATA) => {
    const found = [{ place: 'title', text: document.title }];
    const add = (element: Element, text: string | null, attribute = '') => {
      const shown = text?.trim().replace(/\s+/g, ' ');
      if (!shown || element.closest(DATA)) return;
      const name = element.getAttribute('class')?.split(' ')[0] ?? '';
      found.push({ place: element.localName + (name && `.${name}`) + attribute, text: shown });
    };
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) add(node.parentElement!, node.textContent);
    for (const attribute of ['aria-label', 'title', 'placeholder', 'alt']) {
      for (const element of document.querySelectorAll(`body [${attribute}]`)) {
        add(element, element.getAttribute(attribute), `[${attribute}]`);
      }
    }
    return found;
  }, DATA);

/** Returns the visible controls that cut off their texts, or that are cut off by an element around them or by the window. Controls
 * that can be scrolled into view are not cut off, except in a dialog. */
export const cutControls = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const ACCENTED = /[áçðéíñöšüý]/i;
    const style = (element: Element) => getComputedStyle(element);
    const scrolls = (element: Element) => /auto|scroll/.test(style(element).overflowX) && !element.matches('dialog');
    /** Returns whether an element is data, or for screen readers only. */
    const isHidden = (element: Element): boolean =>
      element.matches('.visually-hidden, svg, bdi, code') || style(element).clipPath.startsWith('inset(50%');
    const isWithinHidden = (element: Element | null): boolean =>
      element !== null && (isHidden(element) || isWithinHidden(element.parentElement));
    /** Returns the text of an element without that of hidden elements in it. */
    const visibleText = (element: Element): string => {
      const isShown = (part: Node): boolean => part === element || (!isHidden(part as Element) && isShown(part.parentNode!));
      const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      let text = '';
      for (let node = nodes.nextNode(); node; node = nodes.nextNode()) if (isShown(node.parentNode!)) text += node.textContent;
      return text.trim().replace(/\s+/g, ' ');
    };
    const isVisible = (element: Element): boolean => {
      const box = element.getBoundingClientRect();
      return element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && box.width > 1 && box.height > 1
        && !isWithinHidden(element);
    };
    /** Returns whether an element cuts off a translated text inside of it. Names of users may be cut off. */
    const cutsText = (element: Element): boolean => {
      if (!ACCENTED.test(visibleText(element)) || element.clientWidth === 0 || scrolls(element)) return false;
      return element.scrollWidth > element.clientWidth + 1;
    };
    /** Returns whether the chosen option of a selection is wider than its place. */
    const cutsOption = (select: HTMLSelectElement): boolean => {
      const drawing = document.createElement('canvas').getContext('2d')!;
      const { font, paddingLeft, paddingRight } = style(select);
      drawing.font = font;
      const { width } = drawing.measureText(select.selectedOptions[0]?.text ?? '');
      return width > select.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) + 1;
    };
    /** Returns whether an element around a control, or the window, cuts it off. */
    const isOutside = (control: Element): boolean => {
      const { left, right } = control.getBoundingClientRect();
      for (let around = control.parentElement; around && around !== document.body; around = around.parentElement) {
        if (scrolls(around)) return false;
        // Elements around a fixed one, such as a dialog, do not cut it off.
        if (style(around).position === 'fixed') break;
        const edge = around.getBoundingClientRect();
        if (style(around).overflowX !== 'visible' && (left < edge.left - 1 || right > edge.right + 1)) return true;
      }
      return left < -1 || right > window.innerWidth + 1;
    };
    const controls = [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, summary, th')];
    const found = controls.filter(isVisible).flatMap((control) => {
      const parts = [control, ...control.querySelectorAll('*')].filter((part) => !part.closest('.visually-hidden, svg, bdi, code'));
      const isText = !control.matches('input, select');
      const problems = [
        isText && parts.some(cutsText) && 'its text is cut off',
        control instanceof HTMLSelectElement && cutsOption(control) && 'its option is cut off',
        isOutside(control) && 'it is cut off',
      ].filter(Boolean);
      const text = visibleText(control).slice(0, 60) || control.getAttribute('name') || control.getAttribute('aria-label');
      return problems.map((problem) => `${control.localName} ${text}: ${problem}`);
    });
    const dialogs = [...document.querySelectorAll('dialog[open]')];
    const wide = dialogs.filter((dialog) => dialog.scrollWidth > dialog.clientWidth + 1);
    return [...new Set([...found, ...wide.map(() => 'the dialog scrolls sideways')])];
  });
