// Says so when the page's program broke off. It cannot go on then, and nothing else would tell: what is shown just stays,
// and looks like a quiet day. Plain script, because the program itself is what is missing.
addEventListener("error", (event) => tell(event.error));
addEventListener("unhandledrejection", (event) => tell(event.reason));

function tell(cause) {
    if (!(cause instanceof WebAssembly.RuntimeError) || document.getElementById("stopped")) return;
    const line = document.createElement("div");
    line.id = "stopped";
    line.className = "banner error";
    line.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = "This page has stopped working and no longer updates. Your drafts are kept.";
    // Not a link: the program's own listener would take it.
    const again = document.createElement("button");
    again.className = "btn";
    again.textContent = "Reload";
    again.addEventListener("click", () => location.reload());
    line.append(words, again);
    document.body.prepend(line);
}
