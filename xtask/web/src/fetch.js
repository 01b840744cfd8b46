
// A lazy part that cannot be loaded would end the app and lose what the user is typing, so lost connections are
// retried. The whole file is read here, because a connection can also be lost in the middle of it, or end with the
// document that asks for it. A 404 means that the server was upgraded and no longer has the file: the whole page is
// reloaded, once. This function replaces the browser's own `fetch` for every loader of this module.
async function fetch(part) {
    for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
        const answer = await globalThis.fetch(part).catch(() => undefined);
        const file = answer?.ok && (await answer.arrayBuffer().catch(() => undefined));
        if (file) return new Response(file, { headers: { "content-type": "application/wasm" } });
        if (answer?.status === 404 && sessionStorage.getItem("handoff.missing") !== part.href) {
            sessionStorage.setItem("handoff.missing", part.href);
            location.reload();
        }
        await new Promise((resume) => setTimeout(resume, pause));
    }
}

// Small modules share a file: `xtask-web join`. Each is cut out of it; the file is fetched once.
const files = new Map();
async function fetchSlice(file, from, to) {
    if (!files.has(file.href)) files.set(file.href, fetch(file).then((answer) => answer.arrayBuffer()));
    const bytes = await files.get(file.href);
    return new Response(bytes.slice(from, to), { headers: { "content-type": "application/wasm" } });
}
