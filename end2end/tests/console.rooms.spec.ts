// The table of rooms: filters that stay in the address, and the same done with several rooms at once.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { awake, promote, rootCategory } from '../console';
import type { Session } from '../console';
import { expect, test } from '../stoa';

async function clean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('rooms are filtered by everything that is known of them, and the address keeps it', async ({ admin, open }) => {
  const tag = Date.now();
  const root = await rootCategory(admin);
  const desks = await admin.call<{ id: string }>('POST', 'categories', { name: `Desks ${tag}`, parent: root });
  const spot = await admin.call<{ id: string }>('POST', 'categories', { name: `Spot ${tag}`, parent: desks.id });
  const [lena, omar] = [await open('Lena Brandt'), await open(`Omar H${tag}`)];
  await promote(admin, lena.api);
  const { user } = await omar.api.call<Session>('GET', 'session');
  const far = await admin.createRoom(`far ${tag}`, { category: spot.id, privacy: 'closed' });
  await admin.createRoom(`near ${tag}`, { category: desks.id, privacy: 'closed' });
  await admin.createRoom(`else ${tag}`, { privacy: 'closed' });
  await admin.call('POST', `rooms/${far.id}/lists/managers`, { principal: { kind: 'user', id: user.id } });
  const { page } = lena;
  await awake(page, '/admin/rooms');
  const rows = page.locator('table.rows tbody tr');
  await page.locator('#more-filters').click();
  const filter = async (name: string, words: string) => {
    await page.getByRole('combobox', { name, exact: true }).fill(words);
    await page.locator('.find-box [role=option]').first().click();
  };
  await filter('Category', `Desks ${tag}`);
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('near');
  await page.getByLabel('and all categories below').check();
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(rows).toHaveCount(2);
  await filter('Managed by', `Omar H${tag}`);
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('far');
  await expect(page).toHaveURL(new RegExp(`category=${desks.id}.*below=true.*manager=${user.id}`));
  await clean(page);
  await page.reload();
  await expect(page.locator('#main[data-awake]')).toBeVisible();
  await expect(rows).toHaveCount(1);
  await expect(page.locator('.chosen')).toHaveText([new RegExp(`Desks ${tag}`), new RegExp(`Omar H${tag}`)]);
  // Something was never said: active since then shows none, and sorting keeps the filter.
  await page.getByLabel('Nothing said since').fill('2024-01-01');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(rows).toHaveCount(1);
  await page.getByLabel('Last active since').fill('2024-01-01');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.getByText('No room fits.')).toBeVisible();
  await page.getByLabel('Last active since').fill('');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.locator('#sort-people').click();
  await expect(page).toHaveURL(new RegExp(`manager=${user.id}.*sort=people`));
  await expect(rows).toHaveCount(1);
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/\/admin\/rooms$/);
});

test('several rooms are changed at once: shown before in numbers, and what is refused is told by name', async ({ admin, open }) => {
  test.slow();
  const tag = Date.now();
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const omar = await open(`Omar M${tag}`);
  const rooms = [];
  for (const name of ['one', 'two', 'three']) rooms.push(await admin.createRoom(`${name} ${tag}`, { privacy: 'open' }));
  const { page } = lena;
  const found = `/admin/rooms?q=${tag}`;
  await awake(page, found);
  const dialog = page.locator('dialog.proposal[open]');
  const apply = async () => {
    await dialog.locator('#apply').click();
    await expect(dialog).toBeHidden();
    await expect(page.locator('#main')).toHaveAttribute('aria-busy', 'false');
  };
  const change = async () => {
    await page.getByLabel('Select all on this page').check();
    await page.locator('#bulk-change').click();
    return page.locator('dialog[open]', { hasText: 'Change 3 rooms' });
  };
  // Privacy.
  let changing = await change();
  await clean(page);
  await changing.getByRole('button', { name: 'closed', exact: true }).click();
  await expect(dialog.getByText('3 rooms are changed.')).toBeVisible();
  await expect(dialog.getByText('lose access')).toBeVisible();
  await clean(page);
  await apply();
  await expect(page.locator('tbody td', { hasText: /^closed$/ })).toHaveCount(3);
  // A member.
  changing = await change();
  await changing.getByRole('combobox').last().fill(`Omar M${tag}`);
  await page.locator('.find-box [role=option]').first().click();
  await expect(dialog.getByText('gain access')).toBeVisible();
  await apply();
  expect((await omar.api.call<{ may: { enter: boolean } }>('GET', `rooms/${rooms[2].id}`)).may.enter).toBe(true);
  // File posting.
  changing = await change();
  await changing.getByRole('button', { name: 'File posting: Off' }).click();
  await expect(dialog.getByText('Nobody gains or loses access.')).toBeVisible();
  await apply();
  expect((await admin.call<{ files: string }>('GET', `rooms/${rooms[0].id}`)).files).toBe('off');
  // Into a category that lets nobody in.
  const root = await rootCategory(admin);
  const vault = await admin.call<{ id: string }>('POST', 'categories', { name: `Vault ${tag}`, parent: root, scope: 'list' });
  changing = await change();
  await changing.getByRole('combobox', { name: 'Find a category' }).fill(`Vault ${tag}`);
  await page.locator('.find-box [role=option]').first().click();
  await expect(dialog.getByText(`Move to Vault ${tag}`)).toBeVisible();
  await expect(dialog.getByText('lose access')).toBeVisible();
  await apply();
  expect((await admin.call<{ category: string }>('GET', `rooms/${rooms[1].id}`)).category).toBe(vault.id);
  // Two are disabled; of three only these can be deleted.
  for (const name of ['one', 'two']) await page.getByLabel(`Select ${name} ${tag}`).check();
  await page.locator('.pending').getByRole('button', { name: 'Disable' }).click();
  await expect(dialog.getByText('2 rooms are changed.')).toBeVisible();
  await apply();
  await expect(page.locator('tbody tr.off')).toHaveCount(2);
  await page.getByLabel('Select all on this page').check();
  await page.locator('.pending').getByRole('button', { name: 'Delete…' }).click();
  await expect(dialog.getByText('These would be refused')).toBeVisible();
  await expect(dialog.locator('.refused li')).toHaveText([new RegExp(`# three ${tag}.*disabled before`)]);
  await expect(dialog.locator('#apply')).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByLabel('Type “3” to confirm').fill('3');
  await dialog.locator('#apply').click();
  await expect(dialog.getByText('2 done; 1 refused:')).toBeVisible();
  await expect(dialog.locator('.refused li')).toHaveText([new RegExp(`# three ${tag}`)]);
  await clean(page);
  await dialog.locator('.actions').getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('tbody tr')).toHaveCount(1);
});

test('all rooms that match are chosen, beyond the page that is shown', async ({ admin, open }) => {
  test.slow();
  const tag = Date.now();
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  for (let number = 0; number < 53; number++) await admin.createRoom(`many ${tag} ${number}`, { privacy: 'open' });
  await admin.createRoom(`other ${tag}`, { privacy: 'open' });
  const { page } = lena;
  await awake(page, `/admin/rooms?q=many+${tag}`);
  await expect(page.locator('tbody tr')).toHaveCount(50);
  await page.getByLabel('Select all on this page').check();
  await expect(page.getByText('50 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Select all 53 that match' }).click();
  await expect(page.getByText('53 selected')).toBeVisible();
  await expect(page.locator('#select-matching')).toBeHidden();
  await clean(page);
  await page.locator('#bulk-change').click();
  await page.locator('dialog[open]', { hasText: 'Change 53 rooms' }).getByRole('button', { name: 'Chat history: Off' }).click();
  const dialog = page.locator('dialog.proposal[open]');
  await expect(dialog.getByText('53 rooms are changed.')).toBeVisible();
  await dialog.locator('#apply').click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  const found = await admin.call<{ items: { name: string; kept: boolean }[] }>('GET', `rooms?q=${tag}&limit=100`);
  expect(found.items.filter((room) => !room.kept)).toHaveLength(53);
  expect(found.items.filter((room) => room.kept).map((room) => room.name)).toEqual([`other ${tag}`]);
});
