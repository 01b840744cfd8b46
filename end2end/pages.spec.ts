// The pages of agents and strangers, and the phone, checked as `places.ts` says. Those of the admin are in
// `pages_admin.spec.ts`, what a page shows only for a while (dialogs, banners, errors) in the specs of the states.
import type { Page } from "@playwright/test";
import { type Group, list, messages, rows } from "./desk";
import { PHONE, test } from "./fixtures";
import { field } from "./phone";
import { type Place, checkPlace, title } from "./places";

const open = (group: Group | "Mine") => async (page: Page) => {
  await rows(page, group).first().click();
  await messages(page).first().waitFor();
};

const rowsOf = (group: Group | "Mine") => (page: Page) => rows(page, group);
const inList = (text: string) => (page: Page) => list(page).getByText(text);

const PLACES: Place[] = [
  { name: "sign-in", path: "/sign-in", ready: (page) => page.getByLabel("Email") },
  { name: "link", path: "/join/0000", ready: title, allowed: /404 \(Not Found\)/ },
  { name: "conversations", path: "/conversations", who: "ana", ready: rowsOf("Closed") },
  { name: "filtered", path: "/conversations?status=closed&from=2020-01-01", who: "ana", ready: rowsOf("Closed") },
  { name: "no-results", path: "/conversations?q=nobodyiscalledthis", who: "ana", ready: inList("No results for") },
  { name: "mine", path: "/conversations", who: "ana", ready: rowsOf("Mine"), go: open("Mine") },
  { name: "unassigned", path: "/conversations", who: "ben", ready: rowsOf("Unassigned"), go: open("Unassigned") },
  { name: "bot", path: "/conversations", who: "ben", ready: rowsOf("Bot"), go: open("Bot") },
  { name: "closed", path: "/conversations", who: "ana", ready: rowsOf("Closed"), go: open("Closed") },
  { name: "account", path: "/account", who: "ana", ready: title },
  { name: "new-conversation", path: "/new-conversation", who: "ana", ready: title },
  { name: "saved-replies", path: "/saved-replies", who: "ana", ready: title },
  { name: "wall", path: "/wall", who: "ana", ready: title },
  { name: "not-found", path: "/nothing/here", ready: title, allowed: /404 \(Not Found\)/ },
  { name: "phone", path: `${PHONE}/#c2`, ready: field },
];

for (const place of PLACES) {
  test(`${place.name}, in every size and scheme`, async ({ browser, allowConsole }) => {
    if (place.allowed) allowConsole(place.allowed);
    await checkPlace(place, browser);
  });
}
