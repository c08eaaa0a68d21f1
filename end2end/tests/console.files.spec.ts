// Files of all rooms: found, and removed from their message for everybody who reads it.

import AxeBuilder from '@axe-core/playwright';
import { awake, promote, rootCategory } from '../console';
import { expect, test } from '../stoa';

test('a file is found among those of all rooms, and removed: a tombstone stays, live', async ({ admin, open, stoa }) => {
  const tag = Date.now();
  const room = await admin.createRoom(`evidence ${tag}`);
  const [lena, omar] = [await open('Lena Brandt'), await open('Omar Haddad')];
  await promote(admin, lena.api);
  await omar.api.call('PUT', `me/rooms/${room.id}`);
  const upload = async (name: string) => {
    const answer = await omar.page.request.post(`${stoa.url}/api/v1/rooms/${room.id}/files`, {
      headers: { origin: stoa.url },
      multipart: { file: { name, mimeType: 'text/plain', buffer: Buffer.from(`${name}\n`.repeat(100)) } },
    });
    const { id } = (await answer.json()) as { id: string };
    await omar.api.call('POST', `rooms/${room.id}/messages`, { nonce: crypto.randomUUID(), body: `with ${name}`, attachments: [id] });
  };
  await upload(`slip ${tag}.txt`);
  await upload(`plan ${tag}.txt`);
  await omar.page.goto(`/chat/r/${room.id}`);
  await expect(omar.page.locator('.connection')).toHaveAttribute('data-live', 'true');
  await expect(omar.page.getByRole('link', { name: `Download slip ${tag}.txt` })).toBeVisible();

  const { page } = lena;
  await awake(page, '/admin/files?tab=room');
  await page.getByRole('link', { name: `# evidence ${tag}` }).click();
  await expect(page).toHaveURL(new RegExp(`room=${room.id}`));
  await expect(page.locator('tbody tr')).toHaveCount(2);
  await page.getByRole('button', { name: `Remove slip ${tag}.txt` }).click();
  const dialog = page.locator('dialog.proposal[open]');
  await expect(dialog.getByText("This can't be undone.")).toBeVisible();
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  expect(violations).toEqual([]);
  await dialog.locator('#apply').click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('tbody tr')).toHaveCount(1);

  const post = (text: string) => omar.page.locator('li.post', { hasText: text });
  await expect(post('with slip').getByText('A file was removed.')).toBeVisible();
  await expect(omar.page.getByRole('link', { name: `Download plan ${tag}.txt` })).toBeVisible();
  await omar.page.reload();
  await expect(post('with slip').getByText('A file was removed.')).toBeVisible();
  await expect(post('with slip').locator('.file a')).toHaveCount(0);
});

test('what the files of a room may take is set on its page, and shown with whose word counts', async ({ admin, open }, info) => {
  const tag = Date.now();
  const desks = await admin.call<{ id: string }>('POST', 'categories', { name: `Desks ${tag}`, parent: await rootCategory(admin) });
  const room = await admin.createRoom(`limits ${tag}`, { category: desks.id });
  const lena = await open('Lena Brandt');
  await promote(admin, lena.api);
  const { page } = lena;
  await awake(page, `/admin/rooms/${room.id}`);
  const limits = page.locator('fieldset.limits');
  const comes = limits.locator('.comes');
  const save = () => page.getByRole('button', { name: 'Save' }).click();
  await expect(comes).toHaveText(['at most 20 MiB, from the pool', 'without a limit']);
  await limits.getByLabel('Largest file', { exact: true }).fill('1.5');
  await limits.getByLabel('All files of the room', { exact: true }).fill('2');
  await limits.getByLabel('All files of the room: unit').selectOption('GiB');
  await save();
  await expect(comes).toHaveText([`at most 1536 KiB, from limits ${tag}`, `at most 2 GiB, from limits ${tag}`]);
  expect(await admin.call('GET', `rooms/${room.id}`)).toMatchObject({ limits: { upload_limit: 1_572_864, room_quota: 2 ** 31 } });
  await limits.getByLabel('Largest file', { exact: true }).fill('much');
  await save();
  await expect(limits.getByLabel('Largest file', { exact: true })).toHaveAttribute('aria-invalid', 'true');

  await awake(page, `/admin/categories/${desks.id}`);
  await limits.getByLabel('Largest file', { exact: true }).fill('1');
  await save();
  await expect(comes.first()).toHaveText(`at most 1 MiB, from Desks ${tag}`);
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  expect(violations).toEqual([]);
  await awake(page, `/admin/rooms/${room.id}`);
  await expect(comes.first()).toHaveText(`at most 1 MiB, from Desks ${tag}`);
  await page.screenshot({ path: info.outputPath('limits.png'), fullPage: true });
  await page.locator('#main').getByRole('link', { name: 'Files', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/files\\?room=${room.id}`));
});
