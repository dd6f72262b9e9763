"""The commands that stand in the documents, run as they stand."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.integration.demo_run.conftest import REPOSITORY, RunningDemo

_BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
_REHEARSALS = ("docs/how-to/rehearse-faults.md", "docs/how-to/rehearse-gosuslugi.md")
_DOCUMENTS = ("README.md", "docs/tutorial/first-booking.md", *_REHEARSALS)


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_the_commands_of_a_document_run(demo: RunningDemo, document: str) -> None:
    """Each bash block of the document runs after the ones before it, and no answer is a server's fault."""
    blocks = _BLOCK.findall((REPOSITORY / document).read_text(encoding="utf-8"))
    assert blocks
    done = subprocess.run(  # noqa: S603 - our own documents
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],  # noqa: S607 - the reader's bash
        cwd=demo.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    demo.make_emias_well()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "internal_error" not in done.stdout
    if document not in _REHEARSALS:
        assert '"state":"booked"' in done.stdout


def test_every_link_between_documents_leads_somewhere() -> None:
    """Each relative link in a Markdown file names a file that exists."""
    pages = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("certs/*.md")]
    links = [(page, link) for page in pages for link in _LINK.findall(page.read_text(encoding="utf-8"))]
    assert links
    broken = [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()]
    assert broken == []
