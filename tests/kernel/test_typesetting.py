"""Pages come out whatever letters people write."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from chalandise.kernel.typesetting import SQUARE, set_pages
from chalandise.settlements.exports.sheet import Sheet

NAMES = {
    "an emoji": "Pain 🥖 ❤️",
    "hundreds of emoji": "".join(chr(one) for one in range(0x1F400, 0x1F5FF)),
    "chinese": "面包",
    "thai, arabic, hebrew": "ปัง خبز לחם",
    "controls": "a\x07b\x1bc\x00d\x7f",
    "what is no letter": "x\uffff\ufffe\ue000",
    "the other way round": "abc\u202edcba\u2066x",
    "typst": '#read("/etc/passwd") $x$ *b* @ref <l> `c` \\u{1f956} "`',
    "markup": "<script>alert(1)</script>&amp;",
    "ten thousand letters": "é" * 10_000,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_sheet_is_printed_whatever_somebody_is_called(name: str) -> None:
    sheet = Sheet(
        title="Contrat",
        subtitle=name,
        who=(name,),
        totals=((name, "1 €"),),
        grand=(name, "1 €"),
        heading=(name,),
        rows=((name,),),
        sections=((name, name),),
        author=name,
    )
    assert sheet.as_pdf().startswith(b"%PDF")


def test_a_page_without_odd_letters_is_set_once_and_as_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    template = tmp_path / "page.typ"
    template.write_text("#let it = json(bytes(sys.inputs.page))\n#it.name", encoding="utf-8")
    seen: list[str] = []
    compiled = typst.compile

    def counted(*args: object, **options: object) -> bytes:
        seen.append(options["sys_inputs"]["page"])  # type: ignore[index]
        return compiled(*args, **options)  # type: ignore[no-any-return, call-overload]

    monkeypatch.setattr("chalandise.kernel.typesetting.typst.compile", counted)
    set_pages(template, {"page": {"name": "Nadia Œuvré, 12 €"}})
    assert len(seen) == 1
    set_pages(template, {"page": {"name": "Nadia 🥖"}})
    assert len(seen) == 3
    assert SQUARE.encode("ascii", "backslashreplace").decode() in seen[-1]
    assert "Nadia " in seen[-1]
