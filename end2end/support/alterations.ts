// Alterations of a page by extensions, translators and phones. Each runs in the page and returns the number of changed nodes.
import type { Page } from '@playwright/test';

export const ALTERATIONS: Record<string, () => number> = {
  'an element before each field': () => {
    const fields = document.querySelectorAll('input, select, textarea');
    fields.forEach((field) => field.before(document.createElement('com-password-manager')));
    return fields.length;
  },

  'an element after each field': () => {
    const fields = document.querySelectorAll('input, select, textarea');
    fields.forEach((field) => field.after(document.createElement('com-password-manager')));
    return fields.length;
  },

  'an element at the start of the body': () => {
    document.body.prepend(document.createElement('com-extension'));
    return 1;
  },

  'an element at the start of each form': () => {
    const forms = document.querySelectorAll('form');
    forms.forEach((form) => form.prepend(document.createElement('com-extension')));
    return forms.length;
  },

  'translated texts': () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    const changed = texts.filter((text) => !text.parentElement!.closest('script, option, textarea'));
    for (const text of changed) {
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      inner.textContent = text.data;
      outer.append(inner);
      text.replaceWith(outer);
    }
    return changed.length;
  },

  'comments removed': () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
    const comments: Comment[] = [];
    while (walker.nextNode()) comments.push(walker.currentNode as Comment);
    comments.forEach((comment) => comment.remove());
    return comments.length;
  },

  'linked numbers': () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    const numbers = texts.filter((text) => /\d/.test(text.data) && !text.parentElement!.closest('script, option, textarea'));
    for (const text of numbers) {
      const link = document.createElement('a');
      link.href = `tel:${text.data.replace(/\D/g, '')}`;
      link.textContent = text.data;
      text.replaceWith(link);
    }
    return numbers.length;
  },

  'nodes removed': () => {
    const nodes = document.querySelectorAll('body svg, h1');
    nodes.forEach((node) => node.remove());
    return nodes.length;
  },
};

/** Returns whether the app has rendered the page from scratch instead of hydrating it. */
export function isRendered(page: Page): Promise<boolean> {
  return page.evaluate(() => performance.getEntriesByName('rendered').length > 0);
}

/** Returns the content of a page: the number of elements per name, and the texts of headings, labels, links and buttons. */
export function outline(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // After hydration the app updates the page in the next frames.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const elements = [...document.body.querySelectorAll('*:not(script)')];
    const names = elements.map((element) => element.localName);
    const counts = [...new Set(names)].map((name) => `${name} ${names.filter((other) => other === name).length}`);
    const named = document.body.querySelectorAll<HTMLElement>('h1, h2, label, th, a, button');
    const texts = [...named].map((element) => `${element.localName} ${element.textContent}`);
    return [...counts.sort(), ...texts];
  });
}
