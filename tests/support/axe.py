"""What axe finds on a page that is grave: one look for every browser test.

Only what was violated comes back from the browser: with everything that passed, of a page of a
hundred steps, one look took seconds.
"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# axe stays in the page's memory from one look to the next; a new page needs it again.
HAS_AXE = "typeof window.axe === 'object'"
LOOK = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .flatMap(one => one.nodes.map(node => `${one.id} ${node.target}`))"""


def grave_faults(page: Page) -> list[str]:
    """Return what axe finds serious or critical, as rule and selector."""
    if not page.evaluate(HAS_AXE):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(LOOK)
    return found
