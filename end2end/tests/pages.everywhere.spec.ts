// On the desktop, on a phone and without scripts: pages show their content, fit, and axe finds nothing.

import AxeBuilder from '@axe-core/playwright';
import { expect, somebody, test } from '../stoa';

test('each page shows its content, fits, and is accessible', async ({ admin, open, javaScriptEnabled }, info) => {
  // Many pages, each in two themes, each looked through by axe.
  test.slow();
  const room = await admin.createRoom(`lobby ${info.project.name}`);
  const mira = await open('Mira Kovac');
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  await mira.api.call('POST', `rooms/${room.id}/messages`, { nonce: crypto.randomUUID(), body: 'Good morning, *everyone*' });
  const pages: [string, string][] = [
    ['/chat', `lobby ${info.project.name}`],
    [`/chat/r/${room.id}`, 'Good morning, everyone'],
    [`/chat/r/${room.id}/files`, 'There are no files here.'],
    ['/directory', `lobby ${info.project.name}`],
    ['/rooms/new', 'New room'],
    ['/chat/r/01939c5e-7a00-7000-8000-000000000001', 'no such room'],
    ['/nowhere', 'page'],
  ];
  for (const [path, content] of pages) {
    for (const scheme of ['light', 'dark'] as const) {
      await mira.page.emulateMedia({ colorScheme: scheme });
      await mira.page.goto(path);
      await expect(mira.page.locator('body')).toContainText(content);
      if (javaScriptEnabled) {
        const wide = await mira.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wide, `${path} is wider than the window`).toBeLessThanOrEqual(0);
        const cut = await mira.page.evaluate(() =>
          [...document.querySelectorAll('.rail, .page')].filter((part) => part.getBoundingClientRect().bottom > window.innerHeight + 1).map((part) => part.className),
        );
        expect(cut, `${path} doesn't end with the window`).toEqual([]);
        const { violations } = await new AxeBuilder({ page: mira.page as never }).analyze();
        expect(violations.map(({ id, nodes }) => `${path} ${scheme}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
      }
      await mira.page.screenshot({ path: info.outputPath(`${path.split('/')[1]}-${path.split('/').length}-${scheme}.png`) });
    }
  }
});

test('signing in is a plain form', async ({ page, stoa, admin }) => {
  const omar = somebody('Omar Haddad');
  await admin.createUser(omar);
  await page.goto(`${stoa.url}/chat`);
  await page.waitForURL(/sign-in/);
  await page.getByLabel('Name').fill(omar.name);
  await page.getByLabel('Password').fill('wrong wrong wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Name or password is wrong.')).toBeVisible();
  await page.getByLabel('Password').fill(omar.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/chat/);
  await expect(page.locator('body')).not.toContainText('Sign in to Stoa');
});
