// The tree of categories by key and by pointer; whom a category lets in, and why; its history.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { awake, promote, reach, rootCategory } from '../console';
import type { Session } from '../console';
import { expect, test } from '../stoa';

async function clean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('the tree is walked by keys, opens in place and stays open', async ({ admin, open }) => {
  const tag = Date.now();
  const root = await rootCategory(admin);
  const made = async (name: string, parent: string) => (await admin.call<{ id: string }>('POST', 'categories', { name: `${name} ${tag}`, parent })).id;
  const asia = await made('Asia', root);
  const europe = await made('Europe', root);
  await made('Berlin', europe);
  await made('Zagreb', europe);
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const { page } = lena;
  await awake(page, '/admin/categories');
  const tree = page.getByRole('tree', { name: 'Category tree' });
  const item = (name: string) => tree.getByRole('treeitem', { name: new RegExp(`^${name} ${tag}`) });
  await expect(item('Europe')).toHaveAttribute('aria-expanded', 'false');
  await expect(item('Asia')).not.toHaveAttribute('aria-expanded');
  await reach(page, '[role=treeitem]');
  await expect(tree.locator('[aria-current=page]')).toBeFocused();
  await page.keyboard.type(`europe ${tag}`);
  await expect(item('Europe')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(item('Europe')).toHaveAttribute('aria-expanded', 'true');
  await expect(item('Europe')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(item('Berlin')).toBeFocused();
  await expect(item('Berlin')).toHaveAttribute('aria-level', '3');
  await page.keyboard.press('ArrowDown');
  await expect(item('Zagreb')).toBeFocused();
  await expect(item('Zagreb')).toHaveAttribute('aria-posinset', '2');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowLeft');
  await expect(item('Europe')).toBeFocused();
  await page.keyboard.press('Home');
  await expect(tree.getByRole('treeitem').first()).toBeFocused();
  await page.keyboard.press('End');
  await expect(tree.getByRole('treeitem').last()).toBeFocused();
  await clean(page);
  // One stop for Tab, whatever stands in it.
  expect(await tree.locator('[tabindex="0"]').count()).toBe(1);

  // What was opened by hand is open on the next page, and closes by pointer without going anywhere.
  await item('Asia').click();
  await expect(page).toHaveURL(new RegExp(`${asia}$`));
  await expect(item('Berlin')).toBeVisible();
  await item('Europe').locator('.fold').click();
  await expect(item('Berlin')).toBeHidden();
  await expect(page).toHaveURL(new RegExp(`${asia}$`));
});

test('a category says whom it lets in, and in two clicks why somebody is in or not', async ({ admin, open }) => {
  const tag = Date.now();
  const root = await rootCategory(admin);
  const [lena, omar, zoe, ben] = [await open('Lena Brandt'), await open(`Omar T${tag}`), await open(`Zoe T${tag}`), await open(`Ben T${tag}`)];
  await promote(admin, lena.api);
  const id = async (of: typeof omar) => (await of.api.call<Session>('GET', 'session')).user.id;
  const group = await admin.call<{ id: string }>('POST', 'groups', { name: `Traders ${tag}` });
  for (const who of [omar, zoe]) await admin.call('POST', `groups/${group.id}/members`, { principal: { kind: 'user', id: await id(who) } });
  const desks = await admin.call<{ id: string }>('POST', 'categories', { name: `Desks ${tag}`, parent: root, scope: 'list' });
  await admin.call('POST', `categories/${desks.id}/lists/allowed`, { principal: { kind: 'group', id: group.id } });
  await admin.call('POST', `categories/${desks.id}/lists/denied`, { principal: { kind: 'user', id: await id(zoe) } });
  await admin.call('POST', `categories/${desks.id}/lists/allowed`, { principal: { kind: 'user', id: await id(ben) } });
  await admin.call('POST', `categories/${desks.id}/lists/managers`, { principal: { kind: 'user', id: await id(ben) } });
  await admin.createRoom(`spot ${tag}`, { category: desks.id, privacy: 'open' });

  const { page } = lena;
  await awake(page, `/admin/categories/${desks.id}`);
  await page.getByRole('link', { name: 'Who gets in' }).click();
  await expect(page.getByText('2 people are let in here')).toBeVisible();
  const traders = page.locator('.levels tr', { hasText: `Traders ${tag}` });
  await expect(traders.locator('td.num')).toHaveText(['2', '1']);
  await expect(page.locator('article.reason')).toHaveCount(2);
  await expect(page.locator('article.reason', { hasText: `Omar T${tag}` })).toContainText(`Traders ${tag}`);
  await clean(page);
  await page.getByRole('combobox', { name: /Is somebody let in here/ }).fill(`Zoe T${tag}`);
  await page.locator('.find-box [role=option]').first().click();
  const reason = page.locator('article.reason');
  await expect(reason).toHaveCount(1);
  await expect(reason).toContainText('kept out');
  await expect(reason).toContainText('Denied');
  await expect(reason).toContainText('May enter 0 of 1 rooms here and below.');
  await clean(page);

  // The history is the log's, and opens to what was before and after.
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.locator('.records li')).not.toHaveCount(0);
  await expect(page.locator('.records')).toContainText('list.add');
  await expect(page.locator('.records')).toContainText('category.create');
  await clean(page);

  // Who manages this category only sees that, without its history and the lists above.
  await awake(ben.page, `/admin/categories/${desks.id}?tab=access`);
  await expect(ben.page.getByText('2 people are let in here')).toBeVisible();
  await expect(ben.page.getByText('Its lists are for who manages it.')).toHaveCount(1);
  await expect(ben.page.getByRole('link', { name: 'History' })).toHaveCount(0);
});
