// A name that contains markup is shown as text, in the document title too: rendered by the server and by the browser.
import { expect, serve, test } from '../support/test';
import { open } from '../support/page';

serve('demo users');
test.use({ as: 'admin' });

const NAME = `</title><meta http-equiv=refresh content='0;url=https://evil.example'>&amp;`;

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('the title of a page is the name as it is', async ({ page, database }) => {
      const sql = `update users set display_name = '${NAME.replaceAll("'", "''")}' where username = 'test-member'`;
      await database.rows(sql);
      if (javaScriptEnabled) await open(page, '/users/test-member');
      else await page.goto('/users/test-member');
      await expect(page).toHaveTitle(`${NAME} · Rollcall`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(NAME);
      await expect(page.locator('meta[http-equiv]')).toHaveCount(0);
      await page.getByRole('link', { name: 'Users', exact: true }).first().click();
      await expect(page).toHaveTitle('Users · Rollcall');
      await page.goBack();
      await expect(page).toHaveTitle(`${NAME} · Rollcall`);
      await expect(page).toHaveURL(/\/users\/test-member/);
    });
  });
}
