// Inspection of a screen in both themes and at both widths: by axe, and on request by screenshots for visual review.
import { expect, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectNoSidewaysScroll } from './page';
import { settings } from './settings';

/** Script that defines `axe` in a page. */
const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

declare const axe: typeof import('axe-core');

/** Rules of axe about colours. The themes differ in nothing else, so the others need only one of them. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Themes, with the rules that are checked in each: all if none are named. */
const THEMES: [theme: 'light' | 'dark', rules?: string[]][] = [['light'], ['dark', COLOUR_RULES]];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
];

/** Inspects the page in its current state. With ROLLCALL_SHOTS=1, saves a screenshot of each variant under `shots/`. */
export async function inspect(page: Page, name: string): Promise<void> {
  const given = page.viewportSize();
  await page.evaluate(AXE);
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const [theme, rules] of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const look = `${name}-${theme}-${size.width}`;
      if (settings.shots) await page.screenshot({ path: join(settings.shots, `${look}.png`), animations: 'disabled' });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page, look, rules);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (given) await page.setViewportSize(given);
}

async function expectAccessible(page: Page, look: string, rules?: string[]): Promise<void> {
  const messages = await page.evaluate(async (rules) => {
    // Further rows have the same structure and would make the analysis slow, as would details of what is accessible.
    const { violations } = await axe.run(
      { exclude: [['tbody tr:nth-child(n + 12)']] },
      { resultTypes: ['violations'], runOnly: rules },
    );
    return violations.map(({ id, help, nodes }) => ({
      rule: `${id}: ${help}`,
      where: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary?.replace(/\s+/g, ' ')}`),
    }));
  }, rules);
  expect(messages, `axe on ${look}`).toEqual([]);
}
