// Voice messages: recorded with a microphone that Chromium makes up, which beeps once a second.
import type { Page } from "@playwright/test";
import { attachedFiles, composer, delivery, messages, rows, thread, voicePlayer } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, opens } from "./people";
import { onPhone, phoneOf } from "./phone";
import { chromium } from "./playwright.config";

test.use({
  launchOptions: chromium(
    "--js-flags=--no-wasm-tier-up,--wasm-lazy-validation",
    "--in-process-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
  ),
});

const recorder = (page: Page) => thread(page).getByRole("group", { name: "Voice message" });
const presses = (page: Page, name: string) => recorder(page).getByRole("button", { name, exact: true }).click();
const begins = (page: Page) => thread(page).getByRole("button", { name: "Record a voice message" }).click();

/** Waits until a second is recorded. */
const records = async (page: Page) => {
  await expect(recorder(page).getByRole("status")).toHaveText("Recording");
  await expect(recorder(page).getByRole("timer")).toHaveText(/^0:0[1-9]$/);
};

test("a voice message is recorded, heard, sent and played, and one that is left waits", async ({ browser, request }) => {
  const [ana, customer] = await claimed(browser, request, "Violeta Ortiz");
  const phone = await phoneOf(browser, customer);
  const ours = messages(ana).filter({ has: ana.getByLabel("Voice message", { exact: true }) });
  await composer(ana).fill("Half a sen");

  await test.step("a refused microphone is said in words, with the way out", async () => {
    await ana.evaluate(() => {
      Object.defineProperty(navigator.mediaDevices, "getUserMedia", {
        configurable: true,
        value: () => Promise.reject(new DOMException("no", "NotAllowedError")),
      });
    });
    await begins(ana);
    await expect(recorder(ana).getByRole("alert")).toContainText("Allow it beside the address bar");
    // The browser's own is behind it.
    await ana.evaluate(() => {
      delete (navigator.mediaDevices as { getUserMedia?: unknown }).getUserMedia;
    });
    await presses(ana, "Try again");
    await records(ana);
  });

  await test.step("it shows the level, pauses, and is heard before it is sent", async () => {
    const level = () => recorder(ana).getByLabel("Level").evaluate((meter) => (meter as HTMLMeterElement).value);
    await expect.poll(level).toBeGreaterThan(0.01);
    await presses(ana, "Pause");
    await expect(recorder(ana).getByRole("status")).toHaveText("Paused");
    await presses(ana, "Resume");
    await presses(ana, "Stop and listen");
    const heard = recorder(ana).getByLabel("Your recording");
    await expect.poll(() => heard.evaluate((player) => (player as HTMLAudioElement).readyState)).toBeGreaterThan(0);
    await presses(ana, "Record again");
    await records(ana);
    await presses(ana, "Send recording");
    await expect(recorder(ana)).toHaveCount(0);
    await expect(composer(ana)).toHaveValue("Half a sen");
    await expect(ours).toHaveCount(1);
    await expect(attachedFiles(ana)).toHaveCount(0);
  });

  await test.step("desk and phone play it, and the tick says so", async () => {
    const onTheirs = onPhone(phone, "Voice message").locator("audio");
    for (const player of [voicePlayer(ours), onTheirs]) {
      const seconds = () => player.evaluate((audio) => (audio as HTMLAudioElement).duration || 0);
      await expect.poll(seconds).toBeGreaterThan(0.9);
      expect(await seconds()).toBeLessThan(60);
    }
    await onTheirs.evaluate((audio) => audio.dispatchEvent(new Event("ended")));
    await expect(delivery(ours, "Played")).toBeVisible();
  });

  await test.step("what is left while it is recorded waits, and is not sent", async () => {
    await begins(ana);
    await records(ana);
    const kept = ana.waitForResponse((answer) => answer.url().includes("/uploads/") && answer.ok());
    await rows(ana, "Closed").first().click();
    await expect(ana.getByText("wasn't sent. It waits in the conversation.")).toBeVisible();
    await kept;
    await opens(ana, customer);
    await ana.reload();
    await expect(attachedFiles(ana)).toHaveText([/voice-message\.ogg.*Voice message/]);
    await expect(ours).toHaveCount(1);
  });
});
