"""Test the charts that are drawn as SVG."""

from dataclasses import replace

import pytest

from tests.audit.authors import ALICE, edit
from tests.audit.charts import DAYS, busy_days
from tests.pages import soup_of

pytestmark = pytest.mark.django_db


def test_each_chart_has_the_links_and_counts_of_its_table(manager):
    busy_days()
    answer = manager.get(f"/audit/pictures/{DAYS}")
    for svg in soup_of(answer).select("svg.picture"):
        links = {a["href"]: a.title.get_text() for a in svg.select("a")}
        rows = svg.find_parent("section").select("tbody tr")
        in_table = {
            row.a["href"]: f"{row.th.get_text(strip=True)}: {row.td.get_text(strip=True)}"
            for row in rows
            if row.a
        }
        assert links == in_table
        ids = svg["aria-labelledby"].split()
        assert [svg.find(id=id_).name for id_ in ids] == ["title", "desc"]
        assert all(svg.find(id=id_).get_text(strip=True) for id_ in ids)


def test_names_of_people_are_escaped(manager):
    edit(actor=replace(ALICE, label="<script>alert(1)</script>"))
    assert "<script>alert" not in manager.get("/audit/pictures/").text
