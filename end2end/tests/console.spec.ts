// Administering in the browser: what a change would do, why somebody is in, two administrators at once, by keyboard alone.

import { awake, promote } from '../console';
import type { Session } from '../console';
import { expect, test } from '../stoa';

test('somebody is let in by a group, and two clicks say why', async ({ admin, open }) => {
  const room = await admin.createRoom(`vault ${Date.now()}`, { privacy: 'closed' });
  const group = await admin.call<{ id: string }>('POST', 'groups', { name: `Treasury Staff ${Date.now()}` });
  const [lena, omar] = [await open('Lena Brandt'), await open('Omar Haddad')];
  await promote(admin, lena.api);
  const { user } = await omar.api.call<Session>('GET', 'session');
  await admin.call('POST', `groups/${group.id}/members`, { principal: { kind: 'user', id: user.id } });

  await awake(lena.page, `/admin/rooms/${room.id}?tab=members`);
  const members = lena.page.getByRole('region', { name: 'Members', exact: true });
  await members.getByRole('combobox').fill('Treasury St');
  await lena.page.getByRole('option').first().click();
  await expect(members.getByText('comes')).toBeVisible();
  await members.getByRole('button', { name: 'Review and apply…' }).click();
  const dialog = lena.page.getByRole('dialog', { name: 'Members' });
  await expect(dialog.getByText('gain access')).toBeVisible();
  await expect(dialog.getByText('Omar Haddad')).toBeVisible();
  expect((await omar.api.call<{ may: { enter: boolean } }>('GET', `rooms/${room.id}`)).may.enter, 'nothing is done before the yes').toBe(false);
  await dialog.getByRole('button', { name: 'Apply and record' }).click();
  await expect(dialog).toBeHidden();
  await expect(members.getByRole('link', { name: /Treasury Staff/ })).toBeVisible();
  expect((await omar.api.call<{ may: { enter: boolean } }>('GET', `rooms/${room.id}`)).may.enter).toBe(true);

  // From the room: who can enter, and with it why.
  await lena.page.getByRole('link', { name: 'Who can enter' }).click();
  const reason = lena.page.locator('article', { hasText: 'Omar Haddad' });
  await expect(reason).toContainText('Treasury Staff');
  await expect(reason).toContainText('on the list “Members” of');

  // And from the person.
  await reason.getByRole('link', { name: 'Omar Haddad' }).click();
  await expect(lena.page.getByRole('heading', { name: 'Omar Haddad', level: 1 })).toBeVisible();
  await expect(lena.page.locator('article', { hasText: 'vault' })).toContainText('Treasury Staff');

  // It is in the log, which is whole.
  await lena.page.goto(`/admin/audit?object=room:${room.id}`);
  await expect(lena.page.locator('.records')).toContainText('list.change');
  await lena.page.waitForFunction(() => document.querySelector('[data-awake]') !== null);
  await lena.page.getByRole('button', { name: 'Verify' }).click();
  await expect(lena.page.getByText('The log is whole')).toBeVisible();
});

test('many addresses are pasted: known ones are taken, unknown ones stay', async ({ admin, open }) => {
  const room = await admin.createRoom(`desk ${Date.now()}`, { privacy: 'closed' });
  const [lena, omar] = [await open('Lena Brandt'), await open('Omar Haddad')];
  await promote(admin, lena.api);
  await awake(lena.page, `/admin/rooms/${room.id}?tab=members`);
  const members = lena.page.getByRole('region', { name: 'Members', exact: true });
  await members.getByRole('button', { name: 'Paste many…' }).click();
  const dialog = lena.page.getByRole('dialog', { name: 'Paste many…' });
  await dialog.getByRole('textbox').fill(`${omar.person.name}\nnobody.at.all`);
  await dialog.getByRole('button', { name: 'Take the known ones' }).click();
  await expect(dialog.getByText('1 taken; 1 aren’t known'.replace('’', "'"))).toBeVisible();
  await expect(dialog.getByRole('textbox')).toHaveValue('nobody.at.all');
  await dialog.locator('.actions').getByRole('button', { name: 'Close' }).click();
  await expect(members.locator('.coming')).toContainText('Omar Haddad');
  await members.getByRole('button', { name: 'Review and apply…' }).click();
  await lena.page.getByRole('button', { name: 'Apply and record' }).click();
  await expect(members.getByRole('link', { name: 'Omar Haddad' })).toBeVisible();
});

test('two administrators change the same category: the second sees what the first did', async ({ admin, open }) => {
  const { items } = await admin.call<{ items: { id: string; parent: string | null }[] }>('GET', 'categories');
  const root = items.find((category) => !category.parent);
  const made = await admin.call<{ id: string }>('POST', 'categories', { name: `Desk ${Date.now()}`, parent: root?.id });
  const [lena, omar] = [await open('Lena Brandt'), await open('Omar Haddad')];
  await promote(admin, lena.api);
  await promote(admin, omar.api);
  await awake(lena.page, `/admin/categories/${made.id}`);
  await awake(omar.page, `/admin/categories/${made.id}`);
  await omar.page.locator('#category-description').fill('For currencies');
  await omar.page.getByRole('button', { name: 'Save' }).click();
  await expect(omar.page.getByText('Done and recorded.')).toBeVisible();
  const name = `Trading ${Date.now()}`;
  await lena.page.locator('#category-name').fill(name);
  await lena.page.getByRole('button', { name: 'Save' }).click();
  const dialog = lena.page.getByRole('dialog');
  await expect(dialog.getByText('Somebody else has changed this meanwhile.')).toBeVisible();
  await expect(dialog.getByText('For currencies')).toBeVisible();
  await dialog.getByRole('button', { name: 'Make mine all the same' }).click();
  await expect(lena.page.getByRole('heading', { name, level: 1 })).toBeVisible();
  await expect(lena.page.locator('#category-description')).toHaveValue('For currencies');
});

test('a name that is taken, or bad, is told at the field', async ({ admin, open }) => {
  const taken = `Desk ${Date.now()}`;
  const { items } = await admin.call<{ items: { id: string; parent: string | null }[] }>('GET', 'categories');
  await admin.call('POST', 'categories', { name: taken, parent: items.find((category) => !category.parent)?.id });
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  await awake(lena.page, '/admin/categories');
  await lena.page.getByRole('button', { name: 'New category' }).click();
  const dialog = lena.page.getByRole('dialog', { name: 'New category' });
  const field = dialog.getByLabel('Name');
  for (const [bad, said] of [
    ['', /needed/],
    [taken.toUpperCase(), /exists/],
    ['a‮b', /direction|control/i],
    ['x'.repeat(300), /256/],
  ] as [string, RegExp][]) {
    await field.fill(bad);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog.locator('.field.invalid .hint')).toContainText(said);
  }
  await field.fill(`${taken} two`);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await expect(lena.page.getByRole('heading', { name: `${taken} two`, level: 1 })).toBeVisible();
});

test('by keyboard alone: a person is made, put on a list and taken off', async ({ admin, open }) => {
  const room = await admin.createRoom(`keys ${Date.now()}`, { privacy: 'closed' });
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const { page } = lena;
  await awake(page, '/admin/people');
  const name = `kim${Date.now()}`;
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** Goes on with Tab until something has the focus. */
  const reach = async (selector: string) => {
    for (let steps = 0; steps < 80; steps += 1) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${selector} can't be reached by keyboard`);
  };
  await reach('#add-person');
  await press('Enter');
  await reach('#new-person-display_name');
  await page.keyboard.type('Kim Park');
  await press('Tab');
  await page.keyboard.type(name);
  await press('Enter');
  await expect(page.getByRole('heading', { name: 'Kim Park', level: 1 })).toBeVisible();
  expect(await page.evaluate(() => document.activeElement?.id), 'on another page one begins at its top').toBe('main');

  await awake(page, `/admin/rooms/${room.id}?tab=members`);
  await reach('#add-members');
  await page.keyboard.type(name);
  await expect(page.getByRole('option')).toHaveCount(1);
  await press('ArrowDown', 'Enter');
  await expect(page.locator('.coming')).toContainText('Kim Park');
  await reach('#members-review');
  await press('Enter');
  await expect(page.getByRole('dialog').getByText('gain access')).toBeVisible();
  await reach('#apply');
  await press('Enter');
  await expect(page.getByRole('region', { name: 'Members', exact: true }).getByRole('link', { name: 'Kim Park' })).toBeVisible();
  await reach('button[aria-label="Remove Kim Park"]');
  await press('Enter');
  await reach('#members-review');
  await press('Enter');
  await expect(page.getByRole('dialog').getByText('lose access')).toBeVisible();
  await reach('#apply');
  await press('Enter');
  await expect(page.getByRole('region', { name: 'Members', exact: true }).getByText('Nobody is on this list.')).toBeVisible();
});

test('who manages a category works in its subtree, and meets nothing else', async ({ admin, open }) => {
  test.slow();
  const { items } = await admin.call<{ items: { id: string; parent: string | null }[] }>('GET', 'categories');
  const root = items.find((category) => !category.parent)?.id;
  const own = await admin.call<{ id: string }>('POST', 'categories', { name: `Own ${Date.now()}`, parent: root });
  const hidden = `Hidden ${Date.now()}`;
  const other = await admin.call<{ id: string }>('POST', 'categories', { name: hidden, parent: root });
  const ben = await open('Ben Ito');
  const { user } = await ben.api.call<Session>('GET', 'session');
  await admin.call('POST', `categories/${own.id}/lists/managers`, { principal: { kind: 'user', id: user.id } });
  await awake(ben.page, '/admin/categories');
  const menu = ben.page.getByRole('navigation', { name: 'Administration' });
  await expect(menu.getByRole('link', { name: 'Categories' })).toBeVisible();
  for (const link of ['People', 'Roles', 'Audit log', 'Settings']) await expect(menu.getByRole('link', { name: link })).toHaveCount(0);
  await expect(ben.page.locator('.tree')).not.toContainText(hidden);
  await ben.page.locator('.tree').getByRole('treeitem', { name: /^Own/ }).click();
  await expect(ben.page.getByRole('button', { name: 'New category' })).toBeVisible();
  for (const path of [`/admin/categories/${other.id}`, '/admin/audit', '/admin/roles', '/admin/settings', '/admin/groups']) {
    await ben.page.goto(path);
    await expect(ben.page.locator('#main h1')).toHaveText(/no such page|isn't for you/);
  }
});
