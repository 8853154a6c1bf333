// Inspection of a screen in both themes and at both widths: by axe, and by screenshots for visual review.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { join } from 'node:path';
import { expectNoSidewaysScroll } from './page';
import { settings } from './settings';

const THEMES = ['light', 'dark'] as const;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 360, height: 740 },
];

/** Inspects the page in its current state and saves a screenshot of each variant under `shots/`. */
export async function inspect(page: Page, name: string): Promise<void> {
  const given = page.viewportSize();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const look = `${name}-${theme}-${size.width}`;
      await page.screenshot({ path: join(settings.shots, `${look}.png`), animations: 'disabled' });
      await expectNoSidewaysScroll(page);
      await expectAccessible(page, look);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (given) await page.setViewportSize(given);
}

async function expectAccessible(page: Page, look: string): Promise<void> {
  // Further rows have the same structure and would make the analysis slow.
  const { violations } = await new AxeBuilder({ page }).exclude('tbody tr:nth-child(n + 12)').analyze();
  const messages = violations.map(({ id, help, nodes }) => ({
    rule: `${id}: ${help}`,
    where: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary?.replace(/\s+/g, ' ')}`),
  }));
  expect(messages, `axe on ${look}`).toEqual([]);
}
