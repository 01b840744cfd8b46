
// A part that cannot be had would end the app, and with it what somebody is typing. So this waits out a lost connection.
// A server that answers but no longer has the file has been upgraded: the whole page must come anew, once. It stands
// before the browser's own `fetch` for every loader of this module.
async function fetch(part) {
    for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
        const answer = await globalThis.fetch(part).catch(() => undefined);
        if (answer?.ok) return answer;
        if (answer?.status === 404 && sessionStorage.getItem("handoff.missing") !== part.href) {
            sessionStorage.setItem("handoff.missing", part.href);
            location.reload();
        }
        await new Promise((resume) => setTimeout(resume, pause));
    }
}
