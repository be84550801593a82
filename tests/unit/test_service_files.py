from __future__ import annotations

import os
from pathlib import Path

from sync.service.files import Files, Happened

GOOD = "version: 1\n"


def test_only_files_of_alignd_are_ours(tmp_path: Path) -> None:
    for name, said in {
        "b.yml": GOOD, "a.yaml": "# ours\n" + GOOD, "c.yaml": "name: x\n", ".d.yaml": GOOD, "e.txt": GOOD,
        "f.yaml": "in:\n  version: 1\n",
    }.items():  # fmt: skip
        (tmp_path / name).write_text(said)
    (tmp_path / "g.yaml").mkdir()
    assert [one.name for one in Files(tmp_path).paths()] == ["a.yaml", "b.yml"]


def test_a_change_counts_once_it_rests(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(GOOD)
    files = Files(path)
    assert files.look() == []
    path.write_text(GOOD + "work")
    assert files.look() == []
    path.write_text(GOOD + "workspace: {}\n")
    assert files.look() == []
    assert files.look() == [(path, Happened.CHANGED)]
    assert files.look() == []
    path.write_text(GOOD + "more: 1\n")
    assert files.look(at_once=True) == [(path, Happened.CHANGED)]


def test_an_atomic_replacement_is_a_change_even_with_the_same_size_and_time(tmp_path: Path) -> None:
    path, other = tmp_path / "a.yaml", tmp_path / "new"
    path.write_text(GOOD)
    files = Files(path)
    other.write_text(GOOD)
    stamp = path.stat()
    os.utime(other, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    other.rename(path)
    assert files.look(at_once=True) == [(path, Happened.CHANGED)]


def test_a_swapped_symlink_is_a_change(tmp_path: Path) -> None:
    """As Kubernetes mounts a ConfigMap: file → ..data/file, ..data → a folder that is swapped."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(GOOD)
    (tmp_path / "..data").symlink_to("first")
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    files = Files(tmp_path)
    (tmp_path / "..swap").symlink_to("second")
    (tmp_path / "..swap").rename(tmp_path / "..data")
    assert files.look(at_once=True) == [(tmp_path / "a.yaml", Happened.CHANGED)]


def test_files_come_and_go(tmp_path: Path) -> None:
    files = Files(tmp_path)
    path = tmp_path / "a.yaml"
    path.write_text(GOOD)
    assert files.look() == []
    assert files.look() == [(path, Happened.CAME)]
    path.unlink()
    assert files.look() == []
    assert files.look() == [(path, Happened.WENT)]
    assert files.look() == []


def test_a_file_that_is_away_for_a_moment_has_not_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(GOOD)
    files = Files(path)
    path.unlink()
    assert files.look() == []
    path.write_text(GOOD + "more: 1\n")
    assert files.look() == []
    assert files.look() == [(path, Happened.CHANGED)]
