// The console before it is awake; long lists; entries without effect.

import { awake, promote } from '../console';
import { expect, test } from '../stoa';

test('what needs the script is not there before the page is awake, and keeps its place', async ({ admin, open }) => {
  const room = await admin.createRoom(`early ${Date.now()}`, { privacy: 'closed' });
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const { page } = lena;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`/admin/rooms/${room.id}`, { waitUntil: 'commit' });
  const save = page.getByRole('button', { name: 'Save', includeHidden: true });
  const move = page.getByRole('button', { name: 'Move…', includeHidden: true });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(save).toBeHidden();
  await expect(move).toBeHidden();
  await expect(save).toBeDisabled();
  const places = async () => [await save.boundingBox(), await move.boundingBox(), await page.locator('#room-name').boundingBox()];
  const before = await places();
  // Enter would send the form to nowhere.
  await page.locator('#room-name').press('Enter');
  await page.getByRole('link', { name: 'Members' }).first().click();
  await expect(page).toHaveURL(/tab=members/);
  await expect(page.getByRole('button', { name: 'Paste many…', includeHidden: true }).first()).toBeHidden();
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`/admin/rooms/${room.id}$`));
  release();
  await expect(page.locator('#main[data-awake]')).toBeVisible({ timeout: 45_000 });
  await expect(save).toBeVisible();
  await expect(save).toBeEnabled();
  expect(await places(), 'nothing jumps').toEqual(before);
  await page.locator('#room-topic').fill('Awake');
  await save.click();
  await expect(page.getByText('Done and recorded.')).toBeVisible();
});

test('a long list is paged and searched; what has no effect says why', async ({ admin, open }) => {
  test.slow();
  const room = await admin.createRoom(`hall ${Date.now()}`, { privacy: 'closed' });
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const tag = Date.now();
  const lines = Array.from({ length: 230 }, (_, n) => `guest${tag}-${n},Guest n${String(n).padStart(3, '0')}x,guest${n}.${tag}@acme.example`);
  const csv = ['name,display_name,email', ...lines].join('\n');
  const imported = await lena.page.request.post('/api/v1/users/import', {
    headers: { 'content-type': 'text/csv', 'sec-fetch-site': 'same-origin' },
    data: csv,
  });
  expect(imported.ok(), await imported.text()).toBe(true);
  const known = await admin.call<{ known: { principal: { kind: string; id: string } }[] }>('POST', 'principals/resolve', {
    lines: lines.map((line) => line.split(',')[0]),
  });
  expect(known.known).toHaveLength(230);
  await admin.call('PATCH', `rooms/${room.id}/lists/members`, { add: known.known.map(({ principal }) => ({ principal })) });
  const out = known.known[7].principal;
  await admin.call('POST', `rooms/${room.id}/lists/excluded`, { principal: out });

  const { page } = lena;
  await awake(page, `/admin/rooms/${room.id}?tab=members`);
  const members = page.getByRole('region', { name: 'Members', exact: true });
  await expect(members.getByText('100 of 230 shown')).toBeVisible();
  await members.getByRole('button', { name: 'Show more' }).click();
  await expect(members.getByText('200 of 230 shown')).toBeVisible();
  await members.getByRole('button', { name: 'Show more' }).click();
  await expect(members.getByText('230 of 230 shown')).toBeVisible();
  await expect(members.getByRole('button', { name: 'Show more' })).toHaveCount(0);
  await expect(members.locator('.entries li')).toHaveCount(230);

  await members.getByRole('searchbox', { name: 'Find in this list' }).fill('GUEST n22');
  await expect(members.getByText('10 of 10 shown')).toBeVisible();
  await expect(members.locator('.entries li')).toHaveCount(10);
  await members.getByRole('button', { name: 'Remove Guest n221x' }).click();
  await expect(members.getByText('0 to add, 1 to remove')).toBeVisible();
  await members.getByRole('searchbox', { name: 'Find in this list' }).fill('');
  await expect(members.getByText('100 of 230 shown')).toBeVisible();
  await members.getByLabel('Only without effect').check();
  await expect(members.getByText('1 of 1 shown')).toBeVisible();
  const idle = members.locator('.entries li');
  await expect(idle).toContainText('Guest n007x');
  await expect(idle).toContainText('without effect: excluded from this room');
  await members.getByLabel('Only without effect').uncheck();
  await members.getByRole('button', { name: 'Review and apply…' }).click();
  await expect(page.getByRole('dialog').getByText('lose access')).toBeVisible();
  await page.getByRole('button', { name: 'Apply and record' }).click();
  await expect(members.getByText('100 of 229 shown')).toBeVisible();
});
