// Files of messages, in a real browser.

import { deflateSync } from 'node:zlib';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../stoa';

const composer = (page: Page) => page.locator('form.composer textarea');
const connected = (page: Page) => expect(page.locator('.connection')).toHaveAttribute('data-live', 'true');
const uploads = (page: Page) => page.locator('.uploads li');
const send = (page: Page) => page.locator('form.composer .send').click();

function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** A PNG with a run of colours. */
function picture(width: number, height: number): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
    const around = Buffer.alloc(8);
    around.writeUInt32BE(data.length, 0);
    around.writeUInt32BE(crc(body), 4);
    return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const lines = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) lines.set([(x * 255) / width, (y * 255) / height, 160], y * (1 + width * 3) + 1 + x * 3);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(lines)), chunk('IEND', Buffer.alloc(0))]);
}

/** What a paste or a drop of files is, as far as a page can make one. */
async function hand(page: Page, event: 'paste' | 'drop', files: { name: string; type: string; text: string }[]): Promise<void> {
  await page.evaluate(
    ({ event, files }) => {
      const data = new DataTransfer();
      for (const { name, type, text } of files) data.items.add(new File([text], name, { type }));
      const target = document.querySelector(event === 'paste' ? 'form.composer textarea' : '.room > main');
      if (event === 'paste') target?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
      else {
        target?.dispatchEvent(new DragEvent('dragover', { dataTransfer: data, bubbles: true, cancelable: true }));
        target?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    },
    { event, files },
  );
}

test('files are chosen, pasted and dropped, taken away and posted; the other sees them', async ({ admin, open }) => {
  const room = await admin.createRoom('design desk');
  const [mira, omar] = [await open('Mira Kovac'), await open('Omar Haddad')];
  for (const { api, page } of [mira, omar]) {
    await api.call('PUT', `me/rooms/${room.id}`);
    await page.goto(`/chat/r/${room.id}`);
    await connected(page);
  }
  await mira.page.locator('form.composer input[type=file]').setInputFiles([
    { name: 'sketch.png', mimeType: 'image/png', buffer: picture(900, 600) },
    { name: 'second.png', mimeType: 'image/png', buffer: picture(300, 400) },
  ]);
  await hand(mira.page, 'paste', [{ name: 'notes.txt', type: 'text/plain', text: 'first line\nsecond line\n' }]);
  await hand(mira.page, 'drop', [
    { name: 'script.html', type: 'text/html', text: '<script>document.title = "owned"</script>' },
    { name: 'not this.txt', type: 'text/plain', text: 'x' },
  ]);
  await expect(uploads(mira.page)).toHaveCount(5);
  await mira.page.getByRole('button', { name: 'Remove not this.txt' }).click();
  await expect(uploads(mira.page)).toHaveCount(4);
  await expect(mira.page.locator('.uploads progress')).toHaveCount(0);
  await composer(mira.page).fill('For the review');
  await send(mira.page);
  await expect(uploads(mira.page)).toHaveCount(0);

  const post = omar.page.locator('li.post', { hasText: 'For the review' });
  await expect(post.locator('.image img')).toHaveCount(2);
  await expect(post.locator('.image img').first()).toHaveJSProperty('complete', true);
  await expect.poll(() => post.locator('.image img').first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  await expect(post.locator('.file .name')).toHaveText(['notes.txt', 'script.html']);
  await post.getByText('Show the beginning').first().click();
  await expect(post.locator('pre')).toContainText('second line');

  // The lightbox, by keys.
  await post.locator('.image').first().click();
  const box = omar.page.locator('dialog.lightbox');
  await expect(box).toContainText('sketch.png');
  await expect(box).toContainText('1 of 2');
  await omar.page.keyboard.press('ArrowRight');
  await expect(box).toContainText('second.png');
  await omar.page.keyboard.press('ArrowRight');
  await expect(box).toContainText('2 of 2');
  await omar.page.keyboard.press('ArrowLeft');
  await expect(box).toContainText('sketch.png');
  await omar.page.keyboard.press('Escape');
  await expect(box).toBeHidden();

  // Downloaded, never shown.
  const [saved] = await Promise.all([omar.page.waitForEvent('download'), post.getByRole('link', { name: 'Download script.html' }).click()]);
  expect(saved.suggestedFilename()).toBe('script.html');
  await expect(omar.page).not.toHaveTitle('owned');

  // The same after a reload, and gone with its message.
  await omar.page.reload();
  await connected(omar.page);
  await expect(post.locator('.image img')).toHaveCount(2);
  const own = mira.page.locator('li.post', { hasText: 'For the review' });
  await own.hover();
  await own.getByRole('button', { name: 'Delete' }).click();
  await mira.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(omar.page.locator('.tombstone')).toBeVisible();
  await expect(omar.page.locator('.post .image')).toHaveCount(0);
});

test('an upload that a bad line cuts off goes on from where it was', async ({ admin, open }) => {
  const room = await admin.createRoom('far away');
  const mira = await open('Mira Kovac');
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);
  let cut = 0;
  const offsets: number[] = [];
  await mira.page.route('**/api/v1/uploads/*', async (route) => {
    const request = route.request();
    if (request.method() !== 'PATCH') return route.continue();
    offsets.push(Number(request.headers()['upload-offset']));
    const body = request.postDataBuffer();
    if (cut === 0 && body) {
      cut += 1;
      // As a line does it: a part comes through, and no answer.
      await route.fetch({ postData: body.subarray(0, body.length / 2) }).catch(() => undefined);
      return route.abort('connectionreset');
    }
    return route.continue();
  });
  await mira.page.locator('form.composer input[type=file]').setInputFiles({ name: 'long.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(400_000, 'stoa') });
  await expect(mira.page.locator('.uploads progress')).toHaveCount(0, { timeout: 30_000 });
  expect(offsets).toEqual([0, 200_000]);
  await send(mira.page);
  await expect(mira.page.locator('li.post .file .name')).toHaveText('long.bin');
});

test('what may not be posted is told, and doesn\'t hold up the rest', async ({ admin, open }) => {
  const room = await admin.createRoom('small files');
  const mira = await open('Mira Kovac');
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);
  await mira.page.locator('form.composer input[type=file]').setInputFiles([
    { name: 'huge.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(21 * 1024 * 1024) },
    { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
  ]);
  await expect(mira.page.locator('.uploads .failed')).toContainText('huge.bin');
  await expect(mira.page.locator('.uploads .failed [role=alert]')).not.toBeEmpty();
  await expect(mira.page.locator('.uploads progress')).toHaveCount(0);
  await send(mira.page);
  await expect(mira.page.locator('li.post .file .name')).toHaveText('empty.txt');
  await expect(uploads(mira.page)).toHaveCount(1);
  await mira.page.getByRole('button', { name: 'Remove huge.bin' }).click();
  await expect(uploads(mira.page)).toHaveCount(0);
});

test('the files of a room are listed beside it: opened on demand, found by name, with the way to their messages', async ({ admin, open, stoa }, info) => {
  const tag = Date.now();
  const room = await admin.createRoom(`papers ${tag}`);
  const mira = await open('Mira Kovac');
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  const post = async (name: string, buffer: Buffer) => {
    const answer = await mira.page.request.post(`${stoa.url}/api/v1/rooms/${room.id}/files`, { headers: { origin: stoa.url }, multipart: { file: { name, mimeType: 'text/plain', buffer } } });
    const { id } = (await answer.json()) as { id: string };
    await mira.api.call('POST', `rooms/${room.id}/messages`, { nonce: crypto.randomUUID(), body: `with ${name}`, attachments: [id] });
  };
  await post('report of the first quarter with a long name.txt', Buffer.from('some words'));
  await post('archive.zip', Buffer.from('PK\x03\x04 and so on'));
  for (let n = 0; n < 22; n += 1) await post(`note ${n}.txt`, Buffer.from(`note ${n}`));
  const { page } = mira;
  await page.goto(`/chat/r/${room.id}`);
  await expect(page.locator('.connection')).toHaveAttribute('data-live', 'true');
  const panel = page.locator('.room-files');
  const lines = panel.locator('li');
  await expect(lines).toHaveCount(0);
  await panel.getByText('Files', { exact: true }).click();
  await expect(lines).toHaveCount(20);
  await expect(lines.first()).toContainText(/note 21\.txt.*7 B.*Mira Kovac/s);
  await panel.getByRole('button', { name: 'More files' }).click();
  await expect(lines).toHaveCount(24);
  await expect(panel.getByRole('button', { name: 'More files' })).toHaveCount(0);
  const { violations } = await new AxeBuilder({ page: page as never }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: info.outputPath(`panel-${scheme}.png`) });
  }
  await panel.getByRole('searchbox').fill('nothing like it');
  await panel.getByRole('searchbox').press('Enter');
  await expect(panel.getByText('There are no files here.')).toBeVisible();
  await panel.getByRole('searchbox').fill('quarter');
  await panel.getByRole('searchbox').press('Enter');
  await expect(lines).toHaveCount(1);
  const [tab] = await Promise.all([page.waitForEvent('popup'), panel.getByRole('link', { name: /report of/ }).click()]);
  await expect(tab.getByText('some words')).toBeVisible();
  await tab.close();
  await lines.locator('.place-of').click();
  await expect(page).toHaveURL(new RegExp(`/chat/r/${room.id}/1#m1`));
  await expect(page.locator('#m1')).toBeInViewport();
  // What came meanwhile is there when it is opened once more.
  await panel.getByText('Files', { exact: true }).click();
  await post('late report, first quarter.txt', Buffer.from('late'));
  await panel.getByText('Files', { exact: true }).click();
  await expect(lines).toHaveCount(2);
  await panel.getByRole('searchbox').fill('archive');
  await panel.getByRole('searchbox').press('Enter');
  const [download] = await Promise.all([page.waitForEvent('download'), panel.getByRole('link', { name: 'archive.zip' }).click()]);
  expect(download.suggestedFilename()).toBe('archive.zip');

  // The page of the same, with more ways to search.
  await panel.getByRole('link', { name: 'All, with more ways to search' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`papers ${tag}`);
  await page.getByLabel('Type').selectOption('text/');
  await page.getByLabel('Find a file by its name').fill('quarter');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.locator('.listed li')).toHaveCount(2);
});
