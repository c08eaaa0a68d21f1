// Files that are held back until they are clean, and the quarantine.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Clamd } from '../clamd';
import { awake, promote, reach } from '../console';
import { Stoa, expect, test as base } from '../stoa';

const test = base.extend<object, { clamd: Clamd }>({
  clamd: [
    async ({}, use) => {
      const clamd = await Clamd.start();
      await use(clamd);
      await clamd.stop();
    },
    { scope: 'worker' },
  ],
  stoa: [
    async ({ clamd }, use) => {
      const stoa = await Stoa.start(undefined, { STOA_FILES_SCANNER: clamd.address });
      await use(stoa);
      await stoa.stop();
    },
    { scope: 'worker' },
  ],
});

const connected = (page: Page) => expect(page.locator('.connection')).toHaveAttribute('data-live', 'true');
const post = (page: Page, text: string) => page.locator('li.post', { hasText: text });

async function say(page: Page, text: string, name: string, content: string): Promise<void> {
  await page.locator('form.composer input[type=file]').setInputFiles([{ name, mimeType: 'text/plain', buffer: Buffer.from(content) }]);
  await expect(page.locator('.uploads li')).toHaveCount(1);
  await expect(page.locator('.uploads progress')).toHaveCount(0);
  await page.locator('form.composer textarea').fill(text);
  await page.locator('form.composer .send').click();
}

test('a file is held back until it is clean, and appears without a reload; an infected one never does', async ({ admin, open, clamd }) => {
  const room = await admin.createRoom('checked files');
  const [mira, omar] = [await open('Mira Kovac'), await open('Omar Haddad')];
  for (const { api, page } of [mira, omar]) {
    await api.call('PUT', `me/rooms/${room.id}`);
    await page.goto(`/chat/r/${room.id}`);
    await connected(page);
  }
  clamd.hold();
  await say(mira.page, 'The plan', 'plan.txt', 'all is well');
  await say(mira.page, 'The invoice', 'invoice.txt', 'stoa-test-malware');
  for (const { page } of [mira, omar]) {
    for (const text of ['The plan', 'The invoice']) {
      await expect(post(page, text).getByText('It is being checked for malware.')).toBeVisible();
      await expect(post(page, text).locator('.file a')).toHaveCount(0);
    }
    const { violations } = await new AxeBuilder({ page: page as never }).analyze();
    expect(violations).toEqual([]);
  }
  clamd.go();
  for (const { page } of [mira, omar]) {
    await expect(post(page, 'The plan').getByRole('link', { name: 'Download plan.txt' })).toBeVisible();
    await expect(post(page, 'The invoice').getByText('Withheld: malware was found in it.')).toBeVisible();
    await expect(post(page, 'The invoice').locator('.file a')).toHaveCount(0);
    const { violations } = await new AxeBuilder({ page: page as never }).analyze();
    expect(violations).toEqual([]);
  }
  const { items } = await omar.api.call<{ items: { id: string; name: string }[] }>('GET', `rooms/${room.id}/files`);
  const answer = await omar.context.request.get(`/api/v1/files/${items.find((file) => file.name === 'invoice.txt')!.id}`);
  expect([answer.status(), (await answer.json()).type]).toEqual([403, '/problems/file-withheld']);
  // Who comes later sees the same.
  await omar.page.reload();
  await expect(post(omar.page, 'The invoice').getByText('Withheld: malware was found in it.')).toBeVisible();
  await expect(post(omar.page, 'The plan').getByRole('link', { name: 'Download plan.txt' })).toBeVisible();
});

test('the quarantine, by keyboard: looked at again, released with a reason, deleted for good', async ({ admin, open, clamd }) => {
  test.slow();
  const room = await admin.createRoom('quarantined files');
  const [mira, lena] = [await open('Mira Kovac'), await open('Lena Brandt')];
  await promote(admin, lena.api);
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);
  // What is found before it is posted isn't posted.
  clamd.hold();
  for (const name of ['first', 'second']) {
    await say(mira.page, `The ${name}`, `${name}.txt`, `stoa-test-malware, the ${name}`);
    await expect(post(mira.page, `The ${name}`).getByText('It is being checked for malware.')).toBeVisible();
  }
  clamd.go();
  for (const name of ['first', 'second']) await expect(post(mira.page, `The ${name}`).getByText('Withheld')).toBeVisible();
  const { page } = lena;
  await awake(page, '/admin');
  await reach(page, 'nav.console-menu a[href="/admin/quarantine"]');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Quarantine', level: 1 })).toBeVisible();
  await expect(page.getByText('The scanner answers: ClamAV 1.4.3/1/end2end.')).toBeVisible();
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}.txt`) });
  await expect(row('first')).toContainText(/# quarantined files.*Mira Kovac.*Malware.*Stoa\.Test/s);
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  expect(violations).toEqual([]);

  const id = async (name: string) => (await row(name).locator('button[id^=release-]').getAttribute('id'))!.replace('release-', '');
  const [first, second] = [await id('first'), await id('second')];
  await reach(page, `#rescan-${first}`);
  await page.keyboard.press('Enter');
  await expect(page.locator('.toast')).toContainText('Done');
  await expect(row('first')).toBeVisible();

  await reach(page, `#release-${first}`);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Release first.txt' });
  await expect(dialog).toBeVisible();
  await reach(page, 'dialog[open] button.danger');
  await page.keyboard.press('Enter');
  await expect(dialog.locator('.invalid')).toBeVisible();
  await expect(dialog.locator('textarea')).toBeFocused();
  await page.keyboard.type('Our own test');
  await reach(page, 'dialog[open] button.danger');
  await page.keyboard.press('Enter');
  await expect(row('first')).toHaveCount(0);
  await expect(post(mira.page, 'The first').getByRole('link', { name: 'Download first.txt' })).toBeVisible();

  await reach(page, `#delete-${second}`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Delete second.txt for good' })).toBeVisible();
  await reach(page, '#apply');
  await page.keyboard.press('Enter');
  await expect(row('second')).toHaveCount(0);
  await expect(page.locator('.tabs [aria-current]')).toHaveText(/^Withheld \(\d+\)$/);
  await mira.page.reload();
  await expect(post(mira.page, 'The second').getByText('A file was removed.')).toBeVisible();

  await awake(page, '/admin/audit?object=file:');
  for (const action of ['file.quarantine', 'file.rescan', 'file.release', 'file.delete']) await expect(page.locator('.records').getByText(action).first()).toBeVisible();
});
