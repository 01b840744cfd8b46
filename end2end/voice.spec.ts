// Voice messages: recorded with a microphone that Chromium makes up, which beeps once a second.
import type { Locator, Page } from "@playwright/test";
import { attachedFiles, composer, delivery, messages, rows, thread, voicePlayer, waveform } from "./desk";
import { expect, test } from "./fixtures";
import { claimed, opens, sends } from "./people";
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

const seconds = (message: Locator, what: "currentTime" | "duration" = "currentTime") =>
  voicePlayer(message).evaluate((audio, what) => (audio as HTMLAudioElement)[what], what);

/** How far down each bar of a waveform goes; of those that were played, if only they are asked for. */
const bars = async (message: Locator, which: "ahead" | "behind" = "ahead") => {
  const path = await waveform(message).locator(`path.${which}`).getAttribute("d");
  return (path ?? "").split("M").slice(1).map((bar) => Number(bar.split("V")[1]));
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
      const length = () => player.evaluate((audio) => (audio as HTMLAudioElement).duration || 0);
      await expect.poll(length).toBeGreaterThan(0.9);
      expect(await length()).toBeLessThan(60);
    }
    await onTheirs.evaluate((audio) => audio.dispatchEvent(new Event("ended")));
    await expect(delivery(ours, "Played")).toBeVisible();
  });

  await test.step("what was said is drawn, and keys and pointer seek in it", async () => {
    const slider = waveform(ours);
    await expect(slider).toHaveAttribute("aria-valuetext", /^0:00 of 0:0[1-9]$/);
    const drawn = await bars(ours);
    expect(drawn).toHaveLength(48);
    // The microphone beeps, and is silent between.
    expect(Math.max(...drawn)).toBe(100);
    expect(Math.min(...drawn)).toBeLessThan(75);
    expect(await bars(ours, "behind")).toEqual([]);

    const length = await seconds(ours, "duration");
    await slider.press("End");
    await expect.poll(() => seconds(ours)).toBeCloseTo(length, 0);
    await expect.poll(() => bars(ours, "behind")).toHaveLength(48);
    await slider.press("Home");
    await expect.poll(() => seconds(ours)).toBe(0);
    await slider.press("ArrowRight");
    await expect.poll(() => seconds(ours)).toBeCloseTo(0.5, 1);
    await slider.click();
    await expect.poll(async () => (await seconds(ours)) / length).toBeCloseTo(0.5, 1);
    await expect(slider).toBeFocused();
    expect((await bars(ours, "behind")).length).toBeGreaterThan(20);
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

test("a waveform takes the place of the browser's player, plays, and leaves that where it cannot", async ({
  browser,
  request,
}) => {
  const [ana, customer] = await claimed(browser, request, "Wanda Wolf");
  const theirs = messages(ana).filter({ has: ana.getByLabel("Voice message", { exact: true }) });
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await ana.route("**/pkg/split_composer_tools.*", async (route) => {
    await released;
    return route.continue();
  });

  await test.step("nothing moves when it comes", async () => {
    await sends(request, customer, { kind: "voice" });
    await expect(voicePlayer(theirs)).toHaveAttribute("controls");
    await expect.poll(() => seconds(theirs, "duration")).toBeGreaterThan(2);
    const place = await theirs.boundingBox();
    expect(place).not.toBeNull();
    await expect(waveform(theirs)).toHaveCount(0);
    release();
    await expect(waveform(theirs)).toBeVisible();
    await expect(voicePlayer(theirs)).not.toHaveAttribute("controls");
    expect(await theirs.boundingBox()).toEqual(place);
  });

  await test.step("it plays, and is filled as far as it was played", async () => {
    // So slowly that it is not over before it is paused.
    await voicePlayer(theirs).evaluate((audio) => { (audio as HTMLAudioElement).playbackRate = 0.25; });
    await theirs.getByRole("button", { name: "Play", exact: true }).click();
    const pause = theirs.getByRole("button", { name: "Pause", exact: true });
    await expect(pause).toBeFocused();
    await expect.poll(async () => (await bars(theirs, "behind")).length).toBeGreaterThan(2);
    await pause.click();
    await expect(theirs.getByRole("button", { name: "Play", exact: true })).toBeVisible();
    expect(await seconds(theirs)).toBeGreaterThan(0);
  });

  await test.step("what the browser does not decode keeps the browser's player", async () => {
    await ana.addInitScript(() => {
      OfflineAudioContext.prototype.decodeAudioData = () => Promise.reject(new DOMException("no", "EncodingError"));
    });
    const fetched = ana.waitForResponse((answer) => answer.url().includes("/media/") && answer.request().resourceType() === "fetch");
    await ana.reload();
    await fetched;
    await expect(voicePlayer(theirs)).toHaveAttribute("controls");
    await expect(waveform(theirs)).toHaveCount(0);
  });
});
