"""What axe finds on a page that is grave: one look for every browser test.

Only what was violated comes back from the browser: with everything that passed, of a page of a
hundred steps, one look took seconds. Of children that are built alike, such as the rows of a table,
the first few are looked at: the others add time and no finding. Colours take two thirds of a look:
they are looked at again only where a part, in its parent, is one that this process has not seen.
The journey of the full counts sets ``whole`` and looks at everything.
"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Where the site of the tests serves axe: a browser keeps what it has compiled of a file.
ADDRESS = "/static/axe.js"
SCRIPT = Axe().axe_script
# axe stays in the page's memory from one look to the next; a new page needs it again.
HAS_AXE = "typeof window.axe === 'object'"
BRING = """address => new Promise((done) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(true);
    script.onerror = () => done(false);
    document.head.append(script);
})"""
ALIKE, EVERY = 6, 1_000_000
whole = False
# What the style sheets draw differently, beside classes.
STATES = [
    "aria-busy", "aria-current", "aria-invalid", "aria-pressed", "data-flag", "data-for",
    "data-hit", "data-level", "data-scan", "data-scan-type", "data-touch", "disabled", "scope",
    "type",
]  # fmt: skip
COLOURED = """states => {
    const theme = getComputedStyle(document.body).backgroundColor;
    const built = part => [part.tagName, part.className.baseVal ?? part.className,
        ...states.map(name => part.getAttribute(name))].join();
    return [...new Set([...document.querySelectorAll("body, body *")]
        .filter(part => part.checkVisibility())
        .map(part => `${theme} ${built(part.parentElement)} > ${built(part)}`))];
}"""
LOOK = """async ([contrast, few]) => {
    const built = ({tagName, className, role}) =>
        `${tagName}.${className.baseVal ?? className} ${role}`;
    const counted = new Map(), others = [];
    for (const parent of document.querySelectorAll("body, body *")) {
        if (parent.children.length <= few) continue;
        counted.clear();
        for (const child of parent.children) {
            const kind = [child, ...child.querySelectorAll("*")].map(built).join();
            counted.set(kind, (counted.get(kind) ?? 0) + 1);
            if (counted.get(kind) > few) others.push(child);
        }
    }
    return (await axe.run({include: [document], exclude: others}, {
        resultTypes: ["violations"], rules: {"color-contrast": {enabled: contrast}},
    })).violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .flatMap(one => one.nodes.map(node => `${one.id} ${node.target}`));
}"""

_coloured: set[str] = set()


def grave_faults(page: Page) -> list[str]:
    """Return what axe finds serious or critical, as rule and selector."""
    # A click returns when the next page has begun to arrive: its body may not be there yet.
    page.wait_for_load_state("domcontentloaded")
    coloured = set(page.evaluate(COLOURED, STATES))
    contrast = whole or not coloured <= _coloured
    if not page.evaluate(HAS_AXE) and not _brought(page):
        page.evaluate(SCRIPT)
    found: list[str] = page.evaluate(LOOK, [contrast, EVERY if whole else ALIKE])
    if not found:
        _coloured.update(coloured)
    return found


def _brought(page: Page) -> bool:
    """Let the page fetch axe from its own site. False for a page of another one."""
    return page.url.startswith("http") and bool(page.evaluate(BRING, ADDRESS))
