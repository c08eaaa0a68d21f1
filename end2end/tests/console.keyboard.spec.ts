// A day's work in the console by keyboard alone, from signing in to signing out.

import { reach } from '../console';
import { expect, somebody, test } from '../stoa';

test('by keyboard alone: a category, a room in it, a member, why he is in', async ({ admin, stoa, browser }) => {
  test.slow();
  const tag = Date.now();
  const [lena, omar] = [somebody('Lena Brandt'), { ...somebody('Omar'), displayName: `Omar K${tag}` }];
  const made = await admin.createUser(lena);
  await admin.createUser(omar);
  await admin.call('POST', 'roles/administrator', { principal: { kind: 'user', id: made.id } });
  const context = await browser.newContext({ baseURL: stoa.url });
  const page = await context.newPage();
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const ready = () => expect(page.locator('#main[data-awake]')).toBeVisible({ timeout: 45_000 });
  await page.goto('/sign-in');
  await reach(page, 'input[name=name]');
  await page.keyboard.type(lena.name);
  await press('Tab');
  await page.keyboard.type(lena.password);
  await press('Enter');
  await expect(page).toHaveURL(/\/chat/);
  await reach(page, 'nav.rail a[href="/admin"]');
  await press('Enter');
  await ready();
  await reach(page, 'nav.console-menu a[href="/admin/categories"]');
  await press('Enter');
  await expect(page.getByRole('tree')).toBeVisible();

  await reach(page, '#new-category');
  await press('Enter');
  await reach(page, '#new-category-name');
  await page.keyboard.type(`Desks ${tag}`);
  await press('Enter');
  await expect(page.getByRole('heading', { name: `Desks ${tag}`, level: 1 })).toBeVisible();

  // The form for a new room is a plain page.
  await reach(page, 'a[href^="/rooms/new"]');
  await press('Enter');
  await expect(page.getByRole('heading', { name: 'New room', level: 1 })).toBeVisible();
  await reach(page, 'input[name=name]');
  await page.keyboard.type(`spot ${tag}`);
  await reach(page, 'input[name=privacy]');
  await press('ArrowDown');
  await expect(page.locator('input[name=privacy][value=closed]')).toBeChecked();
  await reach(page, 'form button.primary');
  await press('Enter');
  await expect(page).toHaveURL(/\/chat\/r\//);
  const room = page.url().split('/').pop();

  await reach(page, 'nav.rail a[href="/admin"]');
  await press('Enter');
  await ready();
  await reach(page, 'nav.console-menu a[href="/admin/rooms"]');
  await press('Enter');
  await reach(page, '#search');
  await page.keyboard.type(`spot ${tag}`);
  await press('Enter');
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await reach(page, `th a[href$="${room}"]`);
  await press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`spot ${tag}`);
  await reach(page, '#tab-members');
  await press('Enter');
  await reach(page, '#add-members');
  await page.keyboard.type(`Omar K${tag}`);
  await expect(page.getByRole('option')).toHaveCount(1);
  await press('Enter');
  await expect(page.locator('.coming')).toContainText(`Omar K${tag}`);
  await reach(page, '#members-review');
  await press('Enter');
  await expect(page.getByRole('dialog').getByText('gain access')).toBeVisible();
  await expect(page.getByRole('dialog').getByText(`Omar K${tag}`)).toBeVisible();
  await reach(page, '#apply');
  await press('Enter');
  await expect(page.getByRole('region', { name: 'Members', exact: true }).getByRole('link', { name: `Omar K${tag}` })).toBeVisible();

  // Why he is in: one key to the tab, one to him.
  await reach(page, '#tab-access');
  await press('Enter');
  const reason = page.locator('article.reason', { hasText: `Omar K${tag}` });
  await expect(reason).toContainText('Member');
  await expect(reason).toContainText('on the list “Members” of');

  await reach(page, 'nav.rail details summary');
  await press('Enter');
  await reach(page, 'nav.rail .menu-panel form button');
  await press('Enter');
  await expect(page).toHaveURL(/sign-in/);
  expect((await context.request.get('/api/v1/session')).status()).toBe(401);
  await context.close();
});
