// Sets the widths that the person gave to the list and the details, before anything is painted. Not deferred, because
// the panes would shift. The styles bound them.
try {
    for (const pane of ["list", "details"]) {
        const width = Number(localStorage.getItem(`handoff.${pane}-width`));
        if (width > 0) document.documentElement.style.setProperty(`--${pane}-width`, `${width}px`);
    }
} catch {
    // The browser forbids storage: the panes have their usual widths.
}
