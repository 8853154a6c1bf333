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

/** Returns where the page as rendered differs from the page as sent, and the sizes of the data that was sent with it. */
export function difference(page: Page, sent: string): Promise<string> {
  return page.evaluate((sent) => {
    const nodesOf = (body: HTMLElement) => {
      const copy = body.cloneNode(true) as HTMLElement;
      // The server separates texts by comments that rendering does not need.
      const walker = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT);
      const comments: Comment[] = [];
      while (walker.nextNode()) comments.push(walker.currentNode as Comment);
      comments.forEach((comment) => comment.remove());
      copy.normalize();
      const nodes: { path: string; own: string | null; text: string }[] = [];
      const add = (parent: Node, above: string) => {
        for (const node of parent.childNodes) {
          const path = `${above} > ${node.nodeName.toLowerCase()}`;
          nodes.push({ path, own: node.nodeValue, text: (node.textContent ?? '').trim() });
          add(node, path);
        }
      };
      add(copy, 'body');
      return nodes;
    };
    const before = nodesOf(new DOMParser().parseFromString(sent, 'text/html').body);
    const after = nodesOf(document.body);
    const most = Math.max(before.length, after.length);
    const first = (property: 'path' | 'own') => {
      for (let at = 0; at < most; at += 1) if (before[at]?.[property] !== after[at]?.[property]) return at;
      return -1;
    };
    // Texts such as relative times also change without a reason, so names decide if they differ.
    const [names, texts] = [first('path'), first('own')];
    const at = names < 0 ? texts : names;
    const around = (nodes: typeof before) => {
      const shown = nodes.slice(Math.max(at - 2, 0), at + 3);
      return shown.map(({ path, text }) => `  ${path} "${text.slice(0, 40)}"`).join('\n');
    };
    const resources = Object.entries((globalThis as Record<string, any>).__RESOLVED_RESOURCES ?? {});
    const sizes = resources.map(([id, value]) => `${id}: ${String(value).length}`);
    return [
      at < 0 ? 'The nodes and texts are the same.' : `The ${names < 0 ? 'texts' : 'nodes'} differ at ${at}.`,
      ...(at < 0 ? [] : [`sent, ${before.length} nodes:`, around(before), `rendered, ${after.length} nodes:`, around(after)]),
      `lengths of resources: ${sizes.join(', ') || 'none'}`,
    ].join('\n');
  }, sent);
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
