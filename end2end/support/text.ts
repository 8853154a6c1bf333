// Texts in their boxes: squeezed, cut, words broken.
import type { Page } from '@playwright/test';

/** Width of a character in pixels. */
const CHARACTER = 9;

/** Returns texts that have fewer than three characters per line or are cut to that. */
export const squeezed = (page: Page): Promise<string[]> =>
  page.evaluate((CHARACTER) => {
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.textContent!.trim();
      const element = node.parentElement!;
      if (text.length < 4 || element.closest('.visually-hidden, script, style, svg')) continue;
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const rects = [...range.getClientRects()].filter((rect) => rect.width > 1);
      const lines = new Set(rects.map((rect) => Math.round(rect.top))).size;
      const cut = element.closest<HTMLElement>('td, th, :is(.user-text, .cell-user > div) > *, .crumbs li');
      const isCut = cut !== null && cut.scrollWidth > cut.clientWidth + 1 && cut.clientWidth < 3 * CHARACTER;
      if (isCut || (lines > 1 && text.length / lines < 3)) found.push(`${element.className || element.tagName}: ${text} in ${lines} lines`);
    }
    return found;
  }, CHARACTER);

/** Returns the words in the cells of tables that do not fit into one line. */
export const brokenWords = (page: Page, cells = 'main :is(th, td)'): Promise<string[]> =>
  page.evaluate((cells) => {
    const found: string[] = [];
    for (const cell of document.querySelectorAll(cells)) {
      const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        if (node.parentElement!.closest('.visually-hidden')) continue;
        for (const { index, 0: word } of node.textContent!.matchAll(/[^\s-]+/g)) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          if (new Set([...range.getClientRects()].map((rect) => Math.round(rect.top))).size > 1) found.push(word);
        }
      }
    }
    return found;
  }, cells);
