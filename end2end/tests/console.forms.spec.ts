// What is entered: durations, new people, clearing a room, and what is wrong, told at the field in both languages.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { awake, promote, rootCategory } from '../console';
import { expect, test } from '../stoa';

async function clean(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('durations are entered and shown as people say them', async ({ admin, open }) => {
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const { page } = lena;
  const before = await admin.call<{ undo_window: number }>('GET', 'pool/settings');
  await awake(page, '/admin/settings');
  const number = page.getByLabel('How long a clean-up can be undone', { exact: true });
  const unit = page.getByLabel('How long a clean-up can be undone: unit');
  await expect(number).toHaveValue(String(before.undo_window / 86_400));
  await expect(unit.locator('option:checked')).toHaveText('days');
  await number.fill('1.5');
  await unit.selectOption({ label: 'hours' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Done and recorded.')).toBeVisible();
  expect((await admin.call<{ undo_window: number }>('GET', 'pool/settings')).undo_window).toBe(5_400);
  await expect(number).toHaveValue('90');
  await expect(unit.locator('option:checked')).toHaveText('minutes');
  await number.fill('soon');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('[role=alert], .field.invalid .hint').first()).toBeVisible();
  await page.getByLabel('A session ends unused after', { exact: true }).fill('1');
  await page.getByLabel('A session ends unused after: unit').selectOption({ label: 'seconds' });
  await number.fill('1');
  await unit.selectOption({ label: 'days' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('.field.invalid', { hasText: 'A session ends unused after' }).locator('.hint')).toContainText('60');
  await clean(page);
});

test('somebody is made with a unit, and somebody of a partner', async ({ admin, open }) => {
  const tag = Date.now();
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  await admin.call('POST', 'units', { name: `Sales ${tag}` });
  await admin.call('POST', 'domains', { name: `p${tag}.example` });
  const { page } = lena;
  const dialog = page.getByRole('dialog', { name: 'Add a person' });
  const start = async (name: string) => {
    await awake(page, '/admin/people');
    await page.getByRole('button', { name: 'Add a person' }).click();
    await dialog.getByLabel('Full name').fill(`Kim ${name}`);
    await dialog.getByLabel('Sign-in name').fill(`kim.${name}.${tag}`);
  };
  await start('inside');
  await dialog.getByRole('combobox', { name: 'Unit' }).fill(`Sales ${tag}`);
  await page.locator('.find-box [role=option]').first().click();
  await clean(page);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Kim inside', level: 1 })).toBeVisible();
  await expect(page.locator('.chosen')).toContainText(`Sales ${tag}`);
  await start('outside');
  await dialog.getByRole('combobox', { name: /Partner.s domain/ }).fill(`p${tag}`);
  await page.locator('.find-box [role=option]').first().click();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Kim outside', level: 1 })).toBeVisible();
  const found = await admin.call<{ items: { account: { domain: { name: string } | null } }[] }>('GET', `users?q=kim.outside.${tag}`);
  expect(found.items[0].account.domain?.name).toBe(`p${tag}.example`);
});

test('a room is cleared before a day: looked at first, then done and undone', async ({ admin, open }) => {
  const room = await admin.createRoom(`minutes ${Date.now()}`);
  for (const body of ['one', 'two', 'three']) await admin.call('POST', `rooms/${room.id}/messages`, { nonce: crypto.randomUUID(), body });
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const { page } = lena;
  await awake(page, `/admin/rooms/${room.id}`);
  await page.getByRole('button', { name: 'Clear history…' }).click();
  const dialog = page.getByRole('dialog', { name: /Clear the history/ });
  await dialog.getByRole('button', { name: 'Look first' }).click();
  await expect(dialog.locator('.field.invalid .hint')).toHaveText('Say a day.');
  await dialog.getByLabel('Everything before').fill('2020-01-01');
  await dialog.getByRole('button', { name: 'Look first' }).click();
  await expect(dialog.locator('.big strong').first()).toHaveText('0');
  await expect(dialog.locator('#clear-now')).toHaveCount(0);
  await dialog.getByLabel('Everything before').fill('2999-01-01');
  await dialog.getByRole('button', { name: 'Look first' }).click();
  await expect(dialog.locator('.big strong').first()).toHaveText('3');
  await clean(page);
  await dialog.locator('#clear-now').click();
  const confirm = page.locator('dialog.proposal[open]');
  await expect(confirm.getByText('3 messages are hidden.')).toBeVisible();
  await confirm.locator('#confirm-name').fill(room.name);
  await confirm.locator('#apply').click();
  await expect(page.getByRole('heading', { name: 'Messages', level: 1 })).toBeVisible();
  const line = page.locator('table.rows tbody tr').first();
  await expect(line).toContainText('Clear');
  const left = async () => (await admin.call<{ messages: { deleted?: unknown; body: string }[] }>('GET', `rooms/${room.id}/messages`)).messages.filter(({ body }) => body);
  await expect.poll(async () => (await left()).length).toBe(0);
});

test('what is wrong with what was entered is told at its field, in both languages', async ({ admin, open, browser, stoa }) => {
  test.slow();
  const tag = Date.now();
  const root = await rootCategory(admin);
  const outer = await admin.call<{ id: string }>('POST', 'categories', { name: `Caf\u00e9 ${tag}`, parent: root });
  const inner = await admin.call<{ id: string }>('POST', 'categories', { name: `Inner ${tag}`, parent: outer.id });
  const room = await admin.createRoom(`taken ${tag}`, { privacy: 'closed' });
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const german = await browser.newContext({ baseURL: stoa.url, locale: 'de-DE', storageState: await lena.context.storageState() });
  const words = {
    en: { make: 'New category', name: 'Name', create: 'Create', save: 'Save', empty: /needed/, taken: /exists|taken/i, bad: /direction/, long: /256/ },
    de: { make: 'Neue Kategorie', name: 'Name', create: 'Anlegen', save: 'Speichern', empty: /gebraucht/, taken: /vergeben|gibt es schon/i, bad: /Richtung/, long: /zu lang/ },
  };
  for (const [t, page] of [
    [words.en, lena.page],
    [words.de, await german.newPage()],
  ] as const) {
    await awake(page, `/admin/categories/${root}`);
    await page.getByRole('button', { name: t.make }).click();
    const dialog = page.getByRole('dialog', { name: t.make });
    const field = dialog.getByLabel(t.name);
    const hint = dialog.locator('.field.invalid .hint');
    const cases: [string, RegExp][] = [
      ['', t.empty],
      ['   ', t.empty],
      ['x'.repeat(300), t.long],
      [`CAFE\u0301 ${tag}`, t.taken],
      ['a\u202eb', t.bad],
      ['a\u0007b', t.bad],
    ];
    for (const [bad, said] of cases) {
      await field.fill(bad);
      await dialog.getByRole('button', { name: t.create }).click();
      await expect(hint, JSON.stringify(bad)).toContainText(said);
      await expect(field).toHaveAttribute('aria-invalid', 'true');
    }
    await clean(page);
    // Nothing was half made.
    const { items } = await admin.call<{ items: { name: string; parent: string | null }[] }>('GET', 'categories');
    expect(items.filter((category) => category.name.includes(`${tag}`))).toHaveLength(2);
    // The same of a room.
    await awake(page, `/admin/rooms/${room.id}`);
    for (const [bad, said] of cases.filter(([bad]) => !bad.startsWith('CAFE'))) {
      await page.locator('#room-name').fill(bad);
      await page.getByRole('button', { name: t.save }).click();
      await expect(page.locator('.field.invalid .hint'), JSON.stringify(bad)).toContainText(said);
    }
    // A category below itself.
    await awake(page, `/admin/categories/${outer.id}`);
    await page.locator('.title .actions button').first().click();
    const move = page.locator('dialog[open]');
    await move.getByRole('searchbox').fill(`Inner ${tag}`);
    await move.getByRole('button', { name: `Inner ${tag}` }).click();
    await expect(page.locator('dialog.proposal[open] [role=alert]')).toBeVisible();
    await expect(page.locator('dialog.proposal[open] [role=alert]')).toHaveText(t === words.en ? /itself/ : /unter sich selbst/);
    expect((await admin.call<{ parent: string }>('GET', `categories/${outer.id}`)).parent).toBe(root);
  }
  expect((await admin.call<{ parent: string }>('GET', `categories/${inner.id}`)).parent).toBe(outer.id);
  await german.close();
});

test('who loses the rights while editing is told so, and nothing is applied', async ({ admin, open }) => {
  const tag = Date.now();
  const root = await rootCategory(admin);
  const own = await admin.call<{ id: string }>('POST', 'categories', { name: `Own ${tag}`, parent: root });
  const ben = await open('Ben Ito');
  const { user } = await ben.api.call<{ user: { id: string } }>('GET', 'session');
  await admin.call('POST', `categories/${own.id}/lists/managers`, { principal: { kind: 'user', id: user.id } });
  await awake(ben.page, `/admin/categories/${own.id}`);
  await ben.page.locator('#category-description').fill('Mine for ever');
  await admin.call('DELETE', `categories/${own.id}/lists/managers/user:${user.id}`);
  await ben.page.getByRole('button', { name: 'Save' }).click();
  await expect(ben.page.locator('dialog[open] [role=alert]')).toBeVisible();
  expect((await admin.call<{ description: string }>('GET', `categories/${own.id}`)).description).toBe('');
});

test('a text that looks like markup stays a text', async ({ admin, open }) => {
  const root = await rootCategory(admin);
  const description = '\n</textarea><h1 id="injected">&amp; more</h1>';
  const made = await admin.call<{ id: string }>('POST', 'categories', { name: `Odd ${Date.now()}`, parent: root, description: `x${description}` });
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const { page } = lena;
  const answer = await page.request.get(`/admin/categories/${made.id}`);
  expect(await answer.text()).not.toContain('</textarea><h1');
  await awake(page, `/admin/categories/${made.id}`);
  await expect(page.locator('#category-description')).toHaveValue(`x${description}`);
  await expect(page.locator('#injected')).toHaveCount(0);
  await page.goto(`/rooms/new?description=${encodeURIComponent(description)}`);
  await expect(page.locator('#description')).toHaveValue(description);
  await expect(page.locator('#injected')).toHaveCount(0);
});
