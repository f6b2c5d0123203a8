"""Check a page with axe, which finds what a machine can find of WCAG."""

from axe_playwright_python.sync_playwright import Axe

WCAG = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")


def assert_accessible(page, *rules):
    """Hold that axe finds no violation of these rules or sets of rules; of none given, all."""
    # Without the details of what passed, axe is faster on long pages.
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    report = Axe().run(page, options=options)
    assert report.violations_count == 0, report.generate_report()
