"""What a person reads is put in order by a French key, never by PostgreSQL's bytes: É after Z."""

import re

from tests.architecture.building import modules, shown

READ = r"(?:name|title|label|plural|legal_name|customer_name|product_name|shop_name|city)"
ORDER = re.compile(
    rf"(?:order_by\(|ordering\s*=\s*\[)[^)\]]*[\"']-?(?:\w+__)?{READ}[\"']", re.DOTALL
)
BARE = re.compile(rf"key=lambda (\w+): \1\.{READ}\b")


def test_nothing_that_a_person_reads_is_sorted_by_its_bytes() -> None:
    """Sort by `sort_key`, by an address (`slug`), or with `kernel.sorting.by_name`."""
    faults = [
        f"{shown(path)}: {' '.join(found.group().split())}"
        for path in modules()
        for sign in (ORDER, BARE)
        for found in sign.finditer(path.read_text())
    ]
    assert not faults, faults


def test_the_rule_sees_what_it_forbids() -> None:
    for written in (
        'order_by("name")',
        'order_by(\n    "-is_active",\n    "point__name",\n)',
        'ordering = ["position", "title"]',
    ):
        assert ORDER.search(written), written
    assert BARE.search("sorted(shops, key=lambda one: one.name)")
    assert not ORDER.search('order_by("sort_key", "pk").values("name")')
