// How long a conversation that was read ahead takes to open: from the key or the click to the frame after the one that
// shows its last bubble.
import type { APIRequestContext, Browser, Page, Request } from "@playwright/test";
import { message, row, rows, threadName } from "../desk";
import { expect } from "../fixtures";
import { type Who, asksForAgent, claims, deskOf, newCustomer, says } from "../people";
import { slowDown } from "./slow";

interface Opening {
  opened: Promise<number>;
}

/** A conversation in the list. */
interface Listed {
  id: string;
  name: string;
  /** The text of its last message. */
  last: string;
}

/** The page's reads of conversations. */
class ThreadReads {
  private readonly underWay = new Set<Request>();

  constructor(private readonly page: Page) {
    page.on("request", (request) => {
      if (isRead(request)) this.underWay.add(request);
    });
    page.on("requestfinished", (request) => this.underWay.delete(request));
    page.on("requestfailed", (request) => this.underWay.delete(request));
  }

  /** Resolves when the next read of this conversation is finished. */
  next({ id }: Listed): Promise<Request> {
    const isOfThis = (request: Request) => isRead(request) && (request.postData() ?? request.url()).includes(id);
    return this.page.waitForEvent("requestfinished", { predicate: isOfThis, timeout: 30_000 });
  }

  /** Waits until nothing is being read, and the page has nothing to do. */
  async quiet() {
    await expect.poll(() => this.underWay.size).toBe(0);
    await this.page.evaluate(() => new Promise<void>((resolve) => requestIdleCallback(() => resolve())));
  }
}

const isRead = (request: Request) => /\/api\/thread\b/.test(request.url());

/** The time from the next `input` event of the page to the frame after the one that shows the last bubble. */
async function timed(
  page: Page,
  { name, last }: Listed,
  input: "keydown" | "click",
  act: () => Promise<void>,
): Promise<number> {
  await page.evaluate(
    ({ name, text, input }) => {
      const isShown = () => {
        const thread = document.querySelector('main[aria-label="Conversation"]');
        const list = thread?.querySelector('[aria-label="Messages"]');
        const last = [...(list?.querySelectorAll('[role="article"]') ?? [])].at(-1);
        if (!list || !last || thread?.querySelector("h2")?.textContent?.trim() !== name) return false;
        const bubble = last.getBoundingClientRect();
        const isInView = bubble.height > 0 && bubble.bottom <= list.getBoundingClientRect().bottom + 1;
        return isInView && Boolean(last.textContent?.includes(text));
      };
      (window as unknown as Opening).opened = new Promise((resolve) => {
        const begin = ({ timeStamp }: Event) => {
          const look = () => {
            // The frame of this callback is painted before the callbacks of the next one run.
            if (isShown()) requestAnimationFrame(() => resolve(performance.now() - timeStamp));
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        window.addEventListener(input, begin, { once: true, capture: true });
      });
    },
    { name, text: last, input },
  );
  await act();
  return page.evaluate(() => (window as unknown as Opening).opened);
}

/**
 * Three conversations of `who` that wait for a reply, in the order of the list: the longest wait first. Each has this many
 * messages besides the request.
 */
export async function threeConversations(
  browser: Browser,
  request: APIRequestContext,
  who: Who,
  lines: number,
): Promise<Listed[]> {
  const last = `Line ${lines} of a long story`;
  const desk = await deskOf(browser, who);
  const listed: Listed[] = [];
  for (const called of ["Opal Reed", "Otto Lang", "Orla Byrne"]) {
    const customer = await newCustomer(request, called);
    await asksForAgent(request, customer);
    await claims(desk, customer);
    for (let n = 1; n <= lines; n += 1) await says(request, customer, `Line ${n} of a long story`);
    await expect(message(desk, last)).toBeVisible();
    const element = await row(desk, customer, "Reply now").getAttribute("id");
    listed.push({ id: (element ?? "").replace(/^row-/, ""), name: customer.name, last });
  }
  const ids = () => rows(desk, "Reply now").evaluateAll((rows) => rows.map((row) => row.id.replace(/^row-/, "")));
  await expect.poll(ids).toEqual(listed.map(({ id }) => id));
  await desk.context().close();
  return listed;
}

/** By *Next*, which alternates between the first two. */
export async function openedByKey(browser: Browser, who: Who, listed: Listed[], times: number, slowdown: number) {
  const desk = await deskOf(browser, who);
  await slowDown(desk, slowdown);
  const reads = new ThreadReads(desk);
  const [first, second] = listed as [Listed, Listed, Listed];
  const ready = reads.next(second);
  await desk.keyboard.press("n");
  await expect(threadName(desk)).toHaveText(first.name);
  await ready;
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const [target, other] = n % 2 === 0 ? [second, first] : [first, second];
    await reads.quiet();
    const prefetched = reads.next(other);
    took.push(await timed(desk, target, "keydown", () => desk.keyboard.press("n")));
    await prefetched;
  }
  await desk.context().close();
  return took;
}

/** By a click after the pointer rested on the row. *Next* would open the first one, so it does not read these ahead. */
export async function openedByClick(browser: Browser, who: Who, listed: Listed[], times: number, slowdown: number) {
  const desk = await deskOf(browser, who);
  await slowDown(desk, slowdown);
  const reads = new ThreadReads(desk);
  const [, second, third] = listed as [Listed, Listed, Listed];
  const rowOf = (listed: Listed) => row(desk, listed, "Reply now");
  await rowOf(third).click();
  await expect(threadName(desk)).toHaveText(third.name);
  const took: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const target = n % 2 === 0 ? second : third;
    await reads.quiet();
    const prefetched = reads.next(target);
    await rowOf(target).hover();
    await prefetched;
    await reads.quiet();
    took.push(await timed(desk, target, "click", () => rowOf(target).click()));
  }
  await desk.context().close();
  return took;
}
