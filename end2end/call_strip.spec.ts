// The strip of waiting handoffs: it covers and moves nothing, unfolds a new call for ten seconds, and claims one
// customer for one press.
import type { APIRequestContext, Locator, Page } from "@playwright/test";
import {
  claimButton,
  composer,
  dismissButton,
  dossier,
  list,
  message,
  newCall,
  row,
  strip,
  thread,
  threadName,
  waitingCount,
} from "./desk";
import { expect, test } from "./fixtures";
import {
  type Customer,
  type Who,
  asksForAgent,
  claimed,
  deskOf,
  deskWithClock,
  live,
  newCustomer,
  opens,
  says,
} from "./people";

/** The last one is 1440 x 900 at a zoom of 200 %. */
const WINDOWS = [
  { width: 1440, height: 900, strip: 44 },
  { width: 1100, height: 800, strip: 44 },
  { width: 1024, height: 768, strip: 56 },
  { width: 390, height: 844, strip: 56 },
  { width: 720, height: 450, strip: 56 },
];

async function asks(request: APIRequestContext, name: string): Promise<Customer> {
  const customer = await newCustomer(request, name);
  await asksForAgent(request, customer);
  return customer;
}

/** The claims that the desk sends from now on. */
function claimsOf(desk: Page): string[] {
  const sent: string[] = [];
  desk.on("request", (request) => {
    if (/\/api\/claim\b/.test(request.url())) sent.push(request.url());
  });
  return sent;
}

const nobody = (desk: Page): Locator => strip(desk).getByText("Nobody is waiting");

/** Claims everybody who waits, by the strip. */
async function claimsAll(desk: Page) {
  const isReady = async () => (await nobody(desk).isVisible()) || (await claimButton(desk).isVisible());
  await expect.poll(isReady).toBeTruthy();
  while (!(await nobody(desk).isVisible())) {
    const name = (await claimButton(desk).getAttribute("aria-label")) ?? "";
    const claim = strip(desk).getByRole("button", { name, exact: true });
    // A call that is folded meanwhile takes its button away, and comes again later.
    await claim.click({ timeout: 5_000 }).catch(() => {});
    await expect(claim).toHaveCount(0);
  }
}

const boxOf = async (part: Locator) => ((await part.isVisible()) ? part.boundingBox() : null);

type Box = NonNullable<Awaited<ReturnType<typeof boxOf>>>;

const overlaps = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** Where the parts of a page are, and the strip. The strip lies over none of them. */
async function places(page: Page) {
  const rail = page.getByRole("navigation", { name: "Main" });
  const parts = [page.getByRole("main"), list(page), composer(page), dossier(page), rail];
  const found = await Promise.all(parts.map(boxOf));
  const bar = await strip(page).boundingBox();
  for (const box of found) if (box && bar) expect(overlaps(box, bar)).toBe(false);
  return { bar, found };
}

interface Shifted {
  shift: number;
}

/** Sums up the layout shifts from now on. */
const countShifts = (page: Page) =>
  page.evaluate(() => {
    const counted = window as unknown as Shifted;
    counted.shift = 0;
    new PerformanceObserver((seen) => {
      for (const entry of seen.getEntries()) counted.shift += (entry as unknown as { value: number }).value;
    }).observe({ type: "layout-shift" });
  });

const shifts = (page: Page) => page.evaluate(() => (window as unknown as Shifted).shift);

const PAGES: { name: string; who: Who; path: (own: string) => string }[] = [
  { name: "an open conversation", who: "ana", path: (own) => own },
  { name: "an admin page", who: "admin", path: () => "/admin/keywords" },
];

for (const { name, who, path } of PAGES) {
  test(`three calls cover and move nothing on ${name}, in any window`, async ({ browser, request }) => {
    test.setTimeout(480_000);
    const [ana] = await claimed(browser, request, "Cora Blum");
    const page = await deskWithClock(browser, who, path(new URL(ana.url()).pathname));
    for (const { width, height, strip: expected } of WINDOWS) {
      await test.step(`${width} x ${height}`, async () => {
        // given a page that is opened in this window while nobody waits
        await claimsAll(ana);
        await page.setViewportSize({ width, height });
        await page.reload();
        await live(page);
        await expect(nobody(page)).toBeVisible();
        await expect(page.getByRole("main")).toBeVisible();
        if (who === "ana") await expect(composer(page)).toBeVisible();
        const empty = await places(page);
        expect(empty.bar?.height).toBe(expected);
        await countShifts(page);

        // when three customers ask, one after the other
        const customers: Customer[] = [];
        for (const caller of ["Cleo Ost", "Cem Arslan", "Charlotte Amalie von Hohenstein zu Langenfeld"]) {
          customers.push(await asks(request, caller));
          await expect(newCall(page, customers.at(-1))).toBeVisible();
          // then the strip keeps its height, and everything its place
          expect(await places(page)).toEqual(empty);
        }
        await page.clock.fastForward(11_000);
        await expect(newCall(page)).toHaveCount(0);
        await expect(waitingCount(page)).toHaveText("3 waiting");
        expect(await places(page)).toEqual(empty);
        expect(await shifts(page)).toBeLessThanOrEqual(0.02);
        await expect(page.getByRole("status").filter({ hasText: `Handoff: ${customers[2]?.name}` })).toHaveCount(1);
      });
    }
  });
}

test("a new call is unfolded for ten seconds, and then the strip offers the longest wait", async ({
  browser,
  request,
}) => {
  await claimsAll(await deskOf(browser, "ana"));
  const ana = await deskWithClock(browser, "ana");
  const first = await asks(request, "Dario Conti");
  // Otherwise the bot may hand over the second customer before the first.
  await expect(row(ana, first, "Unassigned")).toBeAttached();
  const second = await asks(request, "Dora Kiss");
  await expect(newCall(ana, second)).toContainText("Hello, I would like to speak to agent");
  await expect(newCall(ana, second)).toContainText("Keyword “speak to agent”");
  await expect(newCall(ana, second).getByRole("time")).toContainText(/0:\d\d/);
  await expect(claimButton(ana, second)).toBeVisible();

  await ana.clock.fastForward(11_000);
  await expect(newCall(ana)).toHaveCount(0);
  await expect(waitingCount(ana)).toHaveText("2 waiting");
  await expect(strip(ana)).toContainText(/longest 0:\d\d/);
  await expect(claimButton(ana, first)).toBeVisible();
});

test("a call with the focus in it stays unfolded, and Escape dismisses it", async ({ browser, request }) => {
  const [ana] = await claimed(browser, request, "Ebba Holm");
  const customer = await asks(request, "Edda Frey");
  await claimButton(ana, customer).focus();
  const other = await asks(request, "Egon Lutz");
  await expect(row(ana, other, "Unassigned")).toBeAttached();
  await expect(newCall(ana, customer)).toBeVisible();
  await ana.keyboard.press("Escape");
  await expect(newCall(ana, customer)).toHaveCount(0);
  await expect(composer(ana)).toBeFocused();
  await expect(row(ana, customer, "Unassigned")).toBeAttached();
});

test("a dismissed call is folded in all tabs, and comes last also after a reload", async ({ browser, request }) => {
  await claimsAll(await deskOf(browser, "ana"));
  const ana = await deskWithClock(browser, "ana");
  const tab = await ana.context().newPage();
  await tab.goto("/conversations");
  await live(tab);
  const first = await asks(request, "Olga Berg");
  await expect(newCall(tab, first)).toBeVisible();
  await dismissButton(ana, first).click();
  for (const desk of [ana, tab]) await expect(newCall(desk, first)).toHaveCount(0);
  await expect(row(ana, first, "Unassigned")).toBeAttached();
  await expect(waitingCount(ana)).toHaveText("1 waiting");

  // The longest wait would be hers.
  const second = await asks(request, "Piet Mol");
  await expect(newCall(ana, second)).toBeVisible();
  await ana.clock.fastForward(11_000);
  await expect(newCall(ana)).toHaveCount(0);
  await expect(claimButton(ana, second)).toBeVisible();
  await ana.reload();
  await live(ana);
  // On the server not ten seconds have passed.
  await ana.clock.fastForward(11_000);
  await expect(newCall(ana)).toHaveCount(0);
  await expect(waitingCount(ana)).toHaveText("2 waiting");
  await expect(claimButton(ana, second)).toBeVisible();
  await claimButton(ana, second).click();
  // Nobody else waits.
  await expect(claimButton(ana, first)).toBeVisible();
});

test("a double click claims one customer, whoever is offered next", async ({ browser, request }) => {
  const [first, second] = [await newCustomer(request, "Noor Haddad"), await newCustomer(request, "Maria Lind")];
  const desk = await deskOf(browser, "chloe");
  await asksForAgent(request, second);
  await expect(newCall(desk, second)).toBeVisible();
  await asksForAgent(request, first);
  await expect(newCall(desk, first)).toBeVisible();
  const sent = claimsOf(desk);
  await claimButton(desk, first).dblclick();
  await expect(threadName(desk)).toHaveText(first.name);
  await expect(composer(desk)).toBeFocused();
  await expect(claimButton(desk, first)).toHaveCount(0);
  // The second click of a slow double click.
  await claimButton(desk).hover();
  await desk.mouse.down({ clickCount: 2 });
  await desk.mouse.up({ clickCount: 2 });

  // A claim that was sent would have been sent before this message came in.
  await says(request, first, "Is somebody there?");
  await expect(message(desk, "Is somebody there?")).toBeVisible();
  expect(sent).toHaveLength(1);
  await expect(row(desk, second, "Unassigned")).toBeVisible();
});

test("a press that comes while the offer changes claims nobody", async ({ browser, request }) => {
  const ana = await deskWithClock(browser, "ana");
  const first = await asks(request, "Fabio Neri");
  await expect(claimButton(ana, first)).toHaveAttribute("aria-disabled", "false");
  await ana.clock.pauseAt(Date.now() + 3_000);
  const sent = claimsOf(ana);
  const second = await asks(request, "Fenja Lund");
  await expect(claimButton(ana, second)).toHaveAttribute("aria-disabled", "true");
  await claimButton(ana, second).dispatchEvent("click");
  await ana.clock.runFor(500);
  await expect(claimButton(ana, second)).toHaveAttribute("aria-disabled", "false");
  await ana.clock.resume();
  await claimButton(ana, second).click();
  await expect(threadName(ana)).toHaveText(second.name);
  expect(sent).toHaveLength(1);
});

test("a claim from an admin page leads to the reply, with what is typed meanwhile", async ({ browser, request }) => {
  const admin = await deskOf(browser, "admin", "/admin/team");
  const customer = await asks(request, "Gina Sala");
  await claimButton(admin, customer).click();
  await admin.keyboard.type("Good morning, Gina");
  await expect(threadName(admin)).toHaveText(customer.name);
  await expect(composer(admin)).toBeFocused();
  await expect(composer(admin)).toHaveValue("Good morning, Gina");
});

test("the customer in the strip leads to the conversation, and the call folds", async ({ browser, request }) => {
  const ana = await deskOf(browser, "ana");
  const customer = await asks(request, "Hanna Ek");
  await newCall(ana, customer).getByRole("link", { name: customer.name }).click();
  await expect(threadName(ana)).toHaveText(customer.name);
  await expect(newCall(ana, customer)).toHaveCount(0);
  await expect(thread(ana)).toBeFocused();
});

test("on a phone the details lie below the strip", async ({ browser, request }) => {
  const [own, customer] = await claimed(browser, request, "Ida Moe");
  const ana = await deskOf(browser, "ana", new URL(own.url()).pathname, { viewport: { width: 390, height: 844 } });
  await expect(threadName(ana)).toHaveText(customer.name);
  await ana.goto(`${ana.url()}#dossier`);
  await expect(dossier(ana)).toBeVisible();
  await places(ana);
});

test("a colleague who has claimed takes the call off every desk", async ({ browser, request }) => {
  const [ana, ben] = [await deskOf(browser, "ana"), await deskOf(browser, "ben")];
  const customer = await asks(request, "Jana Ros");
  for (const desk of [ana, ben]) await expect(newCall(desk, customer)).toBeVisible();
  await opens(ben, customer);
  await claimButton(ana, customer).click();
  await expect(composer(ana)).toBeFocused();
  for (const desk of [ana, ben]) await expect(claimButton(desk, customer)).toHaveCount(0);
});
