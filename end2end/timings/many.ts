// Many conversations at once: the number's owner has written to many customers from the WhatsApp app. Meta reports that
// in few webhooks, no bot answers and nobody is called, so that ten thousand of them take seconds.
import type { APIRequestContext, Page } from "@playwright/test";
import { list } from "../desk";
import { PHONE, expect } from "../fixtures";

/** The demo's number, as in src/server/demo.rs. */
const METADATA = { display_phone_number: "15550100000", phone_number_id: "100200300400500" };
const FIRST_NUMBER = 4_915_200_000_000;
const PER_WEBHOOK = 500;

let written = 0;

/** Adds conversations to the group *Others*. */
async function add(request: APIRequestContext, count: number) {
  for (let left = count; left > 0; left -= PER_WEBHOOK) {
    const numbers = Array.from({ length: Math.min(left, PER_WEBHOOK) }, () => {
      written += 1;
      return String(FIRST_NUMBER + written);
    });
    const now = String(Math.floor(Date.now() / 1_000));
    const value = {
      messaging_product: "whatsapp",
      metadata: METADATA,
      contacts: numbers.map((number) => ({ profile: { name: `Customer ${number}` }, wa_id: number })),
      message_echoes: numbers.map((number) => ({
        from: METADATA.display_phone_number,
        to: number,
        id: `wamid.timings.${number}`,
        timestamp: now,
        type: "text",
        text: { body: "Good morning, your parcel has left our warehouse." },
      })),
    };
    const data = { field: "smb_message_echoes", value };
    const delivered = await request.post(`${PHONE}/sim/deliver`, { data });
    expect(await delivered.json()).toEqual({ status: 200 });
  }
}

/** How many conversations the desk has, by the headings of its groups. */
export async function conversations(desk: Page): Promise<number> {
  const headings = await list(desk).getByRole("heading", { level: 2 }).allTextContents();
  return headings.reduce((sum, heading) => sum + Number(/(\d+)\s*$/.exec(heading)?.[1] ?? 0), 0);
}

/** Adds conversations until the desk has this many. Returns how many it has. */
export async function fillTo(desk: Page, request: APIRequestContext, size: number): Promise<number> {
  await add(request, Math.max(0, size - (await conversations(desk))));
  await expect.poll(() => conversations(desk), { timeout: 300_000 }).toBeGreaterThanOrEqual(size);
  return conversations(desk);
}
