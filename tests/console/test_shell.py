"""What Wagtail's shell names is there, although most of Wagtail is not installed."""

import re
from pathlib import Path
from posixpath import join, normpath

from django.contrib.staticfiles import finders

FOLDER = "wagtailadmin/css"


def test_every_file_that_the_style_of_the_shell_names_can_be_gathered() -> None:
    style = Path(str(finders.find(f"{FOLDER}/core.css"))).read_text(encoding="utf-8")
    named = {one.strip("\"' ") for one in re.findall(r"url\(([^)#?]+)", style)}
    files = {normpath(join(FOLDER, one)) for one in named if not one.startswith("data:")}
    assert files
    assert [one for one in sorted(files) if finders.find(one) is None] == []
